"""What clients see: types, inputs and payloads, one module per area."""

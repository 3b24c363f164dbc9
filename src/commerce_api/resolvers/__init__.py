"""Root fields: translate in, hand over, translate out; one module per area."""

"""What the server costs, measured side by side with what one would write by hand. `make bench`; see docs/benchmarks.md."""

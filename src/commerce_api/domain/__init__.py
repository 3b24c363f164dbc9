"""The rules, pure: values in, events or refusals out. No clock, no randomness, no I/O."""

"""The shell: load, decide, save. Each operation is one transaction."""

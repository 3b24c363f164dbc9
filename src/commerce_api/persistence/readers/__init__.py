"""Questions answered for many keys at once; no locks, no aggregates."""

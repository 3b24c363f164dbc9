"""Runs what the outbox holds, and the timed operations."""

"""Sending: the outbox, its worker, quota, and what is recorded of each attempt."""

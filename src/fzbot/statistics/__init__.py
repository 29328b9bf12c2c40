"""Counts over the recorded interactions."""

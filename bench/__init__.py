"""Measurements: each script prints a table. Nothing here is imported by the package or timed in the tests."""

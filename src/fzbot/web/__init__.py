"""Middleware and limits that every HTTP face shares."""

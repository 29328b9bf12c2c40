"""Backups that any fzbot of the same or a later version restores, on SQLite and on PostgreSQL alike."""

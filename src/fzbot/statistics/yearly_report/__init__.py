"""The yearly report: its figures, its sentences and tables, and the Word file."""

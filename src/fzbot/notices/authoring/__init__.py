"""Writing a notice: its words, its audience, what may be sent how."""

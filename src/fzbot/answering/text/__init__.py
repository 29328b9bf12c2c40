"""From typed words to comparable text and features."""

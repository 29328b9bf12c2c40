"""The heart: from a villager's words to the entry that answers them. Pure: no database, no web."""

"""The curated knowledge base: entries, directory, lexicon, statutes. Pure: no database, no web."""

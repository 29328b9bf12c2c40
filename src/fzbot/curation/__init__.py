"""Working the knowledge base: what the bot could not answer, drafts of entries, and publishing them."""

"""The ledger (台账): outreach that happens away from the chat, and what advisers do for people, typed in by hand."""

"""Whom fzbot knows: accounts, villages, followers."""

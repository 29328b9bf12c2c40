"""fzbot: legal outreach on a WeChat official account."""

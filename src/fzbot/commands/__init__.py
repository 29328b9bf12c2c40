"""What the subcommands of `fzbot` do; wiring, like `app`."""

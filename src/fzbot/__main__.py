"""`python -m fzbot`."""

from fzbot.cli import run

run()

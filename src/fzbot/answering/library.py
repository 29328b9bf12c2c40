"""Holds the snapshot that answers now; a new one is swapped in whole."""

from fzbot.answering.snapshot import Snapshot


class Library:
    """The current snapshot. Readers take it once per turn, so a swap never shows half."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.current = snapshot

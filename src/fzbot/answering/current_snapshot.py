"""Holds the snapshot that answers now; a new one is swapped in whole."""

import time

from fzbot.answering.snapshot import Snapshot


class CurrentSnapshot:
    """The current snapshot. Readers take it once per turn, so a swap never shows half."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.replace(snapshot)

    def replace(self, snapshot: Snapshot) -> None:
        """Answer with another snapshot from the next turn on."""
        self.snapshot = snapshot
        self._since = time.monotonic()

    @property
    def age_seconds(self) -> float:
        """How long the current snapshot has been answering in this process."""
        return time.monotonic() - self._since

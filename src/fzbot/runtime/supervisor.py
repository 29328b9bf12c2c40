"""Keeps a long loop going: whatever a turn raises is logged, waited out and tried again, and every turn is a heartbeat."""

import logging
import time
from collections.abc import Callable

from fzbot.runtime.heartbeats import RUNNING, Heartbeat
from fzbot.runtime.repeated_log import RepeatedLog

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


class Supervisor:
    """Supervises the loop called `name`, which stands when no turn succeeds within `limit` seconds.

    `wait` pauses after a failed turn; a loop that can be stopped gives one that ends early then.
    """

    def __init__(
        self,
        name: str,
        limit: float,
        wait: Callable[[float], object] = time.sleep,
        longest_pause: float = LONGEST_PAUSE_SECONDS,
    ) -> None:
        self.heartbeat = Heartbeat(name, limit)
        self._trouble = RepeatedLog(log)
        self._wait = wait
        self._longest_pause = longest_pause
        self._failures = 0

    def run(self, turn: Callable[[], bool]) -> None:
        """Take turns until one returns False. No exception ends the loop: a failed turn is followed by another."""
        RUNNING.start(self.heartbeat)
        while self.turn(turn):
            continue
        RUNNING.end(self.heartbeat)

    def turn(self, turn: Callable[[], bool]) -> bool:
        """Take one turn; returns whether the loop goes on."""
        try:
            goes_on = turn()
        except Exception as error:  # noqa: BLE001 - whatever it is, the loop must go on; it is logged and shows in the pulse
            self._trouble.say(f"loop {self.heartbeat.name}", error)
            self._wait(min(FIRST_PAUSE_SECONDS * 2**self._failures, self._longest_pause))
            self._failures = min(self._failures + 1, 16)
            return True
        self._failures = 0
        self.heartbeat.beat()
        return goes_on

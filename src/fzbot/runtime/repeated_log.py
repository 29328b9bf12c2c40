"""What goes wrong again and again is logged once with its place, and then counted: a line a minute at most."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_SECONDS = 60.0
MOST_KINDS = 200


@dataclass
class _Kind:
    said_at: float
    unsaid: int = 0


@dataclass
class RepeatedLog:
    """Logs errors of the same kind, in the same place, a line a minute with how many there were meanwhile."""

    log: logging.Logger
    every_seconds: float = EVERY_SECONDS
    clock: Callable[[], float] = time.monotonic
    _kinds: dict[tuple[str, str], _Kind] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, what: str, error: BaseException) -> None:
        """Log that `what` met an error; the error's own words stay out, since people's may be in them."""
        kind = type(error).__qualname__
        repeats = self._repeats((what, kind))
        if repeats is None:
            return
        if repeats:
            self.log.warning("%s: %s, %d more since the last line", what, kind, repeats)
        else:
            self.log.warning("%s: %s", what, kind, exc_info=error)

    def _repeats(self, key: tuple[str, str]) -> int | None:
        """How many were not said; None when this one is not to be said either."""
        with self._lock:
            now, known = self.clock(), self._kinds.get(key)
            if known is not None and now - known.said_at < self.every_seconds:
                known.unsaid += 1
                return None
            if len(self._kinds) >= MOST_KINDS:
                self._kinds.clear()
            self._kinds[key] = _Kind(now)
            return known.unsaid if known else 0

"""A brake on lines that repeat: during an outage every message would write one."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_SECONDS = 60.0


@dataclass
class _Line:
    """When a line was let through last, and how often it was held back since."""

    at: float
    held: int = 0


@dataclass
class OncePerMinute(logging.Filter):
    """Lets each line of a logger, by its wording, through once in `seconds`, with the number that was held back."""

    seconds: float = EVERY_SECONDS
    clock: Callable[[], float] = time.monotonic
    _lines: dict[str, _Line] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line goes through."""
        wording = str(record.msg)
        with self._lock:
            line = self._lines.setdefault(wording, _Line(self.clock() - self.seconds))
            if self.clock() - line.at < self.seconds:
                line.held += 1
                return False
            if line.held:
                record.msg = f"{wording} (and {line.held} more like it)"
            line.at, line.held = self.clock(), 0
            return True

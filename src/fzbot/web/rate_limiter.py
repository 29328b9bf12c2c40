"""How fast one follower may write: beyond it there is a polite word instead of an answer, except in danger."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

PER_MINUTE = 30
MINUTE = 60.0
REMEMBERED = 50_000


@dataclass
class RateLimiter:
    """A bucket of tokens for each person, in this process: `per_minute` at once, filling up again over a minute."""

    per_minute: int = PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, person: str) -> bool:
        """Take a token of the person's; False when there is none left."""
        now = self.clock()
        with self._lock:
            tokens, since = self._buckets.pop(person, (float(self.per_minute), now))
            tokens = min(self.per_minute, tokens + (now - since) * self.per_minute / MINUTE)
            is_allowed = tokens >= 1
            self._buckets[person] = (tokens - 1 if is_allowed else tokens, now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return is_allowed

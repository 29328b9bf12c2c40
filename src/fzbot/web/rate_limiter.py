"""How fast one follower may write, and one token may call: beyond it there is a polite word instead of an answer."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE = 60.0
REMEMBERED = 50_000


@dataclass
class RateLimiter:
    """A bucket of tokens for each key, in this process: `per_minute` at once, filling up again over a minute.

    Nobody can ask for much more than the rate: a bucket that ran dry gives back one call at a time, not all at once.
    """

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, key: str, per_minute: int | None = None) -> bool:
        """Take a token of the key's; False when there is none left. `per_minute` is the key's own rate, if it has one."""
        rate = self.per_minute if per_minute is None else per_minute
        now = self.clock()
        with self._lock:
            tokens, since = self._buckets.pop(key, (float(rate), now))
            tokens = min(rate, tokens + (now - since) * rate / MINUTE)
            is_allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if is_allowed else tokens, now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return is_allowed

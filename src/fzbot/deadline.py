"""The moment by which the work under way must be done: one for all its waits together, so that they never add up.

It travels with the context, into the threads of the pool as well; `db` bounds every wait for the database by it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Deadline:
    """A moment of the monotonic clock."""

    at: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """So many seconds from now."""
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Seconds until then, 0 when it is past."""
        return max(0.0, self.at - self.clock())

    def earlier(self, seconds: float, least: float = 0.0) -> "Deadline":
        """So many seconds before it, but `least` seconds from now."""
        return Deadline(max(self.at - seconds, self.clock() + least), self.clock)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current() -> Deadline | None:
    """The deadline of the work under way, None where there is none."""
    return _current.get()


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Within, waits for the database end by `deadline`."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)

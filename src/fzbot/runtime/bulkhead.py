"""A bulkhead: work that takes much memory is done by few threads at once, and only so many may wait for their turn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fzbot.errors import BusyError

WAITING = 8
SECONDS = 20.0
UPLOADS_BUSY = "现在传照片和表格的人太多，请过一分钟再传一次"


class Bulkhead:
    """Lets one thread of this process in at a time; `BusyError` beyond `waiting` threads, or after `seconds`.

    Who waits holds a thread that other pages need too, so the queue is short.
    """

    def __init__(self, waiting: int = WAITING, seconds: float = SECONDS, busy: str = UPLOADS_BUSY) -> None:
        self._places = threading.BoundedSemaphore(waiting + 1)
        self._turn = threading.Lock()
        self._seconds = seconds
        self._busy = busy

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait for one's turn, and have it for as long as the block lasts."""
        if not self._places.acquire(blocking=False):
            raise BusyError(self._busy)
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise BusyError(self._busy)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()


UPLOADS = Bulkhead()
"""For everything that decodes pictures or reads spreadsheets: together they never take more than one of them needs."""

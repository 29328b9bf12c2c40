"""A pool of threads in which accounts take turns: a flood at one waits in its own line, and delays the others by one turn."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from fzbot.errors import PostRefusedError
from fzbot.runtime.metrics import THROTTLED

Result = TypeVar("Result")

MOST_WAITING = 2000
"""Turns that may wait for one account: about as many as are answered before the platform gives up."""


class FairPool:
    """Runs turns on `threads` threads. Each account has a line; the lines are served in rounds."""

    def __init__(self, threads: int, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="turn")
        self._lines: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, whose: str, turn: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Put a turn into an account's line; `PostRefusedError` (429) when the line is too long.

        The platform posts a refused message again, so that it is not lost to a short rush.
        """
        future: Future[Result] = Future()
        with self._lock:
            line = self._lines.setdefault(whose, deque())
            if len(line) >= self._most_waiting:
                THROTTLED.labels("account").inc()
                raise PostRefusedError("too many posts of this account are waiting", 429)
            line.append((future, partial(copy_context().run, turn, *arguments)))
        self._pool.submit(self._take_one)  # one ticket for each turn; whose turn it serves is decided when it is drawn
        return future

    def shutdown(self) -> None:
        """Finish the turns that wait, and stop."""
        self._pool.shutdown(wait=True)

    def _take_one(self) -> None:
        future, turn = self._next()
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = turn()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the turn
            future.set_exception(error)
        else:
            future.set_result(result)

    def _next(self) -> tuple[Future[Any], Callable[[], Any]]:
        with self._lock:
            whose, line = self._lines.popitem(last=False)
            taken = line.popleft()
            if line:
                self._lines[whose] = line  # to the end of the round
        return taken

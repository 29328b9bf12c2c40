"""Recording interactions: many writers share one commit; while the database is away, rows wait in the spool.

A row is durable (committed, or fsynced in the spool) before `record` returns. The unique key (account, key) makes a
repeated post return the first one's reply and leave no second row, also across processes.
"""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from sqlalchemy import Engine

from fzbot import deadline
from fzbot.deadline import Deadline
from fzbot.interactions.batches import BatchWriter
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import SpoolCounts
from fzbot.runtime.metrics import EARLY
from fzbot.runtime.supervisor import Supervisor

MAX_BATCH = 200
STANDS_SECONDS = 30.0
"""Without a turn for so long, nothing is recorded, and nobody is answered."""
LONGEST_PAUSE_SECONDS = 0.1
"""After a failed turn: villagers wait for the next one."""
REPLAY_SECONDS = 5.0
PATIENCE_SECONDS = 4.0
"""How long somebody waits for a reply who set no deadline."""
SPOOL_SECONDS = 0.8
"""What is kept back of a deadline for the spool, should the database not be done by then."""
LEAST_SECONDS = 0.2
"""What the database gets at any rate."""


class Recorded(Future[str]):
    """The reply that counts, once the row is durable; `own` is the row's, for whoever cannot wait so long."""

    def __init__(self, own: str) -> None:
        super().__init__()
        self.own = own
        self.set_running_or_notify_cancel()  # who waits may go away; the row is written nevertheless

    def by(self, limit: Deadline) -> str:
        """The reply that counts, or the row's own when that is not known by then; the row is written all the same."""
        try:
            return self.result(limit.left)
        except TimeoutError:
            EARLY.inc()
            return self.own


class _Waiting(NamedTuple):
    row: NewInteraction
    recorded: Recorded
    limit: Deadline


class Recorder:
    """Writes rows in shared commits on a thread of its own. Close it to flush."""

    def __init__(self, engine: Engine, spool: Spool, replay_seconds: float = REPLAY_SECONDS) -> None:
        self._spool = spool
        self._writer = BatchWriter(engine, spool)
        self._replay_seconds = replay_seconds
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._next_replay = 0.0
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(self, row: NewInteraction) -> Recorded:
        """Hand a row over; the future holds the reply that counts: this row's, or the first's if it is a repeat.

        It is written by the deadline of the work under way, to the database or to the spool.
        """
        recorded = Recorded(row.reply)
        self._queue.put(_Waiting(row, recorded, deadline.current() or Deadline.after(PATIENCE_SECONDS)))
        return recorded

    def record(self, row: NewInteraction) -> str:
        """Hand a row over and wait until it is durable; returns the reply that counts."""
        return self.submit(row).result()

    @property
    def waiting(self) -> SpoolCounts:
        """What waits in the spool for the database."""
        return self._spool.counts()

    @property
    def held(self) -> int:
        """Rows in memory because neither database nor spool takes them."""
        return self._writer.held

    @property
    def is_database_corrupt(self) -> bool:
        """Whether the last that the database said to a row was that its file is damaged."""
        return self._writer.is_corrupt

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        supervisor = Supervisor("recorder", STANDS_SECONDS, longest_pause=LONGEST_PAUSE_SECONDS)
        supervisor.run(self._turn)
        supervisor.turn(self._last_turn)

    def _turn(self) -> bool:
        if self._is_ending:
            return False
        try:
            if time.monotonic() >= self._next_replay:
                self._replay()
        finally:  # whatever stands in the way of a replay keeps no villager waiting
            self._write_next()
        return True

    def _write_next(self) -> None:
        batch, self._is_ending = self._next_batch()
        try:
            if batch:
                self._finish(batch)
        except Exception as error:
            self._give_up(batch, error)
            raise

    def _last_turn(self) -> bool:
        self._replay()
        self._writer.close()
        return False

    def _give_up(self, batch: Sequence[_Waiting], error: Exception) -> None:
        # Whoever waits for these rows must hear of it: nothing else would ever answer them.
        for item in batch:
            if not item.recorded.done():
                item.recorded.set_exception(error)

    def _replay(self) -> None:
        is_more = self._writer.catch_up()
        self._next_replay = time.monotonic() + (0 if is_more else self._replay_seconds)

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        batch: list[_Waiting] = []
        try:
            item = self._queue.get(timeout=max(0.0, self._next_replay - time.monotonic()))
            while item is not None:
                batch.append(item)
                if len(batch) == MAX_BATCH:
                    return batch, False
                item = self._queue.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _finish(self, batch: Sequence[_Waiting]) -> None:
        first = min((item.limit for item in batch), key=lambda limit: limit.at)
        replies = self._writer.write([item.row for item in batch], first.earlier(SPOOL_SECONDS, LEAST_SECONDS))
        for row, recorded, _ in batch:
            recorded.set_result(replies.get(row.identity, row.reply))

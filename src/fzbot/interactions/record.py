"""Recording interactions: many writers share one commit; while the database is away, rows wait in the spool.

A row is durable (committed, or fsynced in the spool) before `record` returns. The unique key (account, key) makes a
repeated post return the first one's reply and leave no second row, also across processes.
"""

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.spool import Spool
from fzbot.interactions.store import store
from fzbot.runtime.metrics import LOST, SPOOLED
from fzbot.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)

MAX_BATCH = 200
REPLAY_SECONDS = 5.0
REMEMBERED = 10_000
STANDS_SECONDS = 30.0
"""Without a turn for so long, nothing is recorded, and nobody is answered."""
LONGEST_PAUSE_SECONDS = 0.1
"""After a failed turn: villagers wait for the next one."""


class Recorder:
    """Writes rows in shared commits on a thread of its own. Close it to flush."""

    def __init__(self, engine: Engine, spool: Spool, replay_seconds: float = REPLAY_SECONDS) -> None:
        self._engine = engine
        self._spool = spool
        self._replay_seconds = replay_seconds
        self._queue: queue.SimpleQueue[tuple[NewInteraction, Future[str]] | None] = queue.SimpleQueue()
        # Replies of rows that only the spool knows, so that a repeat is answered alike while the database is away.
        self._spooled: OrderedDict[tuple[int, str], str] = OrderedDict()
        self._next_replay = 0.0
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(self, row: NewInteraction) -> Future[str]:
        """Hand a row over; the future holds the reply that counts: this row's, or the first's if it is a repeat."""
        future: Future[str] = Future()
        self._queue.put((row, future))
        return future

    def record(self, row: NewInteraction) -> str:
        """Hand a row over and wait until it is durable; returns the reply that counts."""
        return self.submit(row).result()

    @property
    def waiting_bytes(self) -> int:
        """How much waits in the spool for the database."""
        return self._spool.depth

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._queue.put(None)
        self._thread.join()
        self._spool.close()

    def _run(self) -> None:
        supervisor = Supervisor("recorder", STANDS_SECONDS, longest_pause=LONGEST_PAUSE_SECONDS)
        supervisor.run(self._turn)
        supervisor.turn(self._last_turn)

    def _turn(self) -> bool:
        if self._is_ending:
            return False
        try:
            if time.monotonic() >= self._next_replay:
                self._next_replay = time.monotonic() + self._replay_seconds
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
        return False

    def _give_up(self, batch: Sequence[tuple[NewInteraction, Future[str]]], error: Exception) -> None:
        # Whoever waits for these rows must hear of it: nothing else would ever answer them.
        for _, future in batch:
            if not future.done() and future.set_running_or_notify_cancel():
                future.set_exception(error)

    def _next_batch(self) -> tuple[list[tuple[NewInteraction, Future[str]]], bool]:
        batch: list[tuple[NewInteraction, Future[str]]] = []
        try:
            item = self._queue.get(timeout=self._replay_seconds)
            while item is not None:
                batch.append(item)
                if len(batch) == MAX_BATCH:
                    return batch, False
                item = self._queue.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _finish(self, batch: Sequence[tuple[NewInteraction, Future[str]]]) -> None:
        replies = self._write([row for row, _ in batch])
        for row, future in batch:
            future.set_result(replies.get(row.identity, row.reply))

    def _write(self, rows: list[NewInteraction]) -> dict[tuple[int, str], str]:
        try:
            return self._commit(rows)
        except (OperationalError, InterfaceError, TimeoutError) as error:
            return self._put_aside(rows, error)
        except DBAPIError as error:
            if len(rows) == 1:
                log.error("a row was refused by the database and set aside: %s", type(error.orig).__name__)
                self._spool.reject(rows)
                return {}
            replies: dict[tuple[int, str], str] = {}
            for row in rows:
                replies |= self._write([row])
            return replies
        except SQLAlchemyError as error:
            return self._put_aside(rows, error)

    def _commit(self, rows: Sequence[NewInteraction]) -> dict[tuple[int, str], str]:
        with self._engine.begin() as connection:
            replies = store(connection, rows)
        for identity in replies:
            if identity in self._spooled:
                replies[identity] = self._spooled[identity]
        return replies

    def _put_aside(self, rows: Sequence[NewInteraction], error: Exception) -> dict[tuple[int, str], str]:
        log.warning("database away (%s): %d rows go to the spool", type(error).__name__, len(rows))
        SPOOLED.inc(len(rows))
        fresh = {row.identity: row for row in rows if row.identity not in self._spooled}
        try:
            self._spool.append(list(fresh.values()))
        except OSError as trouble:
            # Nothing durable is left to write to. The villager still gets an answer; the row is lost, loudly.
            LOST.inc(len(fresh))
            log.critical("neither database nor spool can be written (%s): %d rows lost", trouble.strerror, len(fresh))
        for identity, row in fresh.items():
            self._spooled[identity] = row.reply
        while len(self._spooled) > REMEMBERED:
            self._spooled.popitem(last=False)
        return {row.identity: self._spooled.get(row.identity, row.reply) for row in rows}

    def _replay(self) -> None:
        try:
            for rows in self._spool.waiting():
                self._commit(rows)
        except SQLAlchemyError as error:
            log.warning("the spool waits on: %s", type(error).__name__)
        except OSError as error:
            log.error("the spool cannot be read: %s", error.strerror)

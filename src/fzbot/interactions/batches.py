"""Writing batches of rows: to the database, to the spool while that is away, and held in memory while the disk is full, too.

Once the database was found to be away, rows go to the spool at once, and only `catch_up` asks for it again: so nobody
waits for it one after another, and rows reach it in the order in which they came.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import db_errors
from fzbot.deadline import Deadline, until
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import CHUNK
from fzbot.interactions.store import store
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.runtime.metrics import LOST, REFUSED, SPOOLED

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

PROBE_SECONDS = 1.0
"""How long `catch_up` waits for the database each time: rows that come meanwhile wait behind it."""
DRAIN_SECONDS = 1.0
"""How long it replays before it looks after new rows."""
MOST_HELD = 20_000
"""Rows in memory, about 60 MB."""
REMEMBERED = 10_000

Replies = dict[tuple[int, str], str]


class BatchWriter:
    """Used by one thread. No row that it was given makes it raise."""

    def __init__(self, engine: Engine, spool: Spool, most_held: int = MOST_HELD) -> None:
        self._engine = engine
        self._spool = spool
        self._most_held = most_held
        self._is_away = False
        self.is_corrupt = False
        self._held: list[NewInteraction] = []
        # Replies of rows that only the spool knows, so that a repeat is answered alike while the database is away.
        self._waiting_replies: OrderedDict[tuple[int, str], str] = OrderedDict()

    @property
    def held(self) -> int:
        """Rows that neither database nor spool took so far."""
        return len(self._held)

    def write(self, rows: Sequence[NewInteraction], limit: Deadline) -> Replies:
        """Store the rows by `limit`, or put them aside; returns the replies that count."""
        if self._is_away:
            return self._put_aside(rows)
        try:
            return self._store(rows, limit)
        except SQLAlchemyError as error:
            self._lose(error)
            log.warning("database away (%s): rows go to the spool", db_errors.kind(error))
            return self._put_aside(rows)

    def catch_up(self) -> bool:
        """Bring what waits to the database; whether more is left that it would take just now."""
        self._spill()
        stop = Deadline.after(DRAIN_SECONDS)
        try:
            self._spool.tend()
            is_done = self._spool.drain(self._replay, lambda: not stop.left)
            if is_done and self._held:  # the spool takes nothing, but the database does
                self._replay(self._held)
                self._held = []
        except (SQLAlchemyError, OSError) as error:
            self._lose(error)
            log.warning("the spool waits on: %s", db_errors.kind(error))
            return False
        self._is_away = not is_done
        return not is_done

    def close(self) -> None:
        """Bring what waits to where it can wait for the next start."""
        while self.catch_up():
            pass
        if self._held:
            LOST.inc(len(self._held))
            log.critical("neither database nor disk took %d rows before the end: they are lost", len(self._held))
        self._spool.close()

    def _store(self, rows: Sequence[NewInteraction], limit: Deadline) -> Replies:
        """Store the rows, those that are refused aside; raises when the database is away."""
        try:
            with until(limit):
                return self._commit(rows)
        except Exception as error:  # whatever one row does, the others go on
            if db_errors.is_away(error):
                raise
            if len(rows) == 1:
                self._refuse(rows[0], error)
                return {}
        half = len(rows) // 2
        return self._store(rows[:half], limit) | self._store(rows[half:], limit)

    def _replay(self, rows: Sequence[NewInteraction]) -> None:
        self._store(rows, Deadline.after(PROBE_SECONDS))

    def _commit(self, rows: Sequence[NewInteraction]) -> Replies:
        with self._engine.begin() as connection:
            replies = store(connection, rows)
        self.is_corrupt = False
        return {identity: self._waiting_replies.get(identity, reply) for identity, reply in replies.items()}

    def _lose(self, error: Exception) -> None:
        self._is_away = True
        self.is_corrupt = self.is_corrupt or db_errors.is_corrupt(error)

    def _refuse(self, row: NewInteraction, error: Exception) -> None:
        REFUSED.inc()
        log.error("a row was refused by the database and set aside: %s", db_errors.kind(error))
        try:
            self._spool.refuse([row])
        except OSError:
            self._hold([row])

    def _put_aside(self, rows: Sequence[NewInteraction]) -> Replies:
        SPOOLED.inc(len(rows))
        fresh = {row.identity: row for row in rows if row.identity not in self._waiting_replies}
        is_first = not self._held
        self._hold(list(fresh.values()))
        if is_first:  # otherwise the spool took nothing a moment ago: `catch_up` asks it again
            self._spill()
        self._waiting_replies.update((identity, row.reply) for identity, row in fresh.items())
        while len(self._waiting_replies) > REMEMBERED:
            self._waiting_replies.popitem(last=False)
        return {row.identity: self._waiting_replies.get(row.identity, row.reply) for row in rows}

    def _hold(self, rows: Sequence[NewInteraction]) -> None:
        room = self._most_held - len(self._held)
        self._held += rows[:room]
        if lost := len(rows[room:]):
            # Nothing is left to write to. The villager still gets an answer; the row is lost, loudly.
            LOST.inc(lost)
            log.critical("neither database nor disk take rows and memory is full: %d rows lost", lost)

    def _spill(self) -> None:
        """Move what is held in memory to the spool, as far as that takes it."""
        try:
            while self._held:
                self._spool.append(self._held[:CHUNK])
                del self._held[:CHUNK]
        except OSError as error:
            log.critical("the spool takes nothing (%s): %d rows wait in memory", error.strerror, len(self._held))

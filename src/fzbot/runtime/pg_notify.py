"""LISTEN/NOTIFY between the processes on one PostgreSQL. SQLite has none: there everybody polls."""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fzbot.runtime.repeated_log import RepeatedLog

if TYPE_CHECKING:
    import psycopg  # where the database is SQLite the server starts sooner without

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
"""How long a listener may take to notice that it is to stop."""


def notify(session: Session, name: str) -> None:
    """Wake whoever waits for the channel `name`, once the caller's transaction is committed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:name, '')"), {"name": name})


@dataclass
class Listener:
    """Listens on one thread, with a connection of its own outside the pool; that thread closes it.

    It hears nothing while the database is away, so whoever waits must look for themselves when `wait` is over.
    """

    engine: Engine
    name: str
    _stop: threading.Event = field(default_factory=threading.Event)
    _connection: "psycopg.Connection | None" = None
    _trouble: RepeatedLog = field(default_factory=lambda: RepeatedLog(log))

    def wait(self, seconds: float) -> bool:
        """Wait until a notification comes (True), or `seconds` are over or `stop` is called (False).

        True at once when it has just begun to listen.
        """
        ending = time.monotonic() + seconds
        if self.engine.dialect.name == "postgresql":
            try:
                return self._listen(ending)
            except (self.engine.dialect.loaded_dbapi.Error, SQLAlchemyError, OSError) as error:
                self._trouble.say(f"channel {self.name} is not heard", error)
                self.close()
        self._stop.wait(max(0.0, ending - time.monotonic()))
        return False

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the waiting, from any thread."""
        self._stop.set()

    def pause(self, seconds: float) -> None:
        """Wait without listening, until `seconds` are over or `stop` is called."""
        self._stop.wait(seconds)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _listen(self, ending: float) -> bool:
        if self._connection is None:
            self._connection = self._pick_up()
            return True  # it may have rung before there was anybody to hear it
        while not self._stop.is_set() and (left := ending - time.monotonic()) > 0:
            for _ in self._connection.notifies(timeout=min(left, SLICE_SECONDS), stop_after=1):
                return True
        return False

    def _pick_up(self) -> "psycopg.Connection":
        pooled = self.engine.raw_connection()
        connection = cast("psycopg.Connection", pooled.driver_connection)  # the only driver there is for PostgreSQL
        pooled.detach()
        connection.rollback()
        connection.autocommit = True
        connection.execute(f'LISTEN "{self.name}"')
        return connection

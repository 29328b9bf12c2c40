"""One leader among all processes on a database: an advisory lock on PostgreSQL, the lock of a file beside SQLite."""

import fcntl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

FILE = "jobs.lock"
LOCK_NUMBER = 0x667A6A62  # "fzjb"


@dataclass
class LeaderElection:
    """Leads from the first `holds` that finds nobody leading until `give_up`, or until process or connection end."""

    engine: Engine
    folder: Path
    _held: Connection | IO[str] | None = None

    def holds(self) -> bool:
        """Whether this process leads; it does from now on if nobody else does."""
        if isinstance(self._held, Connection):
            return self._still_holds(self._held)
        if self._held is None:
            self._held = self._lock_in_database() if self.engine.dialect.name == "postgresql" else self._lock_file()
        return self._held is not None

    def give_up(self) -> None:
        """Let another process lead."""
        held, self._held = self._held, None
        if isinstance(held, Connection):
            with suppress(SQLAlchemyError):  # a broken connection has lost the lock already
                held.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})
            held.invalidate()  # it must not come back to the pool with a lock that was not let go
        if held is not None:
            held.close()

    def _still_holds(self, connection: Connection) -> bool:
        try:
            connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.give_up()  # the server let go of the lock when the connection broke
            return False
        return True

    def _lock_in_database(self) -> Connection | None:
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER}):
            return connection
        connection.close()
        return None

    def _lock_file(self) -> IO[str] | None:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / FILE).open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

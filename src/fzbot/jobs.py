"""Periodic jobs inside `serve`: counting, retention. Of all server processes on a database one does them at a time."""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
LOCK_NUMBER = 0x667A6A62  # "fzjb"


@dataclass
class Job:
    """Something to do again and again."""

    name: str
    every_seconds: float
    run: Callable[[], object]
    due: float = 0.0


@dataclass
class Jobs:
    """Runs jobs on a thread of its own while this process leads."""

    engine: Engine
    folder: Path
    jobs: tuple[Job, ...]
    clock: Callable[[], float] = time.monotonic
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._go, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the job under way finish, and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def tick(self) -> list[str]:
        """Run what is due, if nobody else leads; returns the names of what ran."""
        with leading(self.engine, self.folder) as leads:
            return [job.name for job in self.jobs if self._run(job)] if leads else []

    def _go(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.tick()
            except (SQLAlchemyError, OSError) as error:
                log.warning("jobs wait: %s", type(error).__name__)

    def _run(self, job: Job) -> bool:
        if self.clock() < job.due or self._stop.is_set():
            return False
        try:
            job.run()
        except (SQLAlchemyError, OSError) as error:
            log.warning("job %s failed, will be tried again: %s", job.name, type(error).__name__)
        job.due = self.clock() + job.every_seconds
        return True


@contextmanager
def leading(engine: Engine, folder: Path) -> Iterator[bool]:
    """Whether this process leads, for as long as the block lasts: an advisory lock, or a file's lock beside SQLite."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER}))
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "jobs.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

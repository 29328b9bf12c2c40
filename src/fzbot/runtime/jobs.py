"""Periodic jobs inside `serve`: counting, retention. Of all server processes on a database one does them at a time."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from fzbot.runtime.leader_election import LeaderElection
from fzbot.runtime.log_limit import OncePerMinute

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

TICK_SECONDS = 5.0


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

    leadership: LeaderElection
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
        self.leadership.give_up()

    def tick(self) -> list[str]:
        """Run what is due, if nobody else leads; returns the names of what ran."""
        return [job.name for job in self.jobs if self._run(job)] if self.leadership.holds() else []

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

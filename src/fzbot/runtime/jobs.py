"""Periodic jobs inside `serve`: counting, retention. Of all server processes on a database one does them at a time."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fzbot.runtime.heartbeats import RUNNING, Heartbeat
from fzbot.runtime.leader_election import LeaderElection
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.runtime.repeated_log import RepeatedLog
from fzbot.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

TICK_SECONDS = 5.0
STANDS_SECONDS = 900.0
"""How long all the jobs of a turn may take."""


@dataclass
class Job:
    """Something to do again and again."""

    name: str
    every_seconds: float
    run: Callable[[], object]
    due: float = 0.0
    heartbeat: Heartbeat = field(init=False)

    def __post_init__(self) -> None:
        """A job that fails twice in a row, or is not reached, stands."""
        self.heartbeat = Heartbeat(f"job-{self.name}", 2 * self.every_seconds + STANDS_SECONDS)


@dataclass
class Jobs:
    """Runs jobs on a thread of its own while this process leads."""

    leadership: LeaderElection
    jobs: tuple[Job, ...]
    clock: Callable[[], float] = time.monotonic
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _trouble: RepeatedLog = field(default_factory=lambda: RepeatedLog(log))

    def start(self) -> None:
        """Begin."""
        for job in self.jobs:
            RUNNING.start(job.heartbeat)
        self._thread = threading.Thread(target=self._go, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the job under way finish, and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for job in self.jobs:
            RUNNING.end(job.heartbeat)
        self.leadership.give_up()

    def tick(self) -> list[str]:
        """Run what is due, if nobody else leads; returns the names of what ran."""
        if self.leadership.holds():
            return [job.name for job in self.jobs if self._run(job)]
        for job in self.jobs:
            job.heartbeat.beat()  # another process does it, and answers for it
        return []

    def _go(self) -> None:
        Supervisor("jobs", STANDS_SECONDS, self._stop.wait).run(self._turn)

    def _turn(self) -> bool:
        if self._stop.wait(TICK_SECONDS):
            return False
        self.tick()
        return True

    def _run(self, job: Job) -> bool:
        if self.clock() < job.due or self._stop.is_set():
            return False
        try:
            job.run()
        except Exception as error:  # noqa: BLE001 - the other jobs go on; it is logged, and a job that keeps failing stands
            self._trouble.say(f"job {job.name}", error)
        else:
            job.heartbeat.beat()
        job.due = self.clock() + job.every_seconds
        return True

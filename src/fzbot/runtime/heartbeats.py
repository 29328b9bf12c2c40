"""When each long loop of this machine last took a turn: for health checks, metrics and `fzbot doctor`.

A loop beats after every turn that did not fail. One that has not beaten within its limit stands: it hangs, or fails
again and again. Each process also leaves its beats in a folder, so that others can look without asking it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from fzbot.runtime.log_limit import OncePerMinute

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

FOLDER = "loops"
"""The folder's name within the data folder."""
TOUCH_SECONDS = 1.0
"""How often a beat is written down at most."""


@dataclass(frozen=True)
class LoopAge:
    """Seconds since a loop's last turn, and how many it may take."""

    name: str
    seconds: float
    limit: float

    @property
    def stands(self) -> bool:
        """Whether it has not turned for longer than it may take."""
        return self.seconds > self.limit


class Heartbeat:
    """The pulse of one loop; `limit` is in seconds."""

    def __init__(self, name: str, limit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.limit = limit
        self._clock = clock
        self._at = clock()
        self._file: Path | None = None
        self._touched = 0.0

    def beat(self) -> None:
        """A turn is done."""
        self._at = self._clock()
        if self._file is not None and self._at - self._touched >= TOUCH_SECONDS:
            self._touch(self._file)

    @property
    def age(self) -> LoopAge:
        """How it is now."""
        return LoopAge(self.name, self._clock() - self._at, self.limit)

    def write_to(self, folder: Path) -> None:
        """Leave the beats in a folder from now on."""
        self._file = folder / f"{os.getpid()}.{self.name}.{self.limit:g}s"
        try:
            self._file.touch(mode=0o600)
        except OSError as error:
            log.warning("the beats of %s are not written down: %s", self.name, error.strerror)
            self._file = None
            return
        self._touch(self._file)

    def forget(self) -> None:
        """The loop has ended, as it should."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _touch(self, file: Path) -> None:
        # The file's time is that of the machine's own clock since it was started, which nobody sets ahead or back.
        self._touched = self._at
        try:
            os.utime(file, (self._at, self._at))
        except OSError as error:
            log.warning("a beat of %s was not written down: %s", self.name, error.strerror)


@dataclass
class Heartbeats:
    """The loops that run in this process."""

    _beating: list[Heartbeat] = field(default_factory=list)
    _folder: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep_in(self, folder: Path) -> None:
        """Leave the beats in a folder, also of loops that run already; what dead processes left there goes."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file, pid in _files(folder):
            if pid == os.getpid() or not _is_alive(pid):
                file.unlink(missing_ok=True)
        with self._lock:
            self._folder = folder
            for heartbeat in self._beating:
                heartbeat.write_to(folder)

    def start(self, heartbeat: Heartbeat) -> None:
        """A loop begins."""
        heartbeat.beat()
        with self._lock:
            self._beating.append(heartbeat)
            if self._folder is not None:
                heartbeat.write_to(self._folder)

    def end(self, heartbeat: Heartbeat) -> None:
        """A loop has ended, as it should."""
        with self._lock:
            if heartbeat in self._beating:
                self._beating.remove(heartbeat)
        heartbeat.forget()

    def ages(self) -> list[LoopAge]:
        """The loops of this process, each once: of several by one name, the one that is nearest to its limit."""
        with self._lock:
            return _worst(heartbeat.age for heartbeat in self._beating)

    def ages_of_machine(self) -> list[LoopAge]:
        """The loops of every process that shares the folder; of this process alone while there is none."""
        return self.ages() if self._folder is None else read_folder(self._folder)


RUNNING = Heartbeats()
"""The loops of this process: one for all, as metrics are."""


def read_folder(folder: Path, clock: Callable[[], float] = time.monotonic) -> list[LoopAge]:
    """The loops whose processes are alive, each once, from what they left in a folder."""
    found = []
    for file, pid in _files(folder):
        _, name, limit = file.name.split(".", 2)
        try:
            at = file.stat().st_mtime
        except FileNotFoundError:
            continue  # it has ended since we listed the folder
        if _is_alive(pid):
            found.append(LoopAge(name, clock() - at, float(limit.removesuffix("s"))))
    return _worst(found)


def _worst(ages: Iterable[LoopAge]) -> list[LoopAge]:
    by_name: dict[str, LoopAge] = {}
    for age in ages:
        known = by_name.get(age.name)
        if known is None or age.seconds - age.limit > known.seconds - known.limit:
            by_name[age.name] = age
    return [by_name[name] for name in sorted(by_name)]


def _files(folder: Path) -> list[tuple[Path, int]]:
    files = sorted(folder.glob("[0-9]*.*.*s")) if folder.is_dir() else []
    return [(file, int(file.name.split(".", 1)[0])) for file in files if file.name.split(".", 1)[0].isdigit()]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""Brings releases to life: builds the one that waits in a process of its own, tries it, and swaps live ones in."""

import logging
import multiprocessing
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import is_built
from fzbot.curation import release
from fzbot.curation.golden import Golden, still_right
from fzbot.curation.revisions import entry_of
from fzbot.db import reading, writing
from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Entry
from fzbot.runtime.pg_notify import Listener
from fzbot.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)

STANDS_SECONDS = 900.0
"""How long building a release may take."""
POLL_SECONDS = 2.0
"""How often each worker looks for itself, should no notification arrive."""


@dataclass
class ReleaseLoader:
    """Watches the releases for one worker. `golden` are questions that must go on being answered by their entry."""

    engine: Engine
    current_snapshot: CurrentSnapshot
    folder: Path
    cache: Path
    golden: tuple[Golden, ...] = ()
    loaded: int | None = None
    now: Callable[[], datetime] = field(default=clock.now)
    poll_seconds: float = POLL_SECONDS
    _listener: Listener = field(init=False)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        """Know the channel to listen on."""
        self._listener = Listener(self.engine, release.CHANNEL)

    def start(self) -> None:
        """Watch on a thread of its own until `close`."""
        self._thread = threading.Thread(target=self._watch, name="release_loader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._listener.stop()
        if self._thread is not None:
            self._thread.join()

    def poll(self) -> bool:
        """Build what waits, take over what is live; returns whether anything was done."""
        built = self._build_waiting()
        return self._take_over() or built

    def _watch(self) -> None:
        Supervisor("releases", STANDS_SECONDS, self._listener.pause).run(self._turn)
        self._listener.close()

    def _turn(self) -> bool:
        if self._listener.is_stopped:
            return False
        self._listener.wait(self.poll_seconds)
        self.poll()
        return True

    def _build_waiting(self) -> bool:
        held = tuple(one for one in self.golden if still_right(self.current_snapshot.snapshot, one))
        return build_release(self.engine, self.folder, self.cache, held, self.now()) is not None

    def _take_over(self) -> bool:
        with reading(self.engine) as session:
            found = release.live(session)
            live = (found.id, dict(found.overlay)) if found else None
        if live is None or live[0] == self.loaded:
            return False
        entries = entries_of(live[1])
        if not is_built(self.folder, self.cache, entries):
            _aside(_trial, self.folder, self.cache, live[1], ())
        self.current_snapshot.replace(Snapshot.of_folder(self.folder, self.cache, entries))
        self.loaded = live[0]
        return True


def build_release(
    engine: Engine, folder: Path, cache: Path, golden: tuple[Golden, ...], at: datetime | None = None
) -> list[str] | None:
    """Build and try the release that waits, and make it live unless there are problems, which are returned.

    None when none waits, or another builder has it.
    """
    with writing(engine) as session:
        found = release.claim(session, at or clock.now())
        claimed = (found.id, dict(found.overlay)) if found else None
    if claimed is None:
        return None
    number, overlay = claimed
    problems = _aside(_trial, folder, cache, overlay, golden)
    with writing(engine) as session:
        release.record_outcome(session, number, problems)
    log.info("release %d: %s", number, "refused" if problems else "live")
    return problems


def entries_of(overlay: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The entries of a release, in the order of their ids."""
    return tuple(entry_of(overlay[id_]) for id_ in sorted(overlay))


def live_entries(engine: Engine) -> tuple[int | None, tuple[Entry, ...]]:
    """The live release's number and entries; none while only the shipped base answers."""
    with reading(engine) as session:
        found = release.live(session)
        return (found.id, entries_of(found.overlay)) if found else (None, ())


def _trial(folder: Path, cache: Path, overlay: Mapping[str, Any], golden: tuple[Golden, ...]) -> list[str]:
    try:
        snapshot = Snapshot.of_folder(folder, cache, entries_of(overlay))
    except KnowledgeError as error:
        return [str(error)]
    lost = [one for one in golden if not still_right(snapshot, one)]
    return [f"“{one.text}”原来答 {one.entry}，改后答不到了" for one in lost]


def _aside(task: Callable[..., list[str]], *arguments: Any) -> list[str]:
    # Training takes seconds and memory; a serving process must feel neither.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(task, *arguments).result()
        except BrokenProcessPool:
            return ["构建时内存不够或被中断，请稍后重新发布"]

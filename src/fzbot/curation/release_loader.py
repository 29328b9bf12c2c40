"""Brings releases to life in one worker: has the one that waits built and tried, and swaps live ones in."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import is_built
from fzbot.curation import release
from fzbot.curation.golden import Golden, still_right
from fzbot.curation.release_trial import build_release, entries_of, try_out
from fzbot.db import reading
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
            try_out(self.folder, self.cache, live[1])
        self.current_snapshot.replace(Snapshot.of_folder(self.folder, self.cache, entries))
        self.loaded = live[0]
        return True

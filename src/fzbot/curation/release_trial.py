"""Builds the release that waits in a process of its own, and refuses one that spoils a golden question."""

import logging
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from fzbot import clock
from fzbot.answering.snapshot import Snapshot
from fzbot.curation import release
from fzbot.curation.golden import Golden, still_right
from fzbot.curation.revisions import entry_of
from fzbot.db import reading, writing
from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Entry

log = logging.getLogger(__name__)


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
    problems = try_out(folder, cache, overlay, golden)
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


def try_out(folder: Path, cache: Path, overlay: Mapping[str, Any], golden: tuple[Golden, ...] = ()) -> list[str]:
    """Build a release's snapshot into the cache in a process of its own; returns what speaks against it."""
    # Training takes seconds and memory; a serving process must feel neither.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(_trial, folder, cache, overlay, golden).result()
        except BrokenProcessPool:
            return ["构建时内存不够或被中断，请稍后重新发布"]


def _trial(folder: Path, cache: Path, overlay: Mapping[str, Any], golden: tuple[Golden, ...]) -> list[str]:
    try:
        snapshot = Snapshot.of_folder(folder, cache, entries_of(overlay))
    except KnowledgeError as error:
        return [str(error)]
    lost = [one for one in golden if not still_right(snapshot, one)]
    return [f"“{one.text}”原来答 {one.entry}，改后答不到了" for one in lost]

"""What a snapshot learned, kept on disk under a hash of what it was learned from: a start then takes no training."""

import hashlib
import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

from fzbot.knowledge.entry import Entry

KEPT = 3
"""Snapshots kept in the cache: the live one, one being tried, and one to go back to."""


def is_built(folder: Path, cache: Path, overlay: tuple[Entry, ...] = ()) -> bool:
    """Whether the snapshot of a knowledge folder is in the cache already."""
    return place(folder, cache, overlay).exists()


def place(folder: Path, cache: Path, overlay: tuple[Entry, ...]) -> Path:
    """Where the snapshot of a knowledge folder is kept."""
    return cache / f"snapshot-{fingerprint(folder, overlay)}.pickle"


def fingerprint(folder: Path, overlay: tuple[Entry, ...] = ()) -> str:
    """A hash over the knowledge files, the overlay and the code that builds from them."""
    digest = hashlib.sha256()
    for entry in overlay:
        digest.update(entry.model_dump_json().encode() + b"\0")
    code = Path(__file__).parent
    for root in (folder, code, code.parent / "knowledge"):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".yaml", ".txt", ".py", ".json", ".npz", ".onnx"}:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def read(path: Path) -> Any:
    """What was kept; `None` when there is nothing, or nothing that can be used."""
    try:
        with path.open("rb") as file:
            return pickle.load(file)  # noqa: S301 - our own file, in the data folder
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, LookupError, TypeError, ValueError):
        return None  # not there, torn, or written by another version of a library: build anew


def write(path: Path, trained: Any) -> None:
    """Keep what was learned; the oldest make room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            pickle.dump(trained, file, pickle.HIGHEST_PROTOCOL)
        Path(name).replace(path)  # whole or not at all, also when two processes build at once
    finally:
        Path(name).unlink(missing_ok=True)
    newest_first = sorted(path.parent.glob("snapshot-*.pickle"), key=_written_at, reverse=True)
    for old in newest_first[KEPT:]:
        old.unlink(missing_ok=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process made room at the same time
        return 0.0

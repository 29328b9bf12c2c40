"""An append-only file for rows that the database could not take; fsynced, replayed later, once.

Each process appends to a file of its own and holds its lock, so that a replay takes its own file and those whose
process is gone, never one that is being written. A line that a crash tore was never acknowledged and is passed over.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from fzbot.interactions.new_interaction import NewInteraction

log = logging.getLogger(__name__)

CHUNK = 200
SUFFIX = ".jsonl"


class Spool:
    """Rows waiting in `folder` for the database to come back."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / f"interactions-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        self._file: IO[str] | None = None

    def append(self, rows: Sequence[NewInteraction]) -> None:
        """Write the rows to disk before returning; `OSError` when the disk does not take them."""
        if not rows:
            return
        if self._file is None:
            self._file = self._path.open("a+", encoding="utf-8")
            fcntl.flock(self._file, fcntl.LOCK_EX)
            _sync_folder(self._folder)
        _append(self._file, rows)

    def reject(self, rows: Sequence[NewInteraction]) -> None:
        """Keep rows that the database refuses for a person to look at; they are not replayed."""
        with (self._folder / "rejected.txt").open("a", encoding="utf-8") as file:
            _append(file, rows)

    @property
    def depth(self) -> int:
        """How many bytes are waiting, over all processes."""
        return sum(path.stat().st_size for path in self._folder.glob(f"*{SUFFIX}"))

    def waiting(self) -> Iterator[list[NewInteraction]]:
        """The waiting rows in chunks. A file is emptied once its last chunk was taken without an error."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            if path == self._path and self._file is not None:
                yield from _chunks(self._file)
                self._file.truncate(0)
                os.fsync(self._file.fileno())
            else:
                yield from _orphan(path)

    def close(self) -> None:
        """Let go of the file; remove it when nothing waits in it."""
        if self._file is not None:
            is_empty = os.fstat(self._file.fileno()).st_size == 0
            self._file.close()
            self._file = None
            if is_empty:
                self._path.unlink()


def _orphan(path: Path) -> Iterator[list[NewInteraction]]:
    try:
        file = path.open("a+", encoding="utf-8")
    except FileNotFoundError:
        return  # another process replayed it meanwhile
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        yield from _chunks(file)
        path.unlink(missing_ok=True)


def _chunks(file: IO[str]) -> Iterator[list[NewInteraction]]:
    file.seek(0)
    chunk: list[NewInteraction] = []
    for line in file:
        try:
            chunk.append(NewInteraction.from_json(line))
        except (ValueError, KeyError):
            log.warning("a torn line of the spool is passed over; it was never acknowledged")
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _append(file: IO[str], rows: Sequence[NewInteraction]) -> None:
    file.write("".join(row.to_json() + "\n" for row in rows))
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

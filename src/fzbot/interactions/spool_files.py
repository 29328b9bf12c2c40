"""The files of a spool: what they are called, how much lies in them, and the rows in one."""

import fcntl
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fzbot.errors import SpoolError
from fzbot.interactions.framing import read_frames
from fzbot.interactions.new_interaction import NewInteraction

log = logging.getLogger(__name__)

FOLDER = "spool"
"""Within the data folder."""
CHUNK = 200
LIMIT_BYTES = 512 << 20
"""About two hundred thousand rows."""
FRAMED = ".spool"
LINES = ".jsonl"
"""How earlier versions wrote it: a row a line."""
DAMAGED = ".torn"
RESERVE = "reserve"
REFUSED = "refused.frames"
REFUSED_LINES = "rejected.txt"
"""How earlier versions kept what the database refused."""


@dataclass(frozen=True)
class SpoolCounts:
    """What lies in a spool: bytes that wait and the most that may, bytes refused, and files with damage in them."""

    waiting_bytes: int
    limit_bytes: int
    refused_bytes: int
    damaged_files: int

    @property
    def share(self) -> float:
        """How much of the limit is used, 0 to 1."""
        return self.waiting_bytes / self.limit_bytes


class LockedFile:
    """A waiting file, opened to be read and locked unless it is ours; None where another process has it, or it is gone."""

    def __init__(self, path: Path, *, is_ours: bool) -> None:
        self._path = path
        self._is_ours = is_ours
        self._file: IO[bytes] | None = None

    def __enter__(self) -> IO[bytes] | None:
        try:
            self._file = self._path.open("rb")
            if not self._is_ours:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (FileNotFoundError, BlockingIOError):
            return None
        except PermissionError:
            log.error("%s cannot be read: it belongs to somebody else", self._path.name)
            return None
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def look(folder: Path, limit: int = LIMIT_BYTES) -> SpoolCounts:
    """What lies in a spool's folder, which need not be there; changes nothing."""
    refused = sum(_size(folder / name) for name in (REFUSED, REFUSED_LINES))
    damaged = sum(1 for _ in folder.glob(f"*{DAMAGED}"))
    return SpoolCounts(sum(map(_size, waiting_files(folder))), limit, refused, damaged)


def waiting_files(folder: Path) -> list[Path]:
    """The files with rows that wait, oldest first."""
    return [*sorted(folder.glob(f"*{LINES}")), *sorted(folder.glob(f"*{FRAMED}"))]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another process replayed it meanwhile
        return 0


def read_rows(file: IO[bytes], start: int, *, is_lines: bool) -> Iterator[tuple[list[NewInteraction], int, bool]]:
    """The rows from `start` on in chunks: rows, where the last of them ends in the file, and whether all up to there could be read."""
    records = _lines(file, start) if is_lines else ((one.content, one.end) for one in read_frames(file, start))
    rows: list[NewInteraction] = []
    is_sound, end = True, start
    for content, end in records:
        row = _row(content)
        is_sound = is_sound and row is not None
        rows += [row] if row is not None else []
        if len(rows) == CHUNK:
            yield rows, end, is_sound
            rows, is_sound = [], True
    yield rows, end, is_sound


def _lines(file: IO[bytes], start: int) -> Iterator[tuple[bytes | None, int]]:
    file.seek(start)
    for line in file:
        yield line, file.tell()


def _row(content: bytes | None) -> NewInteraction | None:
    try:
        return None if content is None else NewInteraction.from_json(content)
    except SpoolError:
        return None

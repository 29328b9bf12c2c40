"""Append-only files for rows that the database could not take: framed, fsynced, replayed later, in order, once.

Each process appends to a file of its own and holds its lock, so that a replay takes its own file and those whose
process is gone, never one that is being written. A file with damage in it is kept under another name once everything
else in it was taken. Rows that the database refuses wait in `refused.frames` until a person has them tried again.
"""

import errno
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from fzbot.interactions.framing import frame
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.reserve import RESERVE_BYTES, Reserve
from fzbot.interactions.spool_files import (
    DAMAGED,
    FRAMED,
    LIMIT_BYTES,
    LINES,
    REFUSED,
    REFUSED_LINES,
    RESERVE,
    LockedFile,
    SpoolCounts,
    look,
    read_rows,
    waiting_files,
)

log = logging.getLogger(__name__)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

Take = Callable[[list[NewInteraction]], None]


class Spool:
    """Rows waiting in `folder` for the database to come back, `limit` bytes of them at most."""

    def __init__(self, folder: Path, limit: int = LIMIT_BYTES, reserve_bytes: int = RESERVE_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._limit = limit
        self._reserve = Reserve(folder / RESERVE, reserve_bytes)
        self._path = self._new_path()
        self._file: IO[bytes] | None = None
        self._taken: dict[Path, tuple[int, bool]] = {}

    def append(self, rows: Sequence[NewInteraction]) -> None:
        """Write the rows to disk before returning; `OSError` when the disk does not take them, and then none of them."""
        if not rows:
            return
        content = _framed(rows)
        if self.depth + len(content) > self._limit:
            raise OSError(errno.EFBIG, "the spool is as big as it may be")
        self._with_reserve(lambda: self._append(content))

    def refuse(self, rows: Sequence[NewInteraction]) -> None:
        """Keep rows that the database refuses, until `retry_refused`; `OSError` when the disk does not take them."""
        content = _framed(rows)
        self._with_reserve(lambda: self._append_refused(content))

    def retry_refused(self) -> None:
        """Put the refused rows among those that wait."""
        for name, suffix in ((REFUSED, FRAMED), (REFUSED_LINES, LINES)):
            try:
                with (self._folder / name).open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)  # whoever appends has finished
                    (self._folder / name).rename(self._new_path().with_suffix(suffix))
            except FileNotFoundError:
                continue

    @property
    def depth(self) -> int:
        """How many bytes are waiting, over all processes."""
        return look(self._folder).waiting_bytes

    def counts(self) -> SpoolCounts:
        """What lies here."""
        return look(self._folder, self._limit)

    def drain(self, take: Take, is_enough: Callable[[], bool] = lambda: False) -> bool:
        """Hand the waiting rows to `take`, oldest first, until none is left (True) or it `is_enough` (False).

        What `take` raises ends it; the rows stay, and those that were taken already may be handed over again.
        """
        for path in waiting_files(self._folder):
            with LockedFile(path, is_ours=path == self._path and self._file is not None) as file:
                if file is not None and not self._drain_file(path, file, take, is_enough):
                    return False
        return True

    def tend(self) -> None:
        """Make the reserve again where there is room."""
        self._reserve.restore()

    def close(self) -> None:
        """Let go of the file; remove it when nothing waits in it."""
        if self._file is not None:
            is_empty = os.fstat(self._file.fileno()).st_size == 0
            self._file.close()
            self._file = None
            if is_empty:
                self._path.unlink(missing_ok=True)

    def _new_path(self) -> Path:
        # Names sort by age, so that the files of processes that are gone are read in the order of their lives.
        return self._folder / f"interactions-{time.time_ns():020}-{os.getpid()}-{secrets.token_hex(4)}{FRAMED}"

    def _with_reserve(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if error.errno not in FULL or not self._reserve.release():
                raise
            write()

    def _append(self, content: bytes) -> None:
        if self._file is None:
            self._path = self._new_path()
            self._file = _open_private(self._path)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            _sync_folder(self._folder)
        try:
            _write(self._file, content)
        except OSError:
            self.close()  # what cannot be taken back is left behind as a torn tail, and a new file begun
            raise

    def _append_refused(self, content: bytes) -> None:
        path = self._folder / REFUSED
        with _open_private(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, file):
                _write(file, content)
                return
        self._append_refused(content)  # it was put among those that wait just now

    def _drain_file(self, path: Path, file: IO[bytes], take: Take, is_enough: Callable[[], bool]) -> bool:
        start, is_whole = self._taken.get(path, (0, True))
        for rows, end, is_sound in read_rows(file, start, is_lines=path.suffix == LINES):
            is_whole = is_whole and is_sound
            if rows:
                take(rows)
            self._taken[path] = end, is_whole
            if rows and is_enough():
                return False
        self._taken.pop(path, None)
        self._finish(path, is_whole)
        return True

    def _finish(self, path: Path, is_whole: bool) -> None:
        if not is_whole:
            log.error("%s has records that cannot be read; it is kept as %s", path.name, path.name + DAMAGED)
            path.rename(path.with_name(path.name + DAMAGED))
            if path == self._path:
                self.close()
        elif path == self._path and self._file is not None:
            _empty(self._file)
        else:
            path.unlink(missing_ok=True)


def _framed(rows: Sequence[NewInteraction]) -> bytes:
    return b"".join(frame(row.to_json().encode("utf-8", "surrogatepass")) for row in rows)


def _open_private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "ab", buffering=0)


def _write(file: IO[bytes], content: bytes) -> None:
    """All of it, on disk; or none of it where that is possible, and `OSError`."""
    start = os.fstat(file.fileno()).st_size
    left = memoryview(content)
    try:
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), start)
        raise


def _empty(file: IO[bytes]) -> None:
    if os.fstat(file.fileno()).st_size:
        file.truncate(0)
        os.fsync(file.fileno())


def _is_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

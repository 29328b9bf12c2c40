"""A file of a few megabytes that is given up first when the disk is full, so that rows can still be kept."""

import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger(__name__)

RESERVE_BYTES = 8 << 20
"""About three thousand rows."""
ROOM = 4
"""The reserve is made again once so many times its size are free."""


class Reserve:
    """The file at `path`; all processes of a folder share it. Without a size there is none."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size

    def release(self) -> bool:
        """Give the space back to the disk; whether there was any."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        log.critical("the disk is full: the reserve of %d bytes is given up, rows go on being kept", self._size)
        return True

    def restore(self) -> None:
        """Make the file where it is missing and the disk has room again; it takes real blocks."""
        if not self._size or self._path.exists() or shutil.disk_usage(self._path.parent).free < ROOM * self._size:
            return
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
            part.replace(self._path)
        except OSError as error:
            log.warning("no reserve can be made on this disk: %s", error.strerror)
            part.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

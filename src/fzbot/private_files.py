"""What an installation keeps belongs to its own account: files 600, folders 700."""

import os
import stat
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
OURS = ("fzbot.db", "uploads", "cache", "spool", "metrics", "secret.key", "erasures.jsonl", "last-start.json")


def by_default() -> None:
    """Let every file and folder that this process and its children make be private."""
    os.umask(UMASK)


def tighten(folder: Path) -> None:
    """Make the data folder, and take from others what an earlier version left them; what is somebody else's stays."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.stat()
    if os.getuid() != status.st_uid or status.st_mode & stat.S_ISVTX:  # a folder that is for everybody stays so
        return
    folder.chmod(0o700)
    for found in (path for name in OURS for path in folder.glob(f"{name}*")):
        for path in (found, *found.rglob("*")) if found.is_dir() else (found,):
            with suppress(FileNotFoundError, PermissionError):
                path.chmod(path.stat().st_mode & ~UMASK)

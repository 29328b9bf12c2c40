"""When the last backup was made, remembered in the data folder."""

from datetime import datetime
from pathlib import Path

FILE = "last-backup"


def note(folder: Path, at: datetime) -> None:
    """Remember a backup."""
    (folder / FILE).write_text(at.isoformat() + "\n", encoding="ascii")


def read(folder: Path) -> datetime | None:
    """When the last one was made; None when none is known of."""
    try:
        return datetime.fromisoformat((folder / FILE).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None

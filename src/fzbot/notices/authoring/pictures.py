"""Pictures of notices: redrawn, so that nothing but the picture is kept, and stored by what they contain."""

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from fzbot.activities.photos import redrawn

FOLDER = "notices"
_NAME = re.compile(r"[0-9a-f]{64}\.jpg")


def save(uploads: Path, file: BinaryIO) -> str:
    """Store an uploaded picture; returns its name. `LedgerError` when it is none."""
    picture = redrawn(file)
    name = f"{hashlib.sha256(picture).hexdigest()}.jpg"
    folder = uploads / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(picture)
    return name


def load(uploads: Path, name: str) -> bytes | None:
    """A stored picture; None where there is none of that name."""
    path = uploads / FOLDER / name
    return path.read_bytes() if _NAME.fullmatch(name) and path.is_file() else None

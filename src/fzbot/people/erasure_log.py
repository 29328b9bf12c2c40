"""A file beside the database that remembers who was erased, so that a restore from an older backup erases them again.

It holds keyed hashes only. Keep it apart from the backups, or copy it more often than they are made.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from fzbot.people import erasure

FILE = "erasures.jsonl"


@dataclass(frozen=True)
class ErasureLog:
    """The file."""

    path: Path

    def add(self, account_id: int, openid_hash: str, at: datetime) -> None:
        """Remember an erasure, on disk before this returns."""
        line = json.dumps({"account": account_id, "person": openid_hash, "at": at.isoformat()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # processes on other machines may write to it, too
            file.write("\n" * self._is_torn() + line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _is_torn(self) -> bool:
        """Whether the last line has no end: what follows must not be read as part of it."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 1))
            return file.read(1) not in {b"", b"\n"}

    def entries(self) -> Iterator[tuple[int, str]]:
        """Account and person of every erasure; a line that a crash tore is passed over."""
        if not self.path.exists():
            return
        for line in self.path.read_bytes().splitlines():
            try:
                found = json.loads(line)
                named = int(found["account"]), str(found["person"])
            except (ValueError, TypeError, LookupError):
                continue
            yield named

    def replay(self, session: Session) -> int:
        """Erase everybody again who was erased before; returns how many that are."""
        everybody = list(dict.fromkeys(self.entries()))
        for account_id, person in everybody:
            erasure.erase(session, account_id, person)
        return len(everybody)

"""The archive: a tar.gz with a manifest, one file of JSON lines for each table, and the uploads. Keys are never in it."""

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, MetaData, Table, inspect, select

from fzbot.db import Moment
from fzbot.errors import BackupError

MANIFEST = "manifest.json"
FORMAT = 1
ROWS_AT_ONCE = 1000
SKIPPED = frozenset({"sign_in", "sign_in_failure"})
"""Tables whose rows mean nothing on another machine."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: the schema's revision and how many rows of each table."""

    revision: str
    made_at: str
    rows: dict[str, int]

    def to_json(self) -> str:
        """As it stands in the archive."""
        said = {"format": FORMAT, "revision": self.revision, "made_at": self.made_at, "rows": self.rows}
        return json.dumps(said, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read; `BackupError` when it is another program's or a newer fzbot's."""
        try:
            said = json.loads(content)
            if said["format"] != FORMAT:
                raise BackupError("备份是更新版本的 fzbot 做的，请先升级")
            return cls(said["revision"], said["made_at"], said["rows"])
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError("这不是 fzbot 的备份文件") from error


def write_table(archive: tarfile.TarFile, connection: Connection, table: Table, folder: Path) -> int:
    """Add a table's rows; returns how many. They pass through a file without a name, so that memory stays flat."""
    number = 0
    rows = connection.execute(select(table).execution_options(yield_per=ROWS_AT_ONCE))
    with tempfile.TemporaryFile(dir=folder) as file:
        for row in rows.mappings():
            file.write((json.dumps(dict(row), ensure_ascii=False, default=_iso) + "\n").encode())
            number += 1
        info = tarfile.TarInfo(f"tables/{table.name}.jsonl")
        info.size, info.mode = file.tell(), 0o600
        file.seek(0)
        archive.addfile(info, file)
    return number


def read_table(archive: tarfile.TarFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    """A table's rows in chunks, as the database takes them."""
    member = archive.extractfile(f"tables/{table.name}.jsonl")
    if member is None:
        raise BackupError(f"备份里缺少 {table.name} 表")
    chunk: list[dict[str, Any]] = []
    for line in io.TextIOWrapper(member, encoding="utf-8"):
        chunk.append(_typed(table, json.loads(line)))
        if len(chunk) == ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def add_text(archive: tarfile.TarFile, name: str, content: str) -> None:
    """Add a small file."""
    data = content.encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def tables_of(connection: Connection, known: MetaData) -> list[Table]:
    """The tables of our metadata that the database has, parents before children."""
    present = set(inspect(connection).get_table_names())
    return [table for table in known.sorted_tables if table.name in present and table.name not in SKIPPED]


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be backed up")


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    def convert(column: str, value: Any) -> Any:
        kind = table.c[column].type
        if value is not None and isinstance(kind, Moment):
            return datetime.fromisoformat(value)
        if value is not None and isinstance(kind, Date):
            return date.fromisoformat(value)
        return value

    return {column: convert(column, value) for column, value in values.items() if column in table.c}

"""Making a backup while the service runs, and restoring one onto a blank machine."""

import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Integer, MetaData, func, select, text

from fzbot import migrations
from fzbot.backups.archive import MANIFEST, Manifest, add_text, read_table, tables_of, write_table
from fzbot.db import writing
from fzbot.errors import BackupError
from fzbot.people.erasure_log import ErasureLog

UPLOADS = "uploads"


@dataclass(frozen=True)
class Place:
    """Where an installation keeps things."""

    engine: Engine
    metadata: MetaData
    uploads: Path
    erasures: ErasureLog


def make(place: Place, target: Path, at: datetime) -> Manifest:
    """Write a backup; all tables are read in one transaction, so that they agree. `BackupError` when it is there already."""
    if target.exists():
        raise BackupError(f"{target} 已存在，请换一个文件名")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.parent) as name, tarfile.open(part, "w:gz", compresslevel=3) as archive:
        with place.engine.connect().execution_options(**_one_view(place.engine)) as connection:
            rows = {
                table.name: write_table(archive, connection, table, Path(name))
                for table in tables_of(connection, place.metadata)
            }
        if place.uploads.is_dir():
            archive.add(place.uploads, UPLOADS)
        manifest = Manifest(migrations.current(place.engine) or "", at.isoformat(), rows)
        add_text(archive, MANIFEST, manifest.to_json())
    part.replace(target)
    return manifest


def restore(place: Place, source: Path) -> tuple[Manifest, int]:
    """Fill a blank database from a backup, check the counts, and erase again whom the log of erasures names.

    Returns the manifest and how many people were erased again. `BackupError` when the database is not blank, the file
    is no backup, or the counts do not agree; nothing is left half restored.
    """
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive)
            migrations.upgrade(place.engine, manifest.revision)
            with place.engine.begin() as connection:
                _fill(connection, place.metadata, archive, manifest)
            _unpack_uploads(archive, place.uploads)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} 不是完整的备份文件") from error
    except FileNotFoundError as error:
        raise BackupError(f"没有这个文件：{source}") from error
    migrations.upgrade(place.engine)
    with writing(place.engine) as session:
        return manifest, place.erasures.replay(session)


def _fill(connection: Connection, metadata: MetaData, archive: tarfile.TarFile, manifest: Manifest) -> None:
    tables = [table for table in tables_of(connection, metadata) if table.name in manifest.rows]
    taken = [table.name for table in tables if connection.scalar(select(func.count()).select_from(table))]
    if taken:
        raise BackupError(f"库里已有数据（{'、'.join(taken)}），只能恢复到空库；请换一个数据目录或新建一个库")
    for table in tables:
        for chunk in read_table(archive, table):
            connection.execute(table.insert(), chunk)
        restored = connection.scalar(select(func.count()).select_from(table))
        if restored != manifest.rows[table.name]:
            raise BackupError(f"{table.name} 应有 {manifest.rows[table.name]} 行，只恢复了 {restored} 行，已撤回")
    if connection.dialect.name == "postgresql":
        _advance_sequences(connection, metadata)


def _advance_sequences(connection: Connection, metadata: MetaData) -> None:
    for table in metadata.sorted_tables:
        keys = list(table.primary_key)
        if len(keys) == 1 and isinstance(keys[0].type, Integer) and keys[0].name == "id":
            statement = (
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "  # noqa: S608 - our own table's name
                f'GREATEST((SELECT MAX(id) FROM "{table.name}"), 1), EXISTS (SELECT 1 FROM "{table.name}"))'
            )
            connection.execute(text(statement))


def _one_view(engine: Engine) -> dict[str, str | bool]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "stream_results": True}
    return {"fzbot_reading": True}


def _manifest(archive: tarfile.TarFile) -> Manifest:
    try:
        member = archive.extractfile(MANIFEST)
    except KeyError as error:
        raise BackupError("这不是 fzbot 的备份文件") from error
    if member is None:
        raise BackupError("这不是 fzbot 的备份文件")
    return Manifest.from_json(member.read())


def _unpack_uploads(archive: tarfile.TarFile, uploads: Path) -> None:
    members = [member for member in archive.getmembers() if member.name.startswith(f"{UPLOADS}/") and member.isfile()]
    uploads.mkdir(parents=True, exist_ok=True)
    for member in members:
        member.name = member.name.removeprefix(f"{UPLOADS}/")
        archive.extract(member, uploads, filter="data")

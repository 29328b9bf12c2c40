"""Making a backup while the service runs, and restoring one onto a blank machine."""

import fcntl
import filecmp
import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Integer, MetaData, func, select, text
from sqlalchemy.orm import Session

from fzbot import migrations
from fzbot.backups.archive import MANIFEST, Manifest, add_text, read_table, tables_of, write_table
from fzbot.errors import BackupError
from fzbot.people import key_fingerprint
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer

UPLOADS = "uploads"
PART = ".fzbot-part"


@dataclass(frozen=True)
class Place:
    """Where an installation keeps things."""

    engine: Engine
    metadata: MetaData
    uploads: Path
    erasures: ErasureLog


def make(place: Place, target: Path, at: datetime) -> Manifest:
    """Write a backup; all tables are read in one transaction, so that they agree. `BackupError` when it is there already.

    What a backup that was killed left is removed; only the own account could read it.
    """
    if target.exists():
        raise BackupError(f"{target} 已存在，请换一个文件名")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _remove_leftovers(target.parent)
    part = target.with_name(target.name + PART)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            manifest = _write(place, file, target.parent, at)
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return manifest


def restore(place: Place, source: Path, sealer: Sealer) -> tuple[Manifest, int]:
    """Fill a blank database from a backup, check the counts, and erase again whom the log of erasures names.

    Returns the manifest and how many people were erased again. `BackupError` when the installation is not blank, the
    file is no backup, the counts do not agree or the disk is full; `ConfigError` when the backup is another key's than
    the sealer's. Then nothing is changed: rows and uploads come in one transaction.
    """
    try:
        with (
            tarfile.open(source, "r:gz") as archive,
            _taken_back_on_failure(place.uploads),
            place.engine.begin() as connection,
        ):
            manifest = _manifest(archive)
            erased = _restore_rows(place, connection, archive, manifest, sealer)
            _restore_uploads(archive, place.uploads)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, LookupError, ValueError) as error:
        raise BackupError(f"{source} 不是完整的备份文件，什么都没有恢复") from error
    except CommandError as error:  # Alembic knows no such step
        raise BackupError("备份是更新版本的 fzbot 做的，请先升级") from error
    except FileNotFoundError as error:
        raise BackupError(f"没有这个文件：{source}") from error
    except OSError as error:
        raise BackupError(f"磁盘写不下或读不出（{error.strerror}），什么都没有恢复；清理磁盘后再来一遍") from error
    return manifest, erased


def _write(place: Place, file: IO[bytes], folder: Path, at: datetime) -> Manifest:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
        with place.engine.connect().execution_options(**_one_view(place.engine)) as connection:
            rows = {
                table.name: write_table(archive, connection, table, folder)
                for table in tables_of(connection, place.metadata)
            }
        if place.uploads.is_dir():
            archive.add(place.uploads, UPLOADS)
        manifest = Manifest(migrations.current(place.engine) or "", at.isoformat(), rows)
        add_text(archive, MANIFEST, manifest.to_json())
    return manifest


def _remove_leftovers(folder: Path) -> None:
    for part in folder.glob(f"*{PART}"):
        with part.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # another backup is being made just now
                continue
            part.unlink(missing_ok=True)


def _restore_rows(
    place: Place, connection: Connection, archive: tarfile.TarFile, manifest: Manifest, sealer: Sealer
) -> int:
    """Bring rows and schema in, within the connection's transaction; returns how many people were erased again."""
    migrations.upgrade_within(connection, manifest.revision)
    _fill(connection, place.metadata, archive, manifest)
    migrations.upgrade_within(connection)
    with Session(connection) as session:
        key_fingerprint.claim(session, sealer)
        erased = place.erasures.replay(session)
        session.flush()
    return erased


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


@contextmanager
def _taken_back_on_failure(uploads: Path) -> Iterator[None]:
    """Where there were no uploads before, none are left when the transaction cannot be committed after all."""
    were_there = _files(uploads)
    try:
        yield
    except BaseException:
        if not were_there:
            shutil.rmtree(uploads, ignore_errors=True)
        raise


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _refuse_others(uploads: Path, unpacked: Path) -> None:
    """Raise `BackupError` when there are uploads that are not the backup's.

    The backup's own are there when a restore was killed after they were put in place and before the rows were committed.
    """
    for path in _files(uploads):
        same = unpacked / path.relative_to(uploads)
        if not same.is_file() or not filecmp.cmp(path, same, shallow=False):
            raise BackupError(f"{uploads} 里已有别的文件，只能恢复到空的安装；请换一个数据目录")


def _restore_uploads(archive: tarfile.TarFile, uploads: Path) -> None:
    """Unpack beside, then put in place: a renaming needs no room on the disk."""
    beside = uploads.with_name(uploads.name + PART)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True, mode=0o700)
    try:
        for member in archive.getmembers():
            if member.name.startswith(f"{UPLOADS}/") and member.isfile():
                member.name, member.mode = member.name.removeprefix(f"{UPLOADS}/"), 0o600
                archive.extract(member, beside, filter="data")
        _refuse_others(uploads, beside)
        shutil.rmtree(uploads, ignore_errors=True)
        beside.replace(uploads)
    finally:
        shutil.rmtree(beside, ignore_errors=True)

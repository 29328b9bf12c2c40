"""A backup is restored onto a blank machine, of either kind of database; counts agree, and erasures are made again."""

import errno
import itertools
import os
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from fzbot import db
from fzbot.audit import COMMAND_LINE, Change, first_broken, record
from fzbot.backups import backup
from fzbot.backups.backup import Place
from fzbot.db import reading, writing
from fzbot.errors import BackupError, ConfigError
from fzbot.interactions.store import store
from fzbot.migrations.tables import METADATA
from fzbot.people import erasure, key_fingerprint, members
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.members import Profile
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.statistics import interaction_counts as counts
from fzbot.statistics import rollup
from fzbot.statistics.scope import Scope, Span
from tests.conftest import command, database
from tests.interactions.new_interactions import make_account, make_row, stored

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SEALER = Sealer("x" * 16)
"""As of the accounts of `make_account`."""
MEGABYTE = 1 << 20
_names = itertools.count()


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Place:
    """An installation with a little of everything."""
    account = make_account(engine)
    with engine.begin() as connection:
        store(connection, [make_row(account, str(number), openid_hash="ab"[number % 2]) for number in range(5)])
    rollup.catch_up(engine)
    with writing(engine) as session:
        members.add(session, Profile("li", "李四", Role.ADMIN), COMMAND_LINE, NOW)
        record(session, COMMAND_LINE, Change("village.add", "village:1", after={"name": "红庄村"}), NOW)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "photo.jpg").write_bytes(b"photo")
    return Place(engine, METADATA, uploads, ErasureLog(tmp_path / "erasures.jsonl"))


@pytest.fixture(params=["onto sqlite", "onto postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A machine with nothing on it."""
    if request.param == "onto sqlite":
        engine = db.make_engine(f"sqlite:///{tmp_path / 'blank.db'}")
    else:
        url = request.getfixturevalue("postgres")
        name = f"blank_{next(_names)}"
        command(url, f"CREATE DATABASE {name}")
        engine = db.make_engine(database(url, name))
    yield Place(engine, METADATA, tmp_path / "new uploads", ErasureLog(tmp_path / "erasures.jsonl"))
    engine.dispose()


def test_everything_is_there_again(place: Place, blank: Place, tmp_path: Path) -> None:
    made = backup.make(place, tmp_path / "b.tar.gz", NOW)
    assert made.rows["interaction"] == 5
    manifest, erased = backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    assert (manifest, erased) == (made, 0)
    before, after = stored(place.engine), stored(blank.engine)
    assert [(row.id, row.key, row.at, row.question) for row in after] == [
        (row.id, row.key, row.at, row.question) for row in before
    ]
    with reading(blank.engine) as session:
        assert first_broken(session) is None
        day = Span(before[0].day, before[0].day)
        assert counts.interaction_counts(session, Scope((1,)), day).people == 2
    assert (blank.uploads / "photo.jpg").read_bytes() == b"photo"


def test_life_goes_on_after_a_restore(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    with blank.engine.begin() as connection:
        store(connection, [make_row(1, "new", openid_hash="c")])
    assert rollup.catch_up(blank.engine) == 1
    with writing(blank.engine) as session:
        members.add(session, Profile("wang", "王五", Role.VIEWER, 1), COMMAND_LINE, NOW)
        assert first_broken(session) is None


def test_who_was_erased_after_the_backup_is_erased_again(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    place.erasures.add(1, "a", NOW)
    with writing(place.engine) as session:
        erasure.erase(session, 1, "a")
    with place.erasures.path.open("a") as file:
        file.write('1\nnull\n{"account": 1, "per')  # torn by a crash
    place.erasures.add(1, "nobody", NOW)
    _, erased = backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    assert erased == 2
    rows = stored(blank.engine)
    assert [row.question for row in rows if row.openid_hash != "b"] == [None, None, None]
    assert "a" not in {row.openid_hash for row in rows}
    with reading(blank.engine) as session:
        assert counts.interaction_counts(session, Scope((1,)), Span(rows[0].day, rows[0].day)).people == 2


def test_a_database_with_rows_is_left_alone(place: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    with pytest.raises(BackupError, match="已有数据"):
        backup.restore(place, tmp_path / "b.tar.gz", SEALER)
    assert len(stored(place.engine)) == 5


def test_a_count_that_does_not_agree_restores_nothing(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        archive.extractall(tmp_path / "opened", filter="data")
    rows = tmp_path / "opened" / "tables" / "interaction.jsonl"
    rows.write_text("\n".join(rows.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    with tarfile.open(tmp_path / "short.tar.gz", "w:gz") as archive:
        for path in sorted((tmp_path / "opened").iterdir()):
            archive.add(path, path.name)
    with pytest.raises(BackupError, match="应有 5 行，只恢复了 4 行"):
        backup.restore(blank, tmp_path / "short.tar.gz", SEALER)
    assert rows_in(blank.engine) == 0


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b torn"])
def test_what_is_no_backup_is_refused(blank: Place, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BackupError):
        backup.restore(blank, tmp_path / "x", SEALER)
    with pytest.raises(BackupError, match="没有这个文件"):
        backup.restore(blank, tmp_path / "missing", SEALER)


def test_a_backup_never_overwrites_one(place: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    with pytest.raises(BackupError, match="已存在"):
        backup.make(place, tmp_path / "b.tar.gz", NOW)


def test_sign_ins_do_not_travel(place: Place, tmp_path: Path) -> None:
    assert "sign_in" not in backup.make(place, tmp_path / "b.tar.gz", NOW).rows


def rows_in(engine: Engine) -> int:
    with engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name in METADATA.tables]
        counts = [connection.scalar(select(func.count()).select_from(METADATA.tables[name])) for name in names]
    return sum(count or 0 for count in counts)


def test_a_backup_of_another_key_is_refused_and_the_right_key_goes_on(
    place: Place, blank: Place, tmp_path: Path
) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    with pytest.raises(ConfigError, match="另一把密钥"):
        backup.restore(blank, tmp_path / "b.tar.gz", Sealer("another key of this length"))
    assert rows_in(blank.engine) == 0
    assert not blank.uploads.exists()
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    with writing(blank.engine) as session, pytest.raises(ConfigError):
        key_fingerprint.claim(session, Sealer("another key of this length"))


def test_uploads_that_cannot_be_written_leave_nothing_and_a_second_try_succeeds(
    place: Place, blank: Place, tmp_path: Path
) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    (tmp_path / "new uploads.fzbot-part").write_bytes(b"in the way")
    with pytest.raises(BackupError, match="什么都没有恢复"):
        backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    (tmp_path / "new uploads.fzbot-part").unlink()
    assert rows_in(blank.engine) == 0
    assert not blank.uploads.exists()
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    assert (blank.uploads / "photo.jpg").read_bytes() == b"photo"


def test_an_archive_that_was_cut_short_restores_nothing(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(BackupError, match="什么都没有恢复"):
        backup.restore(blank, tmp_path / "cut.tar.gz", SEALER)
    assert rows_in(blank.engine) == 0


def test_only_the_own_account_reads_a_backup_and_what_is_restored(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    files = (tmp_path / "b.tar.gz", blank.uploads / "photo.jpg")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (*files, blank.uploads)] == [0o600, 0o600, 0o700]


def test_what_a_killed_backup_left_goes_at_the_next_one(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "old.tar.gz.fzbot-part").write_bytes(b"half")
    (folder / "mine.part").write_bytes(b"of another program")
    backup.make(place, folder / "b.tar.gz", NOW)
    assert {path.name for path in folder.iterdir()} == {"b.tar.gz", "mine.part"}


def test_a_backup_that_fails_leaves_nothing(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with place.engine.begin() as connection:
        connection.execute(text("ALTER TABLE village RENAME COLUMN scene TO scene_away"))
    with pytest.raises(SQLAlchemyError):
        backup.make(place, folder / "b.tar.gz", NOW)
    assert list(folder.iterdir()) == []


def test_a_restore_that_was_killed_before_its_rows_were_committed_is_done_again(
    place: Place, blank: Place, tmp_path: Path
) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    blank.uploads.mkdir()
    (blank.uploads / "photo.jpg").write_bytes(b"photo")
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    assert (rows_in(blank.engine) > 5, (blank.uploads / "photo.jpg").read_bytes()) == (True, b"photo")


@pytest.mark.parametrize("name", ["photo.jpg", "another.jpg"])
def test_uploads_of_somebody_else_are_left_alone(place: Place, blank: Place, tmp_path: Path, name: str) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    blank.uploads.mkdir()
    (blank.uploads / name).write_bytes(b"not the backup's")
    with pytest.raises(BackupError, match="里已有别的文件"):
        backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    assert [path.read_bytes() for path in blank.uploads.iterdir()] == [b"not the backup's"]
    assert rows_in(blank.engine) == 0


def test_uploads_go_again_when_the_rows_cannot_be_committed(place: Place, blank: Place, tmp_path: Path) -> None:
    backup.make(place, tmp_path / "b.tar.gz", NOW)

    def refuse(_: object) -> None:
        assert blank.uploads.exists()
        raise OSError(errno.ENOSPC, "No space left on device")

    event.listen(blank.engine, "commit", refuse)
    with pytest.raises(BackupError, match="什么都没有恢复"):
        backup.restore(blank, tmp_path / "b.tar.gz", SEALER)
    event.remove(blank.engine, "commit", refuse)
    assert (rows_in(blank.engine), blank.uploads.exists()) == (0, False)
    backup.restore(blank, tmp_path / "b.tar.gz", SEALER)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("large", ["rows", "uploads"])
def test_a_disk_that_fills_up_is_left_as_it_was_and_the_next_try_succeeds(
    place: Place, small_disk: Path, tmp_path: Path, large: str
) -> None:
    if large == "rows":
        with place.engine.begin() as connection:
            text_of = dict.fromkeys(("question", "reply"), "x" * 2000)
            store(connection, [make_row(1, f"large-{number}", **text_of) for number in range(800)])  # type: ignore[arg-type]
    else:
        (place.uploads / "large.jpg").write_bytes(os.urandom(3 << 20))
    backup.make(place, tmp_path / "b.tar.gz", NOW)
    engine = db.make_engine(f"sqlite:///{small_disk / 'fzbot.db'}")
    there = Place(engine, METADATA, small_disk / "uploads", ErasureLog(tmp_path / "erasures.jsonl"))
    with pytest.raises((BackupError, SQLAlchemyError)):
        backup.restore(there, tmp_path / "b.tar.gz", SEALER)
    assert (rows_in(engine), there.uploads.exists()) == (0, False)
    assert not list(small_disk.glob(f"*{backup.PART}"))
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    manifest, _ = backup.restore(there, tmp_path / "b.tar.gz", SEALER)
    assert rows_in(engine) >= sum(manifest.rows.values())
    engine.dispose()


def test_a_backup_that_is_killed_leaves_nothing_that_others_can_read(tmp_path: Path) -> None:
    """Killed while the uploads are written; whatever lies in the folder then is the own account's."""
    uploads, folder = tmp_path / "data" / "uploads", tmp_path / "backups"
    uploads.mkdir(parents=True)
    folder.mkdir(mode=0o755)
    (uploads / "large.jpg").write_bytes(os.urandom(64 * MEGABYTE))
    environment = os.environ | {"FZBOT_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "fzbot", "backup"]
    killed = subprocess.Popen([*command, str(folder / "b.tar.gz")], env=environment)
    while not (left := list(folder.iterdir())) or left[0].stat().st_size < MEGABYTE:
        assert killed.poll() is None
        time.sleep(0.001)
    killed.kill()
    killed.wait()
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]
    subprocess.run([*command, str(folder / "c.tar.gz")], env=environment, check=True)
    assert [path.name for path in folder.iterdir()] == ["c.tar.gz"]

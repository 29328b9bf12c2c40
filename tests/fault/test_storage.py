"""Locked databases, full disks and corrupt pages: replies leave in time, and no row is lost."""

import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from fzbot import db
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from tests.fault.damage import damage
from tests.interactions.new_interactions import make_account, make_row, stored
from tests.platform_client import PlatformClient
from tests.servers import Server, post

PATIENCE_SECONDS = 4.5
LOCKED_SECONDS = 8.0
MEGABYTE = 1 << 20


@pytest.fixture
def server(tmp_path: Path, small: Path) -> Iterator[Server]:
    Snapshot.of_folder(small, tmp_path / "data" / CACHE)
    made = Server(tmp_path / "data", more={"FZBOT_KNOWLEDGE_DIR": str(small)}).start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


def test_while_another_program_holds_the_write_lock_replies_leave_in_time(server: Server) -> None:
    path = server.data_dir / "fzbot.db"
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    ends = time.monotonic() + LOCKED_SECONDS
    client, slowest, asked = PlatformClient(), 0.0, list[str]()
    with httpx.Client(timeout=10, trust_env=False) as http:
        while time.monotonic() < ends:
            asked.append(f"彩礼能不能要回来 {len(asked)}")
            began = time.monotonic()
            assert "/a/marriage.bride-price" in post(
                http, server.url, client, client.text(asked[-1], f"o-{len(asked)}")
            )
            slowest = max(slowest, time.monotonic() - began)
    lock.execute("ROLLBACK")
    lock.close()
    server.stop()
    assert slowest < PATIENCE_SECONDS
    with sqlite3.connect(path) as connection:
        rows = Counter(question for (question,) in connection.execute("SELECT question FROM interaction"))
    connection.close()
    assert rows == Counter(asked)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of twelve megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_no_row_is_lost(small_disk: Path, migrated_sqlite: Path) -> None:
    (small_disk / "fzbot.db").write_bytes(migrated_sqlite.read_bytes())
    engine = db.make_engine(f"sqlite:///{small_disk / 'fzbot.db'}")
    account_id = make_account(engine)
    spool = Spool(small_disk / "spool", reserve_bytes=MEGABYTE // 4)
    spool.tend()
    recorder = Recorder(engine, spool, replay_seconds=0.05)
    fill(small_disk / "somebody else's")
    keys = [f"{number:05}" for number in range(400)]
    for key in keys:  # more than the reserve holds: the rest waits in memory
        assert recorder.record(make_row(account_id, key, reply="答" * 600)) == "答" * 600
    assert recorder.held > 0
    assert not (small_disk / "spool" / "reserve").exists()
    (small_disk / "somebody else's").unlink()
    recorder.close()
    assert [row.key for row in stored(engine)] == keys
    engine.dispose()


def fill(path: Path) -> None:
    """Take what is left of a disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def test_rows_that_neither_takes_wait_in_memory_and_come_in_order(sqlite_engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(sqlite_engine)
    lock = sqlite3.connect(tmp_path / "fzbot.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    recorder = Recorder(sqlite_engine, Spool(tmp_path / "spool", limit=1, reserve_bytes=0), replay_seconds=0.05)
    for key in ("a", "b", "c"):
        assert recorder.record(make_row(account_id, key)) == "答"
    assert recorder.held == 3
    lock.execute("ROLLBACK")
    lock.close()
    recorder.close()
    assert [row.key for row in sorted(stored(sqlite_engine), key=lambda row: row.id)] == ["a", "b", "c"]


def test_a_corrupt_page_is_told_and_the_rows_wait(sqlite_engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(sqlite_engine)
    sqlite_engine.dispose()
    damage(tmp_path / "fzbot.db", "interaction")
    spool = Spool(tmp_path / "spool", reserve_bytes=0)
    recorder = Recorder(sqlite_engine, spool)
    assert recorder.record(make_row(account_id, "kept")) == "答"
    assert recorder.is_database_corrupt
    recorder.close()
    assert spool.counts().waiting_bytes > 0
    assert spool.counts().refused_bytes == 0

"""`fzbot doctor` finds what is wrong and says what to do."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from fzbot import bootstrap, db
from fzbot.audit import COMMAND_LINE, Change, record
from fzbot.backups import last_backup
from fzbot.clock import now
from fzbot.commands.database_faults import CORRUPT, NO_DATABASE
from fzbot.commands.doctor import examine
from fzbot.commands.findings import Finding, Level
from fzbot.db import writing
from fzbot.errors import ConfigError
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import LIMIT_BYTES
from fzbot.settings import Settings
from tests.conftest import DataFolder, new_database
from tests.fault.damage import damage
from tests.interactions.new_interactions import make_row


@pytest.fixture
def settings(data_folder: DataFolder, small: Path) -> Settings:
    made = Settings(data_dir=data_folder(), knowledge_dir=small)
    made.secret()
    bootstrap.prepare_database(made)
    return made


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings)}


def test_a_fresh_installation_has_nothing_bad(settings: Settings) -> None:
    found = findings(settings)
    assert [str(finding) for finding in found.values() if finding.is_bad] == []
    assert {"数据库", "操作记录", "磁盘", "时钟", "知识库", "汇总", "密钥文件"} <= set(found)


def test_a_tampered_audit_log_is_found(settings: Settings) -> None:
    engine = bootstrap.open_engine(settings)
    with writing(engine) as session:
        for name in ("红庄村", "马家湾村"):
            record(session, COMMAND_LINE, Change("village.add", "village:1", after={"name": name}), now())
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_event SET actor = '别人' WHERE id = 1"))
    engine.dispose()
    assert findings(settings)["操作记录"].said == "从第 1 条起对不上，有人直接改过库"


def test_a_key_that_others_can_read_is_found(settings: Settings) -> None:
    (settings.data_dir / "secret.key").chmod(0o644)
    assert "chmod 600" in findings(settings)["密钥文件"].do


def test_an_address_that_phones_cannot_open_is_found(settings: Settings) -> None:
    connected = settings.model_copy(update={"wechat_token": "token"})
    assert findings(connected)["对外地址"].level is Level.BAD


def test_plain_posts_beside_a_key_are_warned_of(settings: Settings) -> None:
    update = {"wechat_token": "token", "wechat_aes_key": "a" * 43, "wechat_app_id": "wx1", "wechat_plain": True}
    found = findings(settings.model_copy(update=update))["公众号"]
    assert (found.level, "FZBOT_WECHAT_PLAIN" in found.do) == (Level.WARNING, True)


def test_before_the_first_start_it_says_so_and_makes_nothing(tmp_path: Path, small: Path) -> None:
    folder = tmp_path / "data"
    found = [str(finding) for finding in examine(Settings(data_dir=folder, knowledge_dir=small))]
    assert "[有问题] 数据库：还没有数据库。怎么办：运行一次 fzbot serve，会自动建好" in found
    assert not folder.exists()


def test_it_only_looks(settings: Settings) -> None:
    (settings.data_dir / "secret.key").rename(settings.data_dir / "saved")
    before = {path: path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()}
    assert "有数据库，没有密钥" in findings(settings)["密钥"].said
    assert {path: path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()} == before


def everything_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    }


def test_a_database_that_is_empty_or_not_in_our_mode_is_left_as_it_is(settings: Settings) -> None:
    path = settings.data_dir / "fzbot.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before = everything_in(settings.data_dir)
    assert not any(finding.is_bad for finding in findings(settings).values())
    assert everything_in(settings.data_dir) == before
    path.write_bytes(b"")
    assert "数据库是空的" in findings(settings)["数据库"].said
    assert path.read_bytes() == b""


def test_another_program_that_holds_the_write_lock_is_found(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.data_dir / "fzbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert any("正被别的程序占着" in finding.said for finding in examine(settings))
        other.execute("ROLLBACK")


def test_postgresql_is_looked_at_as_well(settings: Settings, postgres: str) -> None:
    there = settings.model_copy(update={"database_url": new_database(postgres)})
    assert "数据库是空的" in findings(there)["数据库"].said
    bootstrap.prepare_database(there)
    assert [str(finding) for finding in findings(there).values() if finding.is_bad] == []


def test_it_keeps_no_writer_waiting(settings: Settings) -> None:
    """Its checks of every page take minutes on a large file; writers must not wait for them."""
    engine = db.make_engine_to_look(bootstrap.database_url(settings))
    with engine.connect() as looking:
        looking.execute(text("SELECT count(*) FROM interaction"))
        with closing(sqlite3.connect(settings.data_dir / "fzbot.db", isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
    engine.dispose()


@pytest.mark.parametrize("update", [{"database_url": "postgresql://a:b@c@host/x"}, {"database_password": "secret"}])
def test_an_address_that_is_none_is_a_finding(settings: Settings, update: dict[str, str]) -> None:
    assert "FZBOT_DATABASE_PASSWORD" in findings(settings.model_copy(update=update))["数据库"].said


@pytest.mark.parametrize("name", ["interactions-1.jsonl", "interactions-1.spool"])
def test_what_cannot_be_read_in_the_spool_is_named_before_it_is_replayed(settings: Settings, name: str) -> None:
    folder = settings.data_dir / "spool"
    folder.mkdir()
    (folder / name).write_bytes(b'null\n{"values": {}, "upserts": []}\n\xe6\x88')
    before = everything_in(settings.data_dir)
    assert name in findings(settings)["坏了的暂存"].said
    assert everything_in(settings.data_dir) == before


def test_an_empty_key_is_named(settings: Settings) -> None:
    (settings.data_dir / "secret.key").write_text("")
    assert "secret.key 是空的" in findings(settings)["密钥文件"].said
    with pytest.raises(ConfigError, match=r"secret\.key 是空的"):
        settings.secret()


def test_another_key_is_found(settings: Settings) -> None:
    (settings.data_dir / "secret.key").write_text("a key that is another one\n")
    assert "另一把密钥" in findings(settings)["密钥"].said


def test_a_missing_app_id_is_found(settings: Settings) -> None:
    connected = settings.model_copy(update={"wechat_token": "t0k", "wechat_aes_key": "a" * 43})
    assert "没有 AppID" in findings(connected)["公众号"].said


def test_a_corrupt_page_and_no_database_are_found(settings: Settings) -> None:
    path = settings.data_dir / "fzbot.db"
    damage(path, "interaction")
    assert findings(settings)["数据库文件"].said == CORRUPT
    path.write_bytes(b"not a database" * 1000)
    assert findings(settings)["数据库"].said == NO_DATABASE


def test_what_lies_in_the_spool_is_told(settings: Settings) -> None:
    spool = Spool(settings.data_dir / "spool", limit=LIMIT_BYTES, reserve_bytes=0)
    spool.refuse([make_row(1, "refused")])
    (settings.data_dir / "spool" / "interactions-1.spool.torn").touch()
    with (settings.data_dir / "spool" / "interactions-1.spool").open("wb") as file:
        file.truncate(LIMIT_BYTES * 81 // 100)
    found = findings(settings)
    assert "fzbot spool replay" in found["被拒的行"].do
    assert "1 个暂存文件" in found["坏了的暂存"].said
    assert (found["待补写"].level, "81%" in found["待补写"].said) == (Level.BAD, True)
    assert found["备用空间"].level is Level.WARNING


def test_an_old_backup_is_told(settings: Settings) -> None:
    assert findings(settings)["备份"].said == "还没有做过备份"
    last_backup.note(settings.data_dir, now())
    assert findings(settings)["备份"].level is Level.GOOD
    last_backup.note(settings.data_dir, now() - timedelta(days=3))
    assert findings(settings)["备份"].level is Level.WARNING

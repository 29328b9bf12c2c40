"""`fzbot doctor` finds what is wrong and says what to do."""

from pathlib import Path

import pytest
from sqlalchemy import text

from fzbot import bootstrap
from fzbot.audit import COMMAND_LINE, Change, record
from fzbot.clock import now
from fzbot.commands.doctor import examine
from fzbot.commands.findings import Finding, Level
from fzbot.db import writing
from fzbot.settings import Settings
from tests.conftest import DataFolder


@pytest.fixture
def settings(data_folder: DataFolder, small: Path) -> Settings:
    made = Settings(data_dir=data_folder(), knowledge_dir=small)
    made.secret()
    bootstrap.prepare(made)
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


def test_a_key_without_an_app_id_is_found(settings: Settings) -> None:
    connected = settings.model_copy(update={"wechat_token": "token", "wechat_aes_key": "a" * 43})
    found = findings(connected)["公众号"]
    assert (found.level, "FZBOT_WECHAT_APP_ID" in found.do) == (Level.BAD, True)


def test_plain_posts_beside_a_key_are_warned_of(settings: Settings) -> None:
    update = {"wechat_token": "token", "wechat_aes_key": "a" * 43, "wechat_app_id": "wx1", "wechat_plain": True}
    found = findings(settings.model_copy(update=update))["公众号"]
    assert (found.level, "FZBOT_WECHAT_PLAIN" in found.do) == (Level.WARNING, True)


def test_a_database_that_was_never_started_is_found(data_folder: DataFolder, small: Path) -> None:
    found = [str(finding) for finding in examine(Settings(data_dir=data_folder(), knowledge_dir=small))]
    assert any("[有问题] 数据库" in finding and "fzbot serve" in finding for finding in found)

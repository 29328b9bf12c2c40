"""What somebody sees at the terminal when a start goes wrong: one sentence, never a stack trace; and serving goes on where it can."""

import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from fzbot import bootstrap, cli, clock, db
from fzbot.commands import serve, waiting
from fzbot.commands.database_faults import NO_DATABASE
from fzbot.conversation.message import Message
from fzbot.errors import ConfigError
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import MessageKind
from fzbot.interactions.spool_files import look
from fzbot.services import start
from fzbot.settings import Settings
from tests.conftest import SECRET, new_database
from tests.servers import free_port


@pytest.fixture
def settings(tmp_path: Path, small: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", knowledge_dir=small, secret_key=SECRET, worker=False)


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A start sends all logs to standard error, which is another one in the next test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def said_by(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command that fails says on standard error."""
    monkeypatch.setattr(sys, "argv", ["fzbot", *words])
    with pytest.raises(SystemExit) as end:
        cli.run()
    assert end.value.code == 1
    return capfd.readouterr().err


def test_a_port_that_is_taken_is_said_before_anything_is_made(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ConfigError, match="已被别的程序占用"):
            serve.serve(settings, "127.0.0.1", other.getsockname()[1], 1)
    assert not settings.data_dir.exists()


@pytest.mark.usefixtures("umask")
def test_a_file_that_is_no_database_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "fzbot.db").write_bytes(b"not a database " * 1000)
    monkeypatch.setenv("FZBOT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FZBOT_SECRET_KEY", SECRET)
    for words in (["staff", "list"], ["serve", "--port", str(free_port())], ["worker"], ["backup", "b.tar.gz"]):
        assert said_by(monkeypatch, capfd, *words).splitlines()[-1] == f"fzbot：{NO_DATABASE}"


@pytest.mark.usefixtures("umask")
def test_an_unexpected_error_is_one_line_and_a_log_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("13912345678")

    monkeypatch.setenv("FZBOT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(cli, "app", fail)
    said = said_by(monkeypatch, capfd)
    assert said == f"fzbot：没有料到的错误（RuntimeError），经过写在 {tmp_path / 'errors.log'}，请交给开发者看\n"
    log = (tmp_path / "errors.log").read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "13912345678" not in log
    assert (tmp_path / "errors.log").stat().st_mode & 0o077 == 0


def test_another_key_on_the_same_database_is_refused(engine: Engine, settings: Settings) -> None:
    url = engine.url.render_as_string(hide_password=False)
    mine = settings.model_copy(update={"database_url": url})
    bootstrap.prepare_database(mine)
    bootstrap.prepare_database(mine)
    with pytest.raises(ConfigError, match="另一把密钥"):
        bootstrap.prepare_database(mine.model_copy(update={"secret_key": SECRET + "!"}))


def test_an_installation_of_an_earlier_version_keeps_its_key(sqlite_engine: Engine, settings: Settings) -> None:
    mine = settings.model_copy(update={"database_url": str(sqlite_engine.url)})
    bootstrap.prepare_database(mine)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM setting")
    with pytest.raises(ConfigError, match="另一把密钥"):
        bootstrap.prepare_database(mine.model_copy(update={"secret_key": SECRET + "!"}))
    bootstrap.prepare_database(mine)


def test_while_postgresql_is_down_at_start_it_answers_and_the_rows_follow(
    postgres: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    there = settings.model_copy(update={"database_url": new_database(postgres)})
    assert waiting.prepare(there)
    away = settings.model_copy(update={"database_url": f"postgresql://nobody@127.0.0.1:{free_port()}/x"})
    assert not waiting.prepare(away)
    assert "数据库没有启动，或地址、端口不对" in capsys.readouterr().out
    services = start(away)
    message = Message(services.account_id, "o-1", MessageKind.TEXT, "post 1", clock.now(), "彩礼能不能要回来")
    reply = services.conversation.reply_to(message)
    services.close()
    assert "/a/marriage.bride-price" in reply
    assert look(settings.data_dir / "spool").waiting_bytes > 0
    start(there).close()
    engine = bootstrap.open_engine(there)
    with db.reading(engine) as session:
        assert session.scalars(select(Interaction.reply)).all() == [reply]
    engine.dispose()


def test_at_the_very_first_start_it_waits_for_postgresql(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    away = settings.model_copy(update={"database_url": f"postgresql://nobody@127.0.0.1:{free_port()}/x"})
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        waiting.prepare(away, pause)
    assert capsys.readouterr().out.count("等它好了再启动") == 1


def test_what_does_not_pass_by_itself_is_not_waited_for(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "fzbot.db").write_bytes(b"not a database " * 1000)
    with pytest.raises(SQLAlchemyError):
        waiting.prepare(settings)


def test_a_missing_app_id_and_a_mistyped_variable_are_said_at_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FZBOT_WECHAT_APPID", "wx1")
    connected = settings.model_copy(
        update={"wechat_token": "t0k", "wechat_aes_key": "a" * 43, "public_url": "https://a.example"}
    )
    assert serve.notes(connected) == [
        (
            "[有问题] 公众号：有消息加密密钥，没有 AppID：加密的消息都会被拒，村民收不到答复。"
            "怎么办：设置 FZBOT_WECHAT_APP_ID（公众平台“设置与开发 → 基本配置”里 wx 开头的一串）"
        ),
        "[注意] 环境变量：不认识 FZBOT_WECHAT_APPID，没有起作用。怎么办：是不是想写 FZBOT_WECHAT_APP_ID？改名或去掉它",
    ]


def test_everything_that_is_kept_is_private(settings: Settings) -> None:
    settings.data_dir.mkdir(mode=0o755)
    (settings.data_dir / "uploads").mkdir(mode=0o755)
    (settings.data_dir / "uploads" / "a.jpg").touch(mode=0o644)
    bootstrap.prepare_database(settings)
    bootstrap.prepare_database(settings)  # the file of the first start is tightened
    found = [settings.data_dir, *settings.data_dir.rglob("*")]
    assert [path for path in found if path.stat().st_mode & 0o077] == []

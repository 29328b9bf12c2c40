"""Beginning while the database is away: say so, and wait for it."""

import os
import signal
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from fzbot import bootstrap, db_errors
from fzbot.commands.database_faults import describe
from fzbot.errors import FzbotError
from fzbot.settings import Settings

TRY_SECONDS = 5.0


def prepare(settings: Settings, pause: Callable[[float], None] = time.sleep) -> bool:
    """Prepare a server; False when the database is away and what is known from the last start is enough to serve.

    Without that it waits, since nothing is known to answer with. An error that does not pass by itself is raised.
    """
    said = ""
    while True:
        try:
            bootstrap.prepare(settings)
        except SQLAlchemyError as error:
            can_serve = bootstrap.remembered(settings) is not None
            said = _say(error, said, "先照常答复，记录存在本机，连上后自动补写。" if can_serve else "等它好了再启动。")
            if can_serve:
                return False
            pause(TRY_SECONDS)
        else:
            return True


def prepare_database(settings: Settings, pause: Callable[[float], None] = time.sleep) -> None:
    """Prepare the database, waiting while it is away. An error that does not pass by itself is raised."""
    said = ""
    while True:
        try:
            return bootstrap.prepare_database(settings)
        except SQLAlchemyError as error:
            said = _say(error, said, "等它好了再启动。")
            pause(TRY_SECONDS)


def prepare_later(settings: Settings) -> None:
    """Prepare the database once it is back, on a thread of its own; ends the server if it is another key's."""

    def work() -> None:
        time.sleep(TRY_SECONDS)
        try:
            prepare_database(settings)
        except (FzbotError, SQLAlchemyError) as error:
            said = describe(error) if isinstance(error, SQLAlchemyError) else error
            print(f"fzbot：{said}", flush=True)  # noqa: T201 - said to the person who started it
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            print("数据库连上了，存在本机的记录正在补写。", flush=True)  # noqa: T201 - as above

    threading.Thread(target=work, name="prepare", daemon=True).start()


def _say(error: SQLAlchemyError, before: str, then: str) -> str:
    if not db_errors.is_passing(error):
        raise error
    said = f"数据库这会儿用不了：{describe(error)}。{then}"
    if said != before:
        print(said, flush=True)  # noqa: T201 - said to the person who started it
    return said

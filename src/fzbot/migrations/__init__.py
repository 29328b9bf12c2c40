"""The database's schema, step by step."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from fzbot.clock import today
from fzbot.db import LOCK_WAIT_SECONDS
from fzbot.migrations import partitions

log = logging.getLogger(__name__)
T = TypeVar("T")

LOCK_NUMBER = 0x667A626F  # "fzbo": one process migrates at a time on PostgreSQL
LOCK_NOT_AVAILABLE = "55P03"
ATTEMPTS = 20
PAUSE_SECONDS = 1.0


def config_for(engine: Engine) -> Config:
    """Alembic's configuration for our scripts and this engine."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date, or to an earlier `revision` for a restore; nothing happens when it is, or is newer.

    Processes that start together take turns. A table that is in use for long is tried again for a minute.
    An empty PostgreSQL gets partitions at once; in another, the version before may still be serving, see `partition`.
    """
    _patiently(engine, lambda connection: _upgrade(connection, config_for(engine), revision))


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """As `upgrade`, in a transaction that the caller has begun and that may yet be taken back."""
    _take_turns(connection)
    _upgrade(connection, config_for(connection.engine), revision)


def partition(engine: Engine) -> int | None:
    """Split the interactions into months, once every process is of this version.

    Returns how many rows were moved; None when it was done before.
    """
    return _patiently(engine, lambda connection: partitions.split(connection, today()))


def arrange_months(engine: Engine) -> list[str]:
    """Make the coming months' partitions where there are any; returns their names."""
    return _patiently(engine, lambda connection: partitions.arrange(connection, today()))


def is_ahead(engine: Engine) -> bool:
    """Whether a newer version of this program has upgraded the schema already; it only adds, so this one goes on."""
    with engine.connect() as connection:
        return _is_ahead(connection, config_for(engine))


def current(engine: Engine) -> str | None:
    """The revision of the schema; None of an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the schema is the newest one known."""
    head = ScriptDirectory.from_config(config_for(engine)).get_current_head()
    return current(engine) == head


def _patiently(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What `work` gives; one process works on the schema at a time, and a table in use is tried again."""
    left = ATTEMPTS
    while True:
        try:
            with engine.begin() as connection:
                _take_turns(connection)
                return work(connection)
        except OperationalError as error:
            left -= 1
            if not left or not _is_about_a_lock(error):
                raise
            log.info("the schema waits for a lock")
            time.sleep(PAUSE_SECONDS)


def _take_turns(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # A big table takes its time, and so may those before us in the line.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
        # Behind a step that waits for a table all others wait: let them through, and try again.
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_SECONDS}s'"))


def _upgrade(connection: Connection, config: Config, revision: str) -> None:
    if _is_ahead(connection, config):
        return
    is_empty = MigrationContext.configure(connection).get_current_revision() is None
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if is_empty and connection.dialect.name == "postgresql":
        partitions.split(connection, today())
    partitions.arrange(connection, today())


def _is_ahead(connection: Connection, config: Config) -> bool:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return revision is not None and revision not in known


def _is_about_a_lock(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE or "database is locked" in str(error.orig)

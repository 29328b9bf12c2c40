"""The database's schema, step by step."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

LOCK_NUMBER = 0x667A626F  # "fzbo": one process migrates at a time on PostgreSQL


def config_for(engine: Engine) -> Config:
    """Alembic's configuration for our scripts and this engine."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date (or to an earlier `revision`, for a restore); nothing happens when it is. Processes that start together take turns."""
    config = config_for(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(engine: Engine) -> str | None:
    """The revision of the schema; None of an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the schema is the newest one known."""
    head = ScriptDirectory.from_config(config_for(engine)).get_current_head()
    return current(engine) == head

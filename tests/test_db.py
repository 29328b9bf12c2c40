"""The schema: migrations give what the models say, up and down, on both databases."""

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, NullPool, create_engine, inspect, make_url
from sqlalchemy.exc import OperationalError

from fzbot import db, migrations
from fzbot.errors import ConfigError
from fzbot.migrations import partitions
from fzbot.migrations.tables import METADATA


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    options = {"compare_type": False, "include_object": _is_compared}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    assert migrations.is_current(engine)


def _is_compared(item: Any, name: str | None, kind: str, *_: object) -> bool:
    # On PostgreSQL the months of a table are tables, and its unique keys have the day in them: tests/test_partitions.py.
    table = item if kind == "table" else item.table
    return not (table.name.startswith("interaction_") or name in partitions.KEYS)


def test_every_step_can_be_taken_back_and_again(engine: Engine) -> None:
    config = migrations.config_for(engine)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense"])
def test_an_address_of_another_kind_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match="FZBOT_DATABASE_URL"):
        db.make_engine(url)


HARD = "p@ss:w/o#r%41d?&=+ é密"
"""A password with every sign that means something in an address."""


def test_a_password_of_any_signs_opens_the_database(postgres: str) -> None:
    """A real server that asks for it, and refuses another one."""
    with create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as admin:
        admin.exec_driver_sql(f"CREATE ROLE particular LOGIN PASSWORD '{HARD.replace('%', '%%')}'")
        rules = Path(admin.exec_driver_sql("SHOW hba_file").scalar_one())
        rules.write_text(f"local all particular scram-sha-256\n{rules.read_text()}")
        admin.exec_driver_sql("SELECT pg_reload_conf()")
    address = make_url(postgres).set(username="particular", password=None).render_as_string()
    for password, opens in ((HARD, True), ("another", False)):
        engine = db.make_engine(db.database_url(address, Path(), password))
        with nullcontext() if opens else pytest.raises(OperationalError), engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT current_user").scalar_one() == "particular"
        engine.dispose()


def test_an_at_sign_in_an_address_is_explained_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="FZBOT_DATABASE_PASSWORD") as refused:
        db.make_engine(db.database_url("postgresql://fzbot:hush@hush@database/fzbot", Path()))
    assert "hush" not in str(refused.value)
    with pytest.raises(ConfigError, match="FZBOT_DATABASE_PASSWORD"):
        db.make_engine(db.database_url("postgresql://fzbot:@:/#%@database/fzbot", Path()))
    with pytest.raises(ConfigError, match="FZBOT_DATABASE_URL"):
        db.database_url("", Path(), "a password, and nothing that it opens")


def test_a_naive_time_cannot_be_stored() -> None:
    with pytest.raises(ValueError, match="naive"):
        db.Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001

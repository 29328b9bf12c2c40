"""The schema: migrations give what the models say, up and down, on both databases."""

from datetime import datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

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


def test_a_naive_time_cannot_be_stored() -> None:
    with pytest.raises(ValueError, match="naive"):
        db.Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001

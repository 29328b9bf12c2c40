"""Upgrading while others serve: steps only add, wait their turn, and leave a newer schema alone."""

import re
import threading
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, text

from fzbot import db, migrations
from fzbot.commands import doctor_database

STEPS = list(ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions())
MENDS = {
    r"DROP TABLE|DROP COLUMN|TRUNCATE": "the version before still uses it: stop using it now, drop it a release later",
    r"\bRENAME\b": "the version before knows the old name: add the new one, copy, drop a release later",
    r"ALTER COLUMN \S+ (TYPE|SET NOT NULL)": "the version before writes what it always wrote: add another column",
    r"ADD COLUMN (?!.*DEFAULT).*NOT NULL": "the version before does not fill it: nullable, or with a default",
    r"ADD CONSTRAINT|CREATE UNIQUE INDEX": "the version before may break it: a table made in the same step only",
}
"""What a step must not do to a table that is there, and what to do instead."""


def statements_of(step: Script) -> list[str]:
    """What a step says to PostgreSQL."""
    said = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    with Operations.context(context):
        step.module.upgrade()
    return [" ".join(statement.split()) for statement in said.getvalue().split(";") if statement.strip()]


def faults_in(statements: list[str]) -> list[str]:
    """The statements that the version before would not live through, with what to do instead."""
    made = {new[1] for statement in statements if (new := re.match(r"CREATE TABLE (\w+)", statement))}
    found: list[str] = []
    for statement in statements:
        table = re.search(r"(?:ALTER TABLE|INDEX \S+ ON) (\w+)", statement)
        if table is None or table[1] not in made:
            found += [f"{statement}: {mend}" for pattern, mend in MENDS.items() if re.search(pattern, statement)]
    return found


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.revision)
def test_the_version_before_lives_through_a_step(step: Script) -> None:
    statements = statements_of(step)
    assert statements
    assert faults_in(statements) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE village",
        "ALTER TABLE village DROP COLUMN scene",
        "ALTER TABLE village RENAME scene TO code",
        "ALTER TABLE village RENAME TO hamlet",
        "ALTER TABLE village ALTER COLUMN name SET NOT NULL",
        "ALTER TABLE village ALTER COLUMN name TYPE TEXT",
        "ALTER TABLE village ADD COLUMN people INTEGER NOT NULL",
        "ALTER TABLE village ADD CONSTRAINT uq_village_scene UNIQUE (scene)",
        "CREATE UNIQUE INDEX uq_village_scene ON village (scene)",
    ],
)
def test_a_step_that_takes_away_is_found(statement: str) -> None:
    assert faults_in([statement]) != []


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE hamlet (id INTEGER NOT NULL)", "CREATE UNIQUE INDEX uq_hamlet_id ON hamlet (id)"],
        ["ALTER TABLE village ADD COLUMN people INTEGER"],
        ["ALTER TABLE village ADD COLUMN people INTEGER DEFAULT 0 NOT NULL"],
        ["CREATE INDEX ix_village_name ON village (name)", "DROP INDEX ix_village_scene"],
    ],
)
def test_a_step_that_adds_passes(statements: list[str]) -> None:
    assert faults_in(statements) == []


def test_a_newer_schema_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrations.upgrade(engine)
    assert migrations.current(engine) == "9999"
    assert migrations.is_ahead(engine)
    assert "把这台机器上的 fzbot 也升级" in doctor_database._schema(engine).do


@pytest.mark.parametrize("lock", ["SELECT pg_advisory_lock(:number)", "LOCK TABLE sign_in IN ACCESS SHARE MODE"])
def test_a_step_waits_for_who_came_before_and_for_a_table_in_use(postgres_engine: Engine, lock: str) -> None:
    config = migrations.config_for(postgres_engine)
    with postgres_engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
    upgrade = threading.Thread(target=migrations.upgrade, args=(postgres_engine,))
    with postgres_engine.connect() as holder:
        parameters = {"number": migrations.LOCK_NUMBER} if ":number" in lock else {}
        holder.execute(text(lock), parameters)
        upgrade.start()
        upgrade.join(db.LOCK_WAIT_SECONDS + 0.5)
        assert upgrade.is_alive()
        holder.rollback()
        holder.execute(text("SELECT pg_advisory_unlock_all()"))
    upgrade.join(30)
    assert migrations.is_current(postgres_engine)

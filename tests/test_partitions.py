"""Interactions by month on PostgreSQL: nothing is lost or doubled, and nothing but the schema looks different."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from fzbot import db, migrations
from fzbot.commands import doctor_database, partition
from fzbot.interactions.store import store
from fzbot.migrations import partitions
from fzbot.settings import Settings
from tests.conftest import new_database
from tests.interactions.new_interactions import make_account, make_row, stored

TODAY = date(2026, 11, 23)
AHEAD = ["interaction_2026_11", "interaction_2026_12", "interaction_2027_01", "interaction_2027_02"]
COUNTS = "SELECT tableoid::regclass::text, count(*) FROM interaction GROUP BY 1"


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "today", lambda: TODAY)


@pytest.fixture
def whole(postgres: str) -> Iterator[Engine]:
    """A database as earlier versions made it, its interactions in one table."""
    engine = db.make_engine(new_database(postgres))
    config = migrations.config_for(engine)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    yield engine
    engine.dispose()


def keep(engine: Engine, account_id: int, *days: str) -> None:
    with engine.begin() as connection:
        store(connection, [make_row(account_id, f"post of {day}", day=date.fromisoformat(day)) for day in days])


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text(COUNTS))}


def months(engine: Engine) -> list[str]:
    return sorted(name for name in inspect(engine).get_table_names() if name.startswith("interaction_2"))


def test_a_new_database_has_months_from_the_start(postgres: str) -> None:
    engine = db.make_engine(new_database(postgres))
    migrations.upgrade(engine)
    assert months(engine) == AHEAD
    keep(engine, make_account(engine), "2026-11-30", "2026-12-01")
    assert counts(engine) == {"interaction_2026_11": 1, "interaction_2026_12": 1}
    engine.dispose()


def test_another_stays_whole_until_it_is_split(whole: Engine, tmp_path: Path) -> None:
    migrations.upgrade(whole)
    assert months(whole) == []
    assert "fzbot partition" in doctor_database._schema(whole).do
    url = whole.url.render_as_string(hide_password=False)
    settings = Settings(data_dir=tmp_path, database_url=url)
    assert partition.split(settings) == "已按月分开：搬了 0 条互动"
    assert partition.split(settings) == "早已按月分开，不用再做"
    assert doctor_database._schema(whole).do == ""


def test_a_split_moves_every_row_and_keeps_what_the_table_promises(whole: Engine, postgres_engine: Engine) -> None:
    account_id = make_account(whole)
    keep(whole, account_id, "2025-03-31", "2025-04-01", "2026-11-23")
    before = [(row.id, row.key, row.day, row.at, row.reply) for row in stored(whole)]
    assert migrations.partition(whole) == 3
    assert counts(whole) == {"interaction_2025_03": 1, "interaction_2025_04": 1, "interaction_2026_11": 1}
    assert [(row.id, row.key, row.day, row.at, row.reply) for row in stored(whole)] == before
    keep(whole, account_id, "2025-04-01", "2026-11-24")
    assert [row.id for row in stored(whole)] == [1, 2, 3, 5]  # number 4 was tried on the repeat
    with pytest.raises(IntegrityError), whole.begin() as connection:
        store(connection, [make_row(account_id + 1, "of nobody")])
    assert shape(whole) == shape(postgres_engine)


def shape(engine: Engine) -> tuple[object, ...]:
    seen = inspect(engine)
    indexes = sorted((index["name"] or "", *index["column_names"]) for index in seen.get_indexes("interaction"))
    references = sorted(
        (key["name"] or "", *key["constrained_columns"]) for key in seen.get_foreign_keys("interaction")
    )
    return seen.get_pk_constraint("interaction"), indexes, references


def test_a_day_outside_of_the_months_waits_until_its_month_is_made(postgres_engine: Engine) -> None:
    keep(postgres_engine, make_account(postgres_engine), "2031-05-31", "2031-06-01", "2020-02-29")
    assert counts(postgres_engine) == {"interaction_other": 3}
    made = migrations.arrange_months(postgres_engine)
    assert {"interaction_2020_02", "interaction_2031_05", "interaction_2031_06"} <= {*made}
    assert counts(postgres_engine) == {name: 1 for name in made if name not in AHEAD}
    assert migrations.arrange_months(postgres_engine) == []


def test_a_repeat_on_the_other_side_of_midnight_gets_the_first_reply(postgres_engine: Engine) -> None:
    account_id = make_account(postgres_engine)
    day = date(2026, 11, 30)
    for reply in ("第一次的答复", "另一个答复"):
        with postgres_engine.begin() as connection:
            replies = store(connection, [make_row(account_id, "post 1", reply, day=day)])
        assert replies == {(account_id, "post 1"): "第一次的答复"}
    assert len(stored(postgres_engine)) == 1


def test_sqlite_has_no_months(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert migrations.arrange_months(sqlite_engine) == []
    with sqlite_engine.connect() as connection:
        assert not partitions.is_split(connection)
    assert partition.split(Settings(data_dir=tmp_path)) == "数据库是 SQLite，不用按月分开"

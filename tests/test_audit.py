"""The audit log is a chain: what is changed or taken out is found."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import COMMAND_LINE, Actor, Change, first_broken, record
from fzbot.db import reading, writing

NOW = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)


def write(engine: Engine, *names: str) -> None:
    for name in names:
        with writing(engine) as session:
            change = Change("village.rename", "village:1", {"name": "红庄"}, {"name": name, "at": "2026"})
            record(session, Actor("李四", 3, 1), change, NOW)


def broken(engine: Engine) -> int | None:
    with reading(engine) as session:
        return first_broken(session)


def test_an_untouched_chain_holds(engine: Engine) -> None:
    assert broken(engine) is None
    write(engine, "红庄村", "马家湾村", "上店子村")
    assert broken(engine) is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE audit_event SET subject = 'village:2' WHERE id = 2", 2),
        ("DELETE FROM audit_event WHERE id = 2", 3),
        ("DELETE FROM audit_event WHERE id = 1", 2),
        ("UPDATE audit_event SET hash = previous_hash WHERE id = 3", 3),
    ],
)
def test_a_change_or_a_gap_is_found(engine: Engine, change: str, found: int) -> None:
    write(engine, "红庄村", "马家湾村", "上店子村")
    with engine.begin() as connection:
        connection.execute(text(change))
    assert broken(engine) == found


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    threads = [Thread(target=write, args=(engine, *(f"{number}村" for number in range(5)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken(engine) is None
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM audit_event")) == 20


def test_an_event_is_undone_with_its_transaction(engine: Engine) -> None:
    write(engine, "红庄村")
    with Session(engine) as session:
        record(session, COMMAND_LINE, Change("village.add", "village:2"), NOW)
        session.rollback()
    write(engine, "马家湾村")
    assert broken(engine) is None


def prune(engine: Engine, before: datetime) -> int:
    with writing(engine) as session:
        return audit.prune(session, before, NOW)


def test_pruning_leaves_a_chain_that_still_shows_what_is_missing(engine: Engine) -> None:
    old = NOW - timedelta(days=400)
    for at in (old, old, NOW):
        with writing(engine) as session:
            record(session, COMMAND_LINE, Change("village.add", "village:1"), at)
    assert prune(engine, NOW - timedelta(days=365)) == 2
    assert broken(engine) is None
    assert prune(engine, NOW - timedelta(days=365)) == 0
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event WHERE id = 3"))
    assert broken(engine) == 4


def test_pruning_again_moves_the_beginning(engine: Engine) -> None:
    for days in (500, 450, 10):
        with writing(engine) as session:
            record(session, COMMAND_LINE, Change("village.add", "village:1"), NOW - timedelta(days=days))
    assert prune(engine, NOW - timedelta(days=460)) == 1
    assert prune(engine, NOW - timedelta(days=100)) == 1
    assert broken(engine) is None
    write(engine, "红庄村")
    assert broken(engine) is None


def test_events_are_pruned_a_month_at_a_time(engine: Engine) -> None:
    with writing(engine) as session:
        record(session, COMMAND_LINE, Change("village.add", "village:1"), NOW - timedelta(days=380))
    assert prune(engine, NOW - timedelta(days=365)) == 0


@pytest.fixture
def keyed(engine: Engine) -> Engine:
    """The same database, opened with a key."""
    return engine.execution_options(**{audit.KEY_OPTION: b"the key of the chain"})


def test_who_lacks_the_key_cannot_rewrite_the_chain(engine: Engine, keyed: Engine) -> None:
    write(keyed, "红庄村", "马家湾村")
    assert broken(keyed) is None
    write(engine, "上店子村")  # a right chain, hashed as anybody can
    assert broken(keyed) == 3


def test_events_of_the_version_before_are_sealed_and_hold(engine: Engine, keyed: Engine) -> None:
    write(engine, "红庄村", "马家湾村")
    assert broken(keyed) == 1
    with writing(keyed) as session:
        audit.key_chain(session, NOW)
    write(keyed, "上店子村")
    assert broken(keyed) is None
    with writing(keyed) as session:
        audit.key_chain(session, NOW)  # nothing left to seal
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM audit_event")) == 4
        connection.execute(text("UPDATE audit_event SET subject = 'village:9' WHERE id = 1"))
    assert broken(keyed) == 1

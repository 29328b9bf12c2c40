"""A bell wakes other processes on the same PostgreSQL at once; without one, waiting ends by itself."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from fzbot.bell import Bell, ring
from fzbot.db import writing

LONG = 20.0
TERMINATE = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


Bells = Callable[[str], Bell]


@pytest.fixture
def bells(postgres_engine: Engine) -> Iterator[Bells]:
    made: list[Bell] = []

    def make(name: str) -> Bell:
        made.append(Bell(postgres_engine, name))
        return made[-1]

    yield make
    for bell in made:
        bell.close()


def ring_once(engine: Engine) -> None:
    with writing(engine) as session:
        ring(session, "test")


def heard(bell: Bell, seconds: float = LONG) -> tuple[bool, float]:
    started = time.monotonic()
    return bell.wait(seconds), time.monotonic() - started


def test_a_ring_is_heard_at_once_and_also_when_nobody_waited_just_then(postgres_engine: Engine, bells: Bells) -> None:
    bell = bells("test")
    assert bell.wait(LONG)  # begins to listen
    assert not bell.wait(0.01)
    ring_once(postgres_engine)
    was_heard, seconds = heard(bell)
    assert was_heard
    assert seconds < LONG / 2
    timer = threading.Timer(0.05, ring_once, [postgres_engine])
    timer.start()
    assert heard(bell)[0]
    timer.join()
    bell.stop()
    assert not bell.wait(LONG)


def test_a_ring_that_is_rolled_back_is_not_heard(postgres_engine: Engine, bells: Bells) -> None:
    bell = bells("test")
    bell.wait(0.01)
    with Session(postgres_engine) as session:
        ring(session, "test")
        session.rollback()
    assert not bell.wait(0.05)


def test_another_bell_is_not_heard(postgres_engine: Engine, bells: Bells) -> None:
    bell = bells("other")
    bell.wait(0.01)
    ring_once(postgres_engine)
    assert not bell.wait(0.05)


def test_a_broken_connection_is_made_anew(postgres_engine: Engine, bells: Bells) -> None:
    bell = bells("test")
    bell.wait(0.01)
    with postgres_engine.begin() as admin:
        admin.execute(text(TERMINATE))
    assert not bell.wait(0.01)
    assert bell.wait(LONG)
    ring_once(postgres_engine)
    assert heard(bell)[0]


def test_without_postgresql_waiting_ends_by_itself_or_by_stopping(sqlite_engine: Engine) -> None:
    bell = Bell(sqlite_engine, "test")
    ring_once(sqlite_engine)
    assert not bell.wait(0.01)
    timer = threading.Timer(0.02, bell.stop)
    timer.start()
    was_heard, seconds = heard(bell)
    assert not was_heard
    assert seconds < LONG / 2
    timer.join()

"""A notification wakes other processes on the same PostgreSQL at once; without one, waiting ends by itself."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from fzbot.db import writing
from fzbot.runtime.pg_notify import Listener, notify

LONG = 20.0
TERMINATE = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


Bells = Callable[[str], Listener]


@pytest.fixture
def listeners(postgres_engine: Engine) -> Iterator[Bells]:
    made: list[Listener] = []

    def make(name: str) -> Listener:
        made.append(Listener(postgres_engine, name))
        return made[-1]

    yield make
    for listener in made:
        listener.close()


def ring_once(engine: Engine) -> None:
    with writing(engine) as session:
        notify(session, "test")


def heard(listener: Listener, seconds: float = LONG) -> tuple[bool, float]:
    started = time.monotonic()
    return listener.wait(seconds), time.monotonic() - started


def test_a_ring_is_heard_at_once_and_also_when_nobody_waited_just_then(
    postgres_engine: Engine, listeners: Bells
) -> None:
    listener = listeners("test")
    assert listener.wait(LONG)  # begins to listen
    assert not listener.wait(0.01)
    ring_once(postgres_engine)
    was_heard, seconds = heard(listener)
    assert was_heard
    assert seconds < LONG / 2
    timer = threading.Timer(0.05, ring_once, [postgres_engine])
    timer.start()
    assert heard(listener)[0]
    timer.join()
    listener.stop()
    assert not listener.wait(LONG)


def test_a_ring_that_is_rolled_back_is_not_heard(postgres_engine: Engine, listeners: Bells) -> None:
    listener = listeners("test")
    listener.wait(0.01)
    with Session(postgres_engine) as session:
        notify(session, "test")
        session.rollback()
    assert not listener.wait(0.05)


def test_another_bell_is_not_heard(postgres_engine: Engine, listeners: Bells) -> None:
    listener = listeners("other")
    listener.wait(0.01)
    ring_once(postgres_engine)
    assert not listener.wait(0.05)


def test_a_broken_connection_is_made_anew(postgres_engine: Engine, listeners: Bells) -> None:
    listener = listeners("test")
    listener.wait(0.01)
    with postgres_engine.begin() as admin:
        admin.execute(text(TERMINATE))
    assert not listener.wait(0.01)
    assert listener.wait(LONG)
    ring_once(postgres_engine)
    assert heard(listener)[0]


def test_without_postgresql_waiting_ends_by_itself_or_by_stopping(sqlite_engine: Engine) -> None:
    listener = Listener(sqlite_engine, "test")
    ring_once(sqlite_engine)
    assert not listener.wait(0.01)
    timer = threading.Timer(0.02, listener.stop)
    timer.start()
    was_heard, seconds = heard(listener)
    assert not was_heard
    assert seconds < LONG / 2
    timer.join()

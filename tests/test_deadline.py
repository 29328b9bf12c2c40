"""One deadline bounds every wait for the database, on both kinds, and even when the server says nothing any more."""

import os
import signal
import sqlite3
import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from fzbot import deadline
from fzbot.db import reading, writing
from fzbot.deadline import Deadline, until


def test_what_is_left_goes_down_to_nothing() -> None:
    moment = [10.0]
    limit = Deadline.after(4.0, lambda: moment[0])
    moment[0] = 11.0
    assert limit.left == 3.0
    assert limit.earlier(2.0).left == 1.0
    assert limit.earlier(9.0, least=0.5).left == 0.5
    moment[0] = 99.0
    assert limit.left == 0.0


def test_it_holds_within_its_block_only() -> None:
    limit = Deadline.after(1)
    with until(limit):
        assert deadline.current() is limit
    assert deadline.current() is None


def test_after_it_the_database_is_not_asked(engine: Engine) -> None:
    for session in (reading, writing):
        with pytest.raises(SQLAlchemyError), until(Deadline.after(0)), session(engine):
            raise AssertionError("never here")


def test_a_lock_is_waited_for_until_the_deadline(engine: Engine) -> None:
    with engine.begin() as holder:
        if engine.dialect.name == "postgresql":
            holder.execute(text("LOCK TABLE account IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        with pytest.raises(OperationalError), until(Deadline.after(0.2)), writing(engine) as session:
            session.execute(text("UPDATE account SET name = 'x'"))
        assert 0.15 < time.monotonic() - began < 1.0


def test_a_server_that_says_nothing_any_more_is_given_up(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        connection.rollback()
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(OperationalError), until(Deadline.after(0.1)):
                connection.execute(text("SELECT 1"))
            assert time.monotonic() - began < 2.0
        finally:
            os.kill(pid, signal.SIGCONT)
    with reading(postgres_engine) as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_without_a_deadline_sqlite_waits_as_before(sqlite_engine: Engine) -> None:
    with until(Deadline.after(0.05)), reading(sqlite_engine) as session:
        assert 0 < session.scalar(text("PRAGMA busy_timeout")) <= 51
    with reading(sqlite_engine) as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 2000
    assert sqlite3.threadsafety

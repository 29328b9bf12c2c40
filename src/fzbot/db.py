"""The database: one Base with a naming convention, engines for SQLite and PostgreSQL, sessions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Result,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from fzbot import deadline
from fzbot.errors import ConfigError

SQLITE_FILE = "fzbot.db"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

NO_URL = (
    "FZBOT_DATABASE_URL 不是数据库地址，应像 postgresql://用户:密码@主机/库名。"
    "密码里有 @ 这类符号的，地址里不写密码，单独放进 FZBOT_DATABASE_PASSWORD"
)

LOCK_WAIT_SECONDS = 2
"""How long a statement waits for another writer; less where a deadline is nearer. After it the row goes to the spool."""
STATEMENT_SECONDS = 30


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; they would be read as another zone's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only in INTEGER columns

Sessions = sessionmaker[Session]


def database_url(configured: str, data_dir: Path, password: str = "") -> str:
    """The configured URL with psycopg 3 as the driver and the password in it, or SQLite in the data directory."""
    if not configured and password:
        raise ConfigError("设了 FZBOT_DATABASE_PASSWORD，没设 FZBOT_DATABASE_URL：两个一起设，或都去掉（用 SQLite）")
    if not configured:
        return f"sqlite:///{data_dir / SQLITE_FILE}"
    if configured.startswith(("postgres://", "postgresql://")):
        configured = "postgresql+psycopg://" + configured.split("://", 1)[1]
    return _parsed(configured).set(password=password).render_as_string(hide_password=False) if password else configured


def _parsed(url: str) -> URL:
    """The parts of a URL; `ConfigError` where it is none, or a password in it has an @."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(NO_URL) from error
    if "@" in (parts.host or ""):
        raise ConfigError(NO_URL)
    return parts


def make_engine(url: str, pool_size: int = 8) -> Engine:
    """An engine for a SQLite or PostgreSQL URL; `ConfigError` for anything else."""
    backend = _parsed(url).get_backend_name()
    if backend == "sqlite":
        return _sqlite_engine(url, pool_size, _prepare_sqlite)
    if backend == "postgresql":
        options = f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,  # an error's text must not say what a villager wrote
            pool_pre_ping=True,
            pool_timeout=LOCK_WAIT_SECONDS,
            connect_args={"connect_timeout": LOCK_WAIT_SECONDS, "options": options},
        )
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "begin", _bound_postgresql)
        return engine
    raise ConfigError(f"FZBOT_DATABASE_URL 的数据库类型 {backend} 不支持，请用 PostgreSQL 或留空用 SQLite")


def make_engine_to_look(url: str) -> Engine:
    """An engine that reads: it takes no write lock and leaves the file as it is, also one that is no database yet."""
    if _parsed(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url, 1, _prepare_to_look).execution_options(fzbot_reading=True)
    return make_engine(url, 1).execution_options(postgresql_readonly=True)


def _sqlite_engine(url: str, pool_size: int, prepare: Callable[[Any, object], None]) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        pool_timeout=LOCK_WAIT_SECONDS,
        connect_args={"timeout": LOCK_WAIT_SECONDS},
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def make_sessions(engine: Engine) -> Sessions:
    """A factory of sessions on an engine."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading only: nothing of it is committed, and all of it sees one state of the database."""
    options: dict[str, Any] = {"fzbot_reading": True}
    if engine.dialect.name == "postgresql":  # SQLite's readers do so by themselves
        options["isolation_level"] = "REPEATABLE READ"
    refuse_when_late()
    with Session(engine.execution_options(**options)) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction is committed at the end, and rolled back by an error."""
    refuse_when_late()
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def refuse_when_late() -> None:
    """Raise what a database that is away raises, once the deadline of the work under way is past."""
    limit = deadline.current()
    if limit is not None and not limit.left:
        raise WaitedTooLong("no time is left to ask the database")


def take_turns(session: Session, name: str) -> None:
    """Wait until no other transaction is in the section called `name`; held until this transaction ends.

    SQLite has one writer at a time anyway. Use it in a transaction that writes.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE met."""
    return result.rowcount if isinstance(result, CursorResult) else 0


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ARG001 - the driver's connection
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare_to_look(connection: Any, record: object) -> None:  # noqa: ARG001 - the driver's connection
    connection.isolation_level = None  # and no journal mode: setting it writes


def _begin_immediately(connection: Any) -> None:
    # A transaction that reads first and writes later fails at once under WAL when another writer came between;
    # taking the write lock at the start makes it wait instead. Readers do not take it.
    reads = connection.get_execution_options().get("fzbot_reading", False)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_lock_wait_ms()}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _connect_postgresql(dialect: object, record: object, arguments: Any, named: Any) -> Any:  # noqa: ARG001 - SQLAlchemy's
    from fzbot.pg_connection import BoundedConnection  # noqa: PLC0415 - SQLite does without psycopg

    return BoundedConnection.connect(*arguments, **named)


def _bound_postgresql(connection: Any) -> None:
    limit = deadline.current()
    if limit is not None:
        lock, statement = _lock_wait_ms(), min(STATEMENT_SECONDS * 1000, int(limit.left * 1000) + 1)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}")


def _lock_wait_ms() -> int:
    limit = deadline.current()
    return min(LOCK_WAIT_SECONDS * 1000, int(limit.left * 1000) + 1 if limit else LOCK_WAIT_SECONDS * 1000)

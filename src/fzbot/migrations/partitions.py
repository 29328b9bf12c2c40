"""Interactions by month on PostgreSQL: a partition for each month, made ahead, and one for days outside of them.

PostgreSQL wants the day in every unique key of such a table. The key of a post says when it was written, so that
(account, key, day) is as unique as (account, key) is elsewhere.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, text

from fzbot.db import rows_changed

TABLE = "interaction"
OTHERS = f"{TABLE}_other"
MONTHS_AHEAD = 3
KEYS = {f"pk_{TABLE}": "PRIMARY KEY (id, day)", f"uq_{TABLE}_account_id_key": "UNIQUE (account_id, key, day)"}

_IS_SPLIT = "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(:table)"
_INDEXES = (
    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = CAST(:table AS regclass) AND NOT indisunique"
)
_REFERENCES = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conrelid = CAST(:table AS regclass) AND contype = 'f'"
)


def is_split(connection: Connection) -> bool:
    """Whether the table has partitions; never on SQLite."""
    return connection.dialect.name == "postgresql" and bool(connection.scalar(text(_IS_SPLIT), {"table": TABLE}))


def split(connection: Connection, today: date) -> int | None:
    """Move every row into the partition of its month. Returns how many rows that were; None when it was done before.

    Readers go on until the last step. Writers wait; a row that waits too long goes to the spool and comes in afterwards.
    """
    connection.execute(text(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE"))
    if is_split(connection):
        return None
    new = f"{TABLE}_split"
    indexes = connection.scalars(text(_INDEXES), {"table": TABLE}).all()
    references = connection.execute(text(_REFERENCES), {"table": TABLE}).all()
    connection.execute(text(f"CREATE TABLE {new} (LIKE {TABLE} INCLUDING DEFAULTS) PARTITION BY RANGE (day)"))
    connection.execute(text(f"CREATE TABLE {OTHERS} PARTITION OF {new} DEFAULT"))
    for month in {*_months_of(connection, TABLE), *_ahead(today)}:
        _add(connection, new, month)
    rows = rows_changed(connection.execute(text(f"INSERT INTO {new} SELECT * FROM {TABLE}")))  # noqa: S608 - our own names
    # Whoever reads keeps the old table until it is done; those who come later wait for the new one.
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": TABLE})
    connection.execute(text(f"ALTER SEQUENCE {sequence} OWNED BY {new}.id"))
    connection.execute(text(f"DROP TABLE {TABLE}"))
    connection.execute(text(f"ALTER TABLE {new} RENAME TO {TABLE}"))
    for name, definition in [*KEYS.items(), *references]:
        connection.execute(text(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {definition}"))
    for definition in indexes:
        connection.exec_driver_sql(definition)
    connection.execute(text(f"ANALYZE {TABLE}"))
    return rows


def arrange(connection: Connection, today: date) -> list[str]:
    """Make the partitions of this month, of the next ones and of stray rows, which move there. Returns their names."""
    if not is_split(connection):
        return []
    wanted = {*_months_of(connection, OTHERS), *_ahead(today)}
    return [_add(connection, TABLE, month) for month in sorted(wanted) if not _exists(connection, month)]


def _add(connection: Connection, parent: str, month: date) -> str:
    name, first, after = _name(month), month.isoformat(), _next(month).isoformat()
    connection.execute(text(f"CREATE TABLE {name} (LIKE {parent} INCLUDING ALL)"))
    strays = f"DELETE FROM {OTHERS} WHERE day >= '{first}' AND day < '{after}' RETURNING *"  # noqa: S608 - our own names
    connection.execute(text(f"WITH strays AS ({strays}) INSERT INTO {name} SELECT * FROM strays"))  # noqa: S608
    connection.execute(text(f"ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{after}')"))
    return name


def _exists(connection: Connection, month: date) -> bool:
    return connection.scalar(text("SELECT to_regclass(:name)"), {"name": _name(month)}) is not None


def _months_of(connection: Connection, table: str) -> set[date]:
    months = f"SELECT DISTINCT CAST(date_trunc('month', day) AS date) FROM {table}"  # noqa: S608 - our own names
    return set(connection.scalars(text(months)))


def _ahead(today: date) -> Iterator[date]:
    month = today.replace(day=1)
    for _ in range(1 + MONTHS_AHEAD):
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _name(month: date) -> str:
    return f"{TABLE}_{month:%Y_%m}"

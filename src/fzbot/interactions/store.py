"""Writing a batch of rows in one transaction, each at most once."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from fzbot import clock
from fzbot.db import Base, Moment
from fzbot.interactions.interaction import THESE, Interaction
from fzbot.interactions.new_interaction import NewInteraction, Upsert
from fzbot.people.follower import Follower
from fzbot.runtime.metrics import DUPLICATES

_INTERACTIONS = Base.metadata.tables[Interaction.__tablename__]
_FOLLOWERS = Base.metadata.tables[Follower.__tablename__]
WRITTEN_AT = "written_at"
_DIALECTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_VILLAGES = (
    update(_INTERACTIONS)
    .where(THESE, _INTERACTIONS.c.village_id.is_(None))
    .values(
        village_id=select(_FOLLOWERS.c.village_id)
        .where(
            _FOLLOWERS.c.account_id == _INTERACTIONS.c.account_id,
            _FOLLOWERS.c.openid_hash == _INTERACTIONS.c.openid_hash,
        )
        .scalar_subquery()
    )
)


def store(connection: Connection, rows: Sequence[NewInteraction]) -> dict[tuple[int, str], str]:
    """Insert the rows that are not there yet, with their upserts; returns the stored reply of every row.

    Rows are given in the order in which they came, and of two that change the same row of another table the later one
    wins. They are written in the order of their key, so that two processes never wait for each other in a circle.
    """
    unique: dict[tuple[int, str], NewInteraction] = {}
    for row in rows:
        unique.setdefault(row.identity, row)
    ordered = [unique[identity] for identity in sorted(unique)]
    new = _insert(connection, ordered)
    DUPLICATES.inc(len(rows) - len(new))
    _upsert(connection, [upsert for row in unique.values() if row.identity in new for upsert in row.upserts])
    if new:
        connection.execute(_VILLAGES, {"ids": list(new.values()), "days": _days(ordered)})
    replies = {row.identity: row.reply for row in ordered if row.identity in new}
    return replies | _stored_replies(connection, [row for row in ordered if row.identity not in new])


def _insert(connection: Connection, rows: Sequence[NewInteraction]) -> dict[tuple[int, str], int]:
    returned = connection.execute(_insert_statement(connection.dialect.name), [row.columns for row in rows])
    return {(account_id, key): id_ for account_id, key, id_ in returned}


def _upsert(connection: Connection, upserts: Sequence[Upsert]) -> None:
    merged: dict[tuple[Any, ...], Upsert] = {}
    for upsert in upserts:
        before = merged.get(upsert.identity)
        merged[upsert.identity] = before.followed_by(upsert) if before else upsert
    ordered = sorted(merged.values(), key=lambda upsert: (*_shape(upsert), upsert.identity))
    now = {WRITTEN_AT: clock.now()}
    for shape, group in groupby(ordered, key=_shape):
        statement = _upsert_statement(connection.dialect.name, *shape)
        connection.execute(statement, [upsert.values | now for upsert in group])


def _shape(upsert: Upsert) -> tuple[str, tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]:
    return upsert.table, upsert.key, upsert.stamp, tuple(sorted(upsert.values)), tuple(sorted(upsert.only_new))


# Statements are built once: building them took longer than running them.
@cache
def _insert_statement(dialect: str) -> Any:
    table = _INTERACTIONS
    statement = _DIALECTS[dialect](table).on_conflict_do_nothing()  # the key is another one where there are partitions
    return statement.returning(table.c.account_id, table.c.key, table.c.id)


@cache
def _upsert_statement(
    dialect: str, name: str, key: tuple[str, ...], stamp: str, columns: tuple[str, ...], only_new: tuple[str, ...]
) -> Any:
    table = Base.metadata.tables[name]
    statement = _DIALECTS[dialect](table)
    changed = {column: statement.excluded[column] for column in columns if column not in {*key, *only_new}}
    # A stamp in the future was made by a clock that was ahead: what comes now is later whatever its stamp says.
    is_later = table.c[stamp] <= statement.excluded[stamp]
    was_ahead = table.c[stamp] > bindparam(WRITTEN_AT, type_=Moment)
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed, where=is_later | was_ahead)


def _days(rows: Sequence[NewInteraction]) -> list[date]:
    return sorted({row.day for row in rows})


def _stored_replies(connection: Connection, rows: Sequence[NewInteraction]) -> dict[tuple[int, str], str]:
    if not rows:
        return {}
    table = _INTERACTIONS
    found = connection.execute(
        select(table.c.account_id, table.c.key, table.c.reply).where(
            tuple_(table.c.account_id, table.c.key).in_([row.identity for row in rows]),
            table.c.day.in_(_days(rows)),
        )
    )
    return {(account_id, key): reply for account_id, key, reply in found}

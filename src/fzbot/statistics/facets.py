"""What an interaction counts as, in SQL; `rollup.facet_keys` says the same of a row in memory, and a test compares them."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, String, case, cast, extract, func, literal
from sqlalchemy.orm import Session

CHINA_HOURS = 8
"""Asia/Shanghai is UTC+8 the whole year."""


def facet_columns(session: Session, row: Any) -> dict[str, ColumnElement[Any]]:
    """By facet, the key of a `row`: the table of interactions, or the columns of a subquery of it."""
    hour = china_hour(session, row.at)
    two_digits = case((hour < 10, literal("0") + cast(hour, String)), else_=cast(hour, String))
    return {"kind": row.kind, "decision": row.decision, "entry": row.entry, "hour": two_digits, "channel": row.channel}


def china_hour(session: Session, at: Any) -> ColumnElement[int]:
    """The hour in China of a moment."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(extract("hour", func.timezone("Asia/Shanghai", at)), Integer)
    return (cast(func.strftime("%H", at), Integer) + CHINA_HOURS) % 24

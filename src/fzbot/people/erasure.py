"""Forgetting a person who asks for it (个人信息保护法 47), while what was counted stays counted.

Tables say what happens to their rows: those marked `GOES` are deleted; everywhere else the person's hash becomes a name
that leads nowhere and columns marked `PERSONAL` are emptied. A new table with an `openid_hash` is covered by itself.
"""

import secrets
from typing import Any

from sqlalchemy import Table, delete, update
from sqlalchemy.orm import Session

from fzbot.db import Base, take_turns

PERSONAL: dict[Any, Any] = {"personal": True}
GOES: dict[Any, Any] = {"goes": True}
HASH = "openid_hash"
COUNTING = "counting people"
"""Erasing and counting take turns: a row must not be counted under a name that is just being erased."""


def erase(session: Session, account_id: int, openid_hash: str) -> str:
    """Forget a follower of an account; returns the name under which the counts live on."""
    take_turns(session, COUNTING)
    nobody = secrets.token_hex(16)
    for table in holding_people():
        is_person = (table.c.account_id == account_id) & (table.c[HASH] == openid_hash)
        if table.info.get("goes"):
            session.execute(delete(table).where(is_person))
        else:
            session.execute(update(table).where(is_person).values({HASH: nobody} | _emptied(table)))
    return nobody


def holding_people() -> list[Table]:
    """Every table that knows people by their hash."""
    return [table for table in Base.metadata.sorted_tables if HASH in table.c]


def _emptied(table: Table) -> dict[str, Any]:
    personal = [column for column in table.c if column.info.get("personal")]
    return {column.name: None if column.nullable else "" for column in personal}

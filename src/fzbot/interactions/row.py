"""An interaction on its way to the database, with the rows that change together with it."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table

from fzbot.db import Base, Moment
from fzbot.interactions.interaction import Interaction


@dataclass(frozen=True)
class Upsert:
    """A row of another table, inserted or brought up to date unless that row carries a later `stamp` already."""

    table: str
    key: tuple[str, ...]
    stamp: str
    values: dict[str, Any]
    only_new: frozenset[str] = frozenset()
    """Columns that are written when the row is new, and left alone when it is there."""

    @property
    def identity(self) -> tuple[Any, ...]:
        """What tells it apart from upserts of other rows of its table."""
        return (self.table, *(self.values[column] for column in self.key))


@dataclass(frozen=True)
class Row:
    """The columns of an interaction (without `id`) and what is written only if the interaction is new."""

    values: dict[str, Any]
    upserts: tuple[Upsert, ...] = ()

    @property
    def identity(self) -> tuple[int, str]:
        """The unique key: account and post."""
        return (self.values["account_id"], self.values["key"])

    @property
    def reply(self) -> str:
        """The reply that this row carries."""
        return str(self.values["reply"])

    def to_json(self) -> str:
        """One line of JSON."""
        upserts = [
            {
                "table": upsert.table,
                "key": upsert.key,
                "stamp": upsert.stamp,
                "values": upsert.values,
                "only_new": sorted(upsert.only_new),
            }
            for upsert in self.upserts
        ]
        return json.dumps({"values": self.values, "upserts": upserts}, ensure_ascii=False, default=_iso)

    @classmethod
    def from_json(cls, line: str) -> "Row":
        """What `to_json` wrote; `ValueError` when the line is torn."""
        raw = json.loads(line)
        upserts = tuple(
            Upsert(
                table=item["table"],
                key=tuple(item["key"]),
                stamp=item["stamp"],
                values=_typed(Base.metadata.tables[item["table"]], item["values"]),
                only_new=frozenset(item["only_new"]),
            )
            for item in raw["upserts"]
        )
        return cls(_typed(Base.metadata.tables[Interaction.__tablename__], raw["values"]), upserts)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be spooled")


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    def convert(column: str, value: Any) -> Any:
        kind = table.c[column].type
        if value is not None and isinstance(kind, Moment):
            return datetime.fromisoformat(value)
        if value is not None and isinstance(kind, Date):
            return date.fromisoformat(value)
        return value

    return {column: convert(column, value) for column, value in values.items()}

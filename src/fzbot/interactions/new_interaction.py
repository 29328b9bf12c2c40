"""An interaction on its way to the database, with the rows that change together with it."""

import json
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table

from fzbot.db import Base, Moment
from fzbot.errors import SpoolError
from fzbot.interactions.interaction import Interaction


@dataclass(frozen=True)
class Upsert:
    """A row of another table, inserted or brought up to date unless that row carries a later `stamp` already.

    A stamp later than now does not count: the clock was ahead when it was written.
    """

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

    def followed_by(self, later: "Upsert") -> "Upsert":
        """One upsert that does what this one and then a later one of the same row would."""
        changed = (self.values.keys() - self.only_new) | (later.values.keys() - later.only_new)
        kept = later.only_new & self.values.keys()
        values = self.values | {name: value for name, value in later.values.items() if name not in kept}
        return replace(later, values=values, only_new=frozenset(values.keys() - changed))


@dataclass(frozen=True, kw_only=True)
class NewInteraction:
    """An interaction that is to be stored, and what is written only if it was not stored before.

    The fields but `upserts` are the columns of `Interaction`, without those that the database fills in.
    """

    account_id: int
    key: str
    openid_hash: str
    at: datetime
    day: date
    channel: str
    kind: str
    reply: str
    village_id: int | None = None
    question: str | None = None
    decision: str | None = None
    entry: str | None = None
    score: float | None = None
    about_entry: str | None = None
    latency_ms: float = 0.0
    upserts: tuple[Upsert, ...] = ()

    @property
    def identity(self) -> tuple[int, str]:
        """The unique key: account and post."""
        return (self.account_id, self.key)

    @property
    def columns(self) -> dict[str, Any]:
        """The row as the database takes it."""
        values = {name: getattr(self, name) for name in _COLUMNS}
        values["reply_bytes"] = len(self.reply.encode())
        return values

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
        return json.dumps({"values": self.columns, "upserts": upserts}, ensure_ascii=False, default=_iso)

    @classmethod
    def from_json(cls, line: str | bytes) -> "NewInteraction":
        """What `to_json` wrote; `SpoolError` for anything else, whatever it is."""
        try:
            return cls._from(json.loads(line))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise SpoolError("暂存的一行读不懂") from error

    @classmethod
    def _from(cls, raw: Any) -> "NewInteraction":
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
        values = _typed(Base.metadata.tables[Interaction.__tablename__], raw["values"])
        return cls(**{name: values[name] for name in _COLUMNS}, upserts=upserts)


_COLUMNS = tuple(field.name for field in fields(NewInteraction) if field.name != "upserts")


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

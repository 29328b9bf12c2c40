"""The table of interactions: one message in and its reply, counted once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from fzbot.db import Base, BigId, Moment
from fzbot.people.erasure import PERSONAL


class Interaction(Base):
    """An interaction (互动). `key` tells repeats of one post apart from new posts.

    `at` is when it was answered, `day` the day in China on which it was written: repeats of a post agree on it.
    `counted` says whether the rollups have it already. On PostgreSQL the table has a partition for each month.
    """

    __tablename__ = "interaction"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index(None, "account_id", "day"),
        Index(None, "account_id", "openid_hash"),
        Index(
            "ix_interaction_entry",
            "account_id",
            "entry",
            "day",
            sqlite_where=text("entry IS NOT NULL"),
            postgresql_where=text("entry IS NOT NULL"),
        ),
        Index("ix_interaction_uncounted", "id", sqlite_where=text("counted = 0"), postgresql_where=text("NOT counted")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(String(32))
    openid_hash: Mapped[str] = mapped_column(String(32))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    day: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(24))
    question: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    decision: Mapped[str | None] = mapped_column(String(16))
    entry: Mapped[str | None] = mapped_column(String(80))
    score: Mapped[float | None] = mapped_column(Float)
    about_entry: Mapped[str | None] = mapped_column(String(80))
    reply: Mapped[str] = mapped_column(Text, info=PERSONAL)
    reply_bytes: Mapped[int] = mapped_column(Integer)
    latency_ms: Mapped[float] = mapped_column(Float)
    counted: Mapped[bool] = mapped_column(server_default=false())


THESE = and_(
    Interaction.id.in_(bindparam("ids", expanding=True)), Interaction.day.in_(bindparam("days", expanding=True))
)
"""The condition of a statement on some rows, by their `ids`; their `days` spare it the partitions of other months."""


def these(rows: Sequence[Any]) -> dict[str, Any]:
    """The parameters of `THESE` for rows that have an id and a day."""
    return {"ids": [row.id for row in rows], "days": sorted({row.day for row in rows})}

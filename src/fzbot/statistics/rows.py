"""The rows behind a figure."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from fzbot.interactions.interaction import Interaction
from fzbot.statistics.figures import ASKED, Span
from fzbot.statistics.rollup import NO_VILLAGE

CHINA_HOURS = 8
"""Asia/Shanghai is UTC+8 the whole year."""
FILTERS = ("kind", "decision", "entry", "topic", "hour")


@dataclass(frozen=True)
class Filter:
    """Which interactions. Empty strings leave a thing open; `kind` may be “asked” and `decision` “answered”."""

    accounts: tuple[int, ...]
    span: Span
    villages: frozenset[int] | None = None
    kind: str = ""
    decision: str = ""
    entry: str = ""
    topic: str = ""
    hour: str = ""

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """As conditions on the table."""
        found: list[ColumnElement[bool]] = [
            Interaction.account_id.in_(self.accounts),
            Interaction.day.between(self.span.first, self.span.last),
        ]
        if self.villages is not None:
            found.append(func.coalesce(Interaction.village_id, NO_VILLAGE).in_(self.villages))
        if self.kind:
            found.append(Interaction.kind.in_(ASKED if self.kind == "asked" else (self.kind,)))
        if self.decision:
            answered = ("answer", "urgent")
            found.append(Interaction.decision.in_(answered if self.decision == "answered" else (self.decision,)))
        if self.entry:
            found.append(Interaction.entry == self.entry)
        if self.topic:
            found.append(Interaction.entry.startswith(self.topic + ".", autoescape=True))
        if self.hour.isdigit():
            found.append(china_hour(session) == int(self.hour))
        return found


def count(session: Session, wanted: Filter) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Interaction).where(*wanted.conditions(session))) or 0


def page(session: Session, wanted: Filter, before: int | None, size: int) -> list[Interaction]:
    """The newest ones, from before an id on."""
    query = select(Interaction).where(*wanted.conditions(session)).order_by(Interaction.id.desc()).limit(size)
    return list(session.scalars(query.where(Interaction.id < before) if before else query))


def china_hour(session: Session) -> ColumnElement[int]:
    """The hour in China at which an interaction came."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(extract("hour", func.timezone("Asia/Shanghai", Interaction.at)), Integer)
    return (cast(func.strftime("%H", Interaction.at), Integer) + CHINA_HOURS) % 24

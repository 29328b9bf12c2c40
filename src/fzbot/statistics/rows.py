"""The rows behind a figure."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from fzbot.interactions.interaction import Interaction
from fzbot.people.village import village_key
from fzbot.statistics.figures import ASKED, Scope, Span, breakdown

CHINA_HOURS = 8
"""Asia/Shanghai is UTC+8 the whole year."""
ANSWERED = ("answer", "urgent")
FILTERS = ("kind", "decision", "entry", "topic", "hour")


@dataclass(frozen=True)
class Facet:
    """A facet of the rollups, and which of its keys: these, all that start like this, or all."""

    name: str
    keys: tuple[str, ...] = ()
    prefix: str = ""

    def holds(self, key: str) -> bool:
        """Whether a key is among them."""
        return (not self.keys or key in self.keys) and key.startswith(self.prefix)


@dataclass(frozen=True)
class InteractionFilter:
    """Which interactions. Empty strings leave a thing open; `kind` may be “asked” and `decision` “answered”."""

    accounts: tuple[int, ...]
    span: Span
    villages: frozenset[int] | None = None
    kind: str = ""
    decision: str = ""
    entry: str = ""
    topic: str = ""
    hour: str = ""

    @property
    def facet(self) -> "Facet | None":
        """The one facet of the rollups that tells the number; None when two filters meet."""
        chosen = [name for name in FILTERS if getattr(self, name)]
        if len(chosen) > 1:
            return None
        name = chosen[0] if chosen else "kind"
        value = getattr(self, name)
        keys = {"asked": ASKED, "answered": ANSWERED}.get(value, (value,) if value else ())
        if name == "topic":
            return Facet("entry", (), value + ".")
        return Facet(name, (f"{int(value):02d}",) if name == "hour" and value.isdigit() else keys)

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """As conditions on the table."""
        found: list[ColumnElement[bool]] = [
            Interaction.account_id.in_(self.accounts),
            Interaction.day.between(self.span.first, self.span.last),
        ]
        if self.villages is not None:
            found.append(village_key(Interaction.village_id).in_(self.villages))
        if self.kind:
            found.append(Interaction.kind.in_(ASKED if self.kind == "asked" else (self.kind,)))
        if self.decision:
            found.append(Interaction.decision.in_(ANSWERED if self.decision == "answered" else (self.decision,)))
        if self.entry:
            found.append(Interaction.entry == self.entry)
        if self.topic:
            found.append(Interaction.entry.startswith(self.topic + ".", autoescape=True))
        if self.hour.isdigit():
            found.append(china_hour(session) == int(self.hour))
        return found


def count(session: Session, wanted: InteractionFilter) -> int:
    """How many there are: from the rollups where they tell it, otherwise by counting."""
    facet = wanted.facet
    if facet is None:
        return session.scalar(select(func.count()).select_from(Interaction).where(*wanted.conditions(session))) or 0
    found = breakdown(session, Scope(wanted.accounts, wanted.villages), wanted.span, facet.name)
    return sum(number for key, number in found.items() if facet.holds(key))


def page(session: Session, wanted: InteractionFilter, before: int | None, size: int) -> list[Interaction]:
    """The newest ones, from before an id on; in the order of the index on days, so that the depth costs nothing."""
    query = select(Interaction).where(*wanted.conditions(session))
    if before is not None:
        last = select(Interaction.day).where(Interaction.id == before).scalar_subquery()
        query = query.where((Interaction.day < last) | ((Interaction.day == last) & (Interaction.id < before)))
    return list(session.scalars(query.order_by(Interaction.day.desc(), Interaction.id.desc()).limit(size)))


def china_hour(session: Session) -> ColumnElement[int]:
    """The hour in China at which an interaction came."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(extract("hour", func.timezone("Asia/Shanghai", Interaction.at)), Integer)
    return (cast(func.strftime("%H", Interaction.at), Integer) + CHINA_HOURS) % 24

"""The rows behind a figure."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fzbot.answering.decision import DIRECT_KINDS
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import QUESTION_KINDS
from fzbot.people.village import village_key
from fzbot.statistics.facets import china_hour
from fzbot.statistics.interaction_counts import breakdown
from fzbot.statistics.scope import Scope, Span

ASKED, ANSWERED = "asked", "answered"
"""What stands in addresses for all kinds that ask, and for all decisions that answer directly."""
FILTERS = ("kind", "decision", "entry", "theme", "hour")


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
    """Which interactions. Empty strings leave a thing open; `kind` may be `ASKED` and `decision` `ANSWERED`."""

    accounts: tuple[int, ...]
    span: Span
    villages: frozenset[int] | None = None
    kind: str = ""
    decision: str = ""
    entry: str = ""
    theme: str = ""
    hour: str = ""

    @property
    def facet(self) -> "Facet | None":
        """The one facet of the rollups that tells the number; None when two filters meet."""
        chosen = [name for name in FILTERS if getattr(self, name)]
        if len(chosen) > 1:
            return None
        name = chosen[0] if chosen else "kind"
        value = getattr(self, name)
        keys = {ASKED: QUESTION_KINDS, ANSWERED: DIRECT_KINDS}.get(value, (value,) if value else ())
        if name == "theme":
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
            found.append(Interaction.kind.in_(QUESTION_KINDS if self.kind == ASKED else (self.kind,)))
        if self.decision:
            found.append(Interaction.decision.in_(DIRECT_KINDS if self.decision == ANSWERED else (self.decision,)))
        if self.entry:
            found.append(Interaction.entry == self.entry)
        if self.theme:
            found.append(Interaction.entry.startswith(self.theme + ".", autoescape=True))
        if self.hour.isdigit():
            found.append(china_hour(session, Interaction.at) == int(self.hour))
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

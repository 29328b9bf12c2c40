"""What was counted in a span of days, recounted from the rows."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fzbot.interactions.interaction import Interaction

ASKED = ("text", "voice")


class Counts(BaseModel):
    """Counts of one day, or of the whole span. `people` are distinct followers, never a sum over days."""

    interactions: int = 0
    questions: int = 0
    people: int = 0
    decisions: dict[str, int] = {}

    @property
    def direct_rate(self) -> float | None:
        """The share of questions answered directly; None when there were none."""
        answered = self.decisions.get("answer", 0) + self.decisions.get("urgent", 0)
        asked = sum(count for kind, count in self.decisions.items() if kind != "chat")
        return answered / asked if asked else None


class Report(BaseModel):
    """The counts of a span: in all, by day, by topic (first part of the entry's id)."""

    first: date
    last: date
    total: Counts
    days: dict[date, Counts]
    topics: dict[str, int]
    entries: dict[str, int]


def count(session: Session, first: date, last: date, accounts: Collection[int] | None = None) -> Report:
    """Recount the Chinese days `first` to `last`, both included; of some accounts, or of all."""
    span = [Interaction.day >= first, Interaction.day <= last]
    if accounts is not None:
        span.append(Interaction.account_id.in_(accounts))
    by_entry = _entries(session, span)
    topics = Counter[str]()
    for entry, number in by_entry.items():
        topics[entry.split(".")[0]] += number
    return Report(
        first=first,
        last=last,
        total=_total(session, span),
        days=_days(session, span),
        topics=dict(topics.most_common()),
        entries=by_entry,
    )


_PERSON = func.count(func.distinct(Interaction.openid_hash))
_QUESTIONS = func.count().filter(Interaction.kind.in_(ASKED))


def _total(session: Session, span: list[ColumnElement[bool]]) -> Counts:
    interactions, questions, people = session.execute(select(func.count(), _QUESTIONS, _PERSON).where(*span)).one()
    decided = session.execute(
        select(Interaction.decision, func.count())
        .where(*span, Interaction.decision.is_not(None))
        .group_by(Interaction.decision)
        .order_by(Interaction.decision)
    )
    decisions = {str(kind): number for kind, number in decided}
    return Counts(interactions=interactions, questions=questions, people=people, decisions=decisions)


def _days(session: Session, span: list[ColumnElement[bool]]) -> dict[date, Counts]:
    counted = session.execute(
        select(Interaction.day, func.count(), _QUESTIONS, _PERSON)
        .where(*span)
        .group_by(Interaction.day)
        .order_by(Interaction.day)
    )
    days = {day: Counts(interactions=n, questions=q, people=p) for day, n, q, p in counted}
    decided = session.execute(
        select(Interaction.day, Interaction.decision, func.count())
        .where(*span, Interaction.decision.is_not(None))
        .group_by(Interaction.day, Interaction.decision)
        .order_by(Interaction.day, Interaction.decision)
    )
    for day, kind, number in decided:
        days[day].decisions[str(kind)] = number
    return days


def _entries(session: Session, span: list[ColumnElement[bool]]) -> dict[str, int]:
    counted = session.execute(
        select(Interaction.entry, func.count().label("number"))
        .where(*span, Interaction.entry.is_not(None))
        .group_by(Interaction.entry)
        .order_by(func.count().desc(), Interaction.entry)
    )
    return {str(entry): number for entry, number in counted}

"""What the bot could not answer, alike questions together, until somebody settles them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product

import numpy as np
from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.answering.decision import DecisionKind
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment
from fzbot.errors import CurationError
from fzbot.interactions.interaction import Interaction
from fzbot.knowledge.folding import fold

MOST_ROWS = 3000
MOST_TEXTS = 1200
ALIKE = 62
"""rapidfuzz ratio (0–100) from which two questions are shown together."""
RECENT = timedelta(days=7)
LOW_SCORE = 0.7


class Resolution(StrEnum):
    """What became of a question."""

    WORDING = "wording"
    ENTRY = "entry"
    DISMISSED = "dismissed"


class SettledQuestion(Base):
    """A question that staff have dealt with; `key` is the hash of its folded text, so it stays away when asked again."""

    __tablename__ = "settled_question"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    entry_id: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    staff: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)


class QuestionKind(StrEnum):
    """Which questions are to be worked."""

    UNKNOWN = "unknown"
    UNSURE = "unsure"
    COMPLAINT = "complaint"


@dataclass
class Cluster:
    """Questions that are alike, the most asked first."""

    texts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    recent: int = 0
    last_at: datetime | None = None

    @property
    def leader(self) -> str:
        """The question that stands for the others."""
        return next(iter(self.texts))


@dataclass(frozen=True)
class UnansweredFilter:
    """Whose questions, of which days and kind. `villages` None for all."""

    accounts: tuple[int, ...]
    first: date
    last: date
    kind: QuestionKind = QuestionKind.UNKNOWN
    villages: frozenset[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on the table."""
        found: list[ColumnElement[bool]] = [
            Interaction.account_id.in_(self.accounts),
            Interaction.day.between(self.first, self.last),
            Interaction.question.is_not(None),
            _OF_KIND[self.kind],
        ]
        if self.villages is not None:
            found.append(Interaction.village_id.in_(self.villages))
        return found


_OF_KIND: dict[QuestionKind, ColumnElement[bool]] = {
    QuestionKind.UNKNOWN: Interaction.decision == DecisionKind.UNKNOWN,
    QuestionKind.UNSURE: Interaction.decision.in_((DecisionKind.SUGGEST, DecisionKind.LIKELY))
    | ((Interaction.decision == DecisionKind.ANSWER) & (Interaction.score < LOW_SCORE)),
    QuestionKind.COMPLAINT: Interaction.entry == "chat.complaint",
}


def key_of(text: str) -> str:
    """The key under which a question is settled."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:32]


def clusters(session: Session, wanted: UnansweredFilter, now: datetime) -> list[Cluster]:
    """The questions that nobody has settled, alike ones together, the largest cluster first."""
    query = select(Interaction.account_id, Interaction.question, Interaction.at).where(*wanted.conditions())
    rows = session.execute(query.order_by(Interaction.id.desc()).limit(MOST_ROWS)).all()
    known = select(SettledQuestion.account_id, SettledQuestion.key)
    settled = set(session.execute(known.where(SettledQuestion.account_id.in_(wanted.accounts))).all())
    asked: dict[str, list[datetime]] = {}
    for account_id, text, at in rows:
        if text and fold(text) and (account_id, key_of(text)) not in settled:
            asked.setdefault(text, []).append(at)
    return _together(asked, now)


def resolve(session: Session, accounts: Sequence[int], texts: Sequence[str], outcome: Resolution, note: "Note") -> None:
    """Note what became of questions; `CurationError` when they are dismissed without a reason."""
    if outcome is Resolution.DISMISSED and not note.reason.strip():
        raise CurationError("请写不处理的原因，例如“不是法律问题”")
    for account_id, text in product(accounts, texts):
        session.merge(
            SettledQuestion(
                account_id=account_id,
                key=key_of(text),
                outcome=outcome,
                entry_id=note.entry_id,
                reason=note.reason.strip(),
                staff=note.actor.name,
                at=note.at,
            )
        )
    after = {"outcome": outcome.value, "entry": note.entry_id, "reason": note.reason}
    change = Change("question.settle", f"questions:{len(texts)}", after=after)
    audit.record(session, note.actor, change, note.at)


@dataclass(frozen=True)
class Note:
    """Who settles questions, when, why, and into which entry."""

    actor: Actor
    at: datetime
    reason: str = ""
    entry_id: str | None = None


def _together(asked: dict[str, list[datetime]], now: datetime) -> list[Cluster]:
    texts = sorted(asked, key=lambda text: (-len(asked[text]), text))[:MOST_TEXTS]
    found: dict[int, Cluster] = {}
    for number, leader in enumerate(_leaders([fold(text) for text in texts])):
        cluster = found.setdefault(leader, Cluster())
        moments = asked[texts[number]]
        cluster.texts[texts[number]] = len(moments)
        cluster.total += len(moments)
        cluster.recent += sum(now - moment <= RECENT for moment in moments)
        cluster.last_at = max([*moments, *([cluster.last_at] if cluster.last_at else [])])
    return sorted(found.values(), key=lambda cluster: (-cluster.total, cluster.leader))


def _leaders(folded: Sequence[str]) -> list[int]:
    """For each text the number of the first one that it is like, which may be itself."""
    if not folded:
        return []
    alike = process.cdist(folded, folded, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8) > 0
    leaders: list[int] = []
    for number in range(len(folded)):
        before = [other for other in np.flatnonzero(alike[number, :number]) if leaders[other] == other]
        leaders.append(int(before[0]) if before else number)
    return leaders

"""The ledger of activities: one row for each, with the villages it was for; every change goes into the audit log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment
from fzbot.people.village import Village

TEXT_LENGTH = 120
NOTE_LENGTH = 1000

Villages = Mapping[int, Village]

activity_village = Table(
    "activity_village",
    Base.metadata,
    Column("activity_id", ForeignKey("activity.id"), primary_key=True),
    Column("village_id", ForeignKey("village.id"), primary_key=True, index=True),
)


class Activity(Base):
    """An activity. A figure that was not written down is None, which is not 0."""

    __tablename__ = "activity"
    __table_args__ = (Index(None, "account_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    organiser: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    theme: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    sessions: Mapped[int | None]
    people: Mapped[int | None]
    materials: Mapped[int | None]
    disputes_found: Mapped[int | None]
    disputes_settled: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    typed_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    villages: Mapped[list[Village]] = relationship(secondary=activity_village, order_by=Village.id, lazy="selectin")
    photos: Mapped[list["ActivityPhoto"]] = relationship(
        cascade="all, delete-orphan", order_by="ActivityPhoto.id", lazy="selectin"
    )


class ActivityPhoto(Base):
    """A photo of an activity; `digest` is the SHA-256 of the stored file, and its name."""

    __tablename__ = "activity_photo"
    __table_args__ = (UniqueConstraint("activity_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    typed_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class ActivityFacts:
    """What is written down about an activity. No villages means the whole town."""

    kind: str
    day: date
    villages: tuple[int, ...] = ()
    organiser: str = ""
    theme: str = ""
    sessions: int | None = None
    people: int | None = None
    materials: int | None = None
    disputes_found: int | None = None
    disputes_settled: int | None = None
    note: str = ""

    def shown(self) -> dict[str, Any]:
        """As the audit log keeps it: only what was filled in."""
        filled = {key: value for key, value in asdict(self).items() if value not in ("", None, ())}
        return filled | {"day": self.day.isoformat(), "villages": list(self.villages)}


PLAIN_FACTS = tuple(key for key in ActivityFacts.__dataclass_fields__ if key != "villages")


def facts_of(activity: Activity) -> ActivityFacts:
    """What is written down about it."""
    plain = {key: getattr(activity, key) for key in PLAIN_FACTS}
    return ActivityFacts(villages=tuple(village.id for village in activity.villages), **plain)


def add(session: Session, account_id: int, facts: ActivityFacts, actor: Actor, at: datetime) -> Activity:
    """Write an activity down."""
    activity = Activity(account_id=account_id, typed_by=actor.name, created_at=at, changed_at=at)
    _fill(activity, facts, _villages_by_id(session, facts.villages))
    session.add(activity)
    session.flush()
    audit.record(session, actor, Change("activity.add", f"activity:{activity.id}", after=facts.shown()), at)
    return activity


def insert_many(session: Session, account_id: int, rows: Sequence[ActivityFacts], typed_by: str, at: datetime) -> None:
    """The rows alone, thousands in some tenths of a second; who imports them writes one audit event for all of them."""
    by_hand = {"account_id": account_id, "typed_by": typed_by, "created_at": at, "changed_at": at}
    values = [by_hand | {key: getattr(facts, key) for key in PLAIN_FACTS} for facts in rows]
    ids = session.scalars(insert(Activity).returning(Activity.id, sort_by_parameter_order=True), values)
    links = [
        {"activity_id": id_, "village_id": village}
        for id_, facts in zip(ids, rows, strict=True)
        for village in facts.villages
    ]
    if links:
        session.execute(insert(activity_village), links)


def change(session: Session, activity: Activity, facts: ActivityFacts, actor: Actor, at: datetime) -> None:
    """Correct what is written down; who typed it in first stays."""
    before = facts_of(activity).shown()
    _fill(activity, facts, _villages_by_id(session, facts.villages))
    activity.changed_at = at
    session.flush()
    audit.record(session, actor, Change("activity.change", f"activity:{activity.id}", before, facts.shown()), at)


def remove(session: Session, activity: Activity, actor: Actor, at: datetime) -> None:
    """Take an activity and its photos out of the ledger; the audit log keeps what was written."""
    subject, before = f"activity:{activity.id}", facts_of(activity).shown()
    session.delete(activity)
    session.flush()
    audit.record(session, actor, Change("activity.remove", subject, before), at)


def _villages_by_id(session: Session, ids: Iterable[int]) -> Villages:
    return {village.id: village for village in session.scalars(select(Village).where(Village.id.in_(ids)))}


def _fill(activity: Activity, facts: ActivityFacts, villages: Villages) -> None:
    for key in PLAIN_FACTS:
        setattr(activity, key, getattr(facts, key))
    activity.villages = [villages[id_] for id_ in facts.villages]

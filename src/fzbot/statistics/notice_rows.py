"""The rows behind the figures of notices: deliveries, openings, forwards. No row names a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.notices.authoring.notice import Notice, NoticeVersion
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.counts import DeliveryFilter, deliveries_of, forwards_of, reads_of, was_accepted
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import UNNAMED, NoticeRead

MOST = 1000
"""Openings and forwards are shown up to so many rows."""


@dataclass(frozen=True)
class PushRow:
    """A row as it is shown: `what` tells a way, a page or a group; `state` what became of it."""

    id: int
    day: date
    notice: int
    village: int | None
    what: str
    number: int
    delivered: int | None = None
    state: str = ""
    adviser: int | None = None


def deliveries(session: Session, wanted: DeliveryFilter, figure: str, before: int | None, size: int) -> list[PushRow]:
    """The newest deliveries from before an id on, of the figure `pushed`, `accepted` or `delivered`."""
    conditions = deliveries_of(session, wanted)
    if figure == "accepted":
        conditions.append(was_accepted())
    if figure == "delivered":
        conditions.append(Delivery.people_delivered > 0)
    if before is not None:
        conditions.append(Delivery.id < before)
    query = select(Delivery).where(*conditions).order_by(Delivery.id.desc()).limit(size)
    return [_delivery(row) for row in session.scalars(query)]


def reads(session: Session, wanted: DeliveryFilter) -> list[PushRow]:
    """Openings by day, notice, village and page, newest first."""
    query = select(NoticeRead).join(Notice, Notice.id == NoticeRead.notice_id).where(*reads_of(session, wanted))
    newest = query.order_by(NoticeRead.day.desc(), NoticeRead.notice_id.desc(), NoticeRead.village_id, NoticeRead.entry)
    return [
        PushRow(0, row.day, row.notice_id, None if row.village_id == UNNAMED else row.village_id, row.entry, row.number)
        for row in session.scalars(newest.limit(MOST))
    ]


def forwards(session: Session, wanted: DeliveryFilter) -> list[PushRow]:
    """Forwards, newest first."""
    query = select(Forward).where(*forwards_of(wanted))
    return [
        PushRow(row.id, row.day, row.notice_id, row.village_id, row.group_name, row.people, adviser=row.staff_id)
        for row in session.scalars(query.order_by(Forward.day.desc(), Forward.id.desc()).limit(MOST))
    ]


def titles(session: Session, notices: Collection[int]) -> dict[int, str]:
    """What notices are called, with the day on which each was written: titles come back every year."""
    if not notices:
        return {}
    query = (
        select(Notice.id, NoticeVersion.title, Notice.created_at)
        .join(NoticeVersion, (NoticeVersion.notice_id == Notice.id) & (NoticeVersion.number == Notice.version))
        .where(Notice.id.in_(notices))
    )
    return {id_: f"{title}（{china_day(made_at)}）" for id_, title, made_at in session.execute(query)}


def _delivery(row: Delivery) -> PushRow:
    assert row.day is not None  # noqa: S101 - only what was handed over counts
    state = DeliveryState(row.state).label + (f"（{row.reason}）" if row.reason else "")
    what = DeliveryMethod(row.way).label
    return PushRow(
        row.id, row.day, row.notice_id or 0, row.village_id, what, row.people, row.people_delivered, state
    )  # fmt: skip

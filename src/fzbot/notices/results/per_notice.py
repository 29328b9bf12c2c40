"""How a notice went, in numbers. What was addressed, accepted, delivered, read and forwarded is never added together."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.results.counts import was_accepted
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import NoticeRead, read_village
from fzbot.people.village import village_key

Villages = Collection[int] | None
"""Of which villages rows are counted; None for all, also those that belong to no village."""


@dataclass(frozen=True)
class NoticeResult:
    """People addressed, accepted by the platform or shown, confirmed by receipts; openings; forwards and group members."""

    addressed: int = 0
    accepted: int = 0
    delivered: int = 0
    reads: int = 0
    forwards: int = 0
    forwarded: int = 0


@dataclass(frozen=True)
class MethodResult:
    """Deliveries in one state: how many rows, for how many people."""

    state: DeliveryState
    rows: int
    people: int


Outcomes = dict[Any, NoticeResult]


def of_notices(session: Session, ids: Collection[int], villages: Villages = None) -> dict[int, NoticeResult]:
    """By notice."""
    keys = (Delivery.notice_id, NoticeRead.notice_id, Forward.notice_id)
    return _outcomes(session, keys, ids, villages)


def by_village(session: Session, notice_id: int, villages: Villages = None) -> dict[int, NoticeResult]:
    """Of one notice, by village; `NO_VILLAGE` where it names none."""
    keys = (village_key(Delivery.village_id), read_village(), village_key(Forward.village_id))
    return _outcomes(session, keys, [notice_id], villages)


def method_results(session: Session, notice_id: int, villages: Villages = None) -> list[MethodResult]:
    """The deliveries of a notice by state."""
    query = select(Delivery.state, func.count(), func.sum(Delivery.people)).where(Delivery.notice_id == notice_id)
    rows = session.execute(query.where(*_within(Delivery.village_id, villages)).group_by(Delivery.state)).all()
    found = [MethodResult(DeliveryState(state), number, int(people)) for state, number, people in rows]
    return sorted(found, key=lambda result: list(DeliveryState).index(result.state))


def reasons(session: Session, notice_id: int, villages: Villages = None) -> list[tuple[DeliveryState, str, int]]:
    """Why deliveries stand where they stand, with numbers of people; most first."""
    people = func.sum(Delivery.people)
    query = select(Delivery.state, Delivery.reason, people).where(
        Delivery.notice_id == notice_id, Delivery.reason != ""
    )
    query = query.where(*_within(Delivery.village_id, villages)).group_by(Delivery.state, Delivery.reason)
    rows = session.execute(query.order_by(people.desc(), Delivery.reason)).all()
    return [(DeliveryState(state), reason, int(number)) for state, reason, number in rows]


def reads_by_page(session: Session, notice_id: int, villages: Villages = None) -> dict[str, int]:
    """How often each page was opened through the notice's links; "" is the page of the notice itself."""
    number = func.sum(NoticeRead.number)
    query = select(NoticeRead.entry, number).where(NoticeRead.notice_id == notice_id)
    query = query.where(*_within(NoticeRead.village_id, villages)).group_by(NoticeRead.entry)
    return {entry: int(count) for entry, count in session.execute(query.order_by(number.desc()))}


def _outcomes(session: Session, keys: tuple[Any, Any, Any], ids: Collection[int], villages: Villages) -> Outcomes:
    found: dict[Any, dict[str, int]] = {}
    for key, row in (
        *_sums(session, keys[0], Delivery, ids, villages),
        *_sums(session, keys[1], NoticeRead, ids, villages),
        *_sums(session, keys[2], Forward, ids, villages),
    ):
        found.setdefault(key, {}).update(row)
    return {key: NoticeResult(**values) for key, values in found.items()}


def _sums(
    session: Session, key: Any, table: type[Delivery | NoticeRead | Forward], ids: Collection[int], villages: Villages
) -> list[tuple[Any, dict[str, int]]]:
    query = select(key.label("key"), *_COLUMNS[table]).where(
        table.notice_id.in_(ids), *_within(table.village_id, villages)
    )
    return [(row.key, _numbers(row)) for row in session.execute(query.group_by(key))]


def _numbers(row: Row[Any]) -> dict[str, int]:
    names = {field.name for field in fields(NoticeResult)}
    return {name: int(value or 0) for name, value in row._mapping.items() if name in names}  # noqa: SLF001 - its public name


def _within(column: InstrumentedAttribute[Any], villages: Villages) -> list[ColumnElement[bool]]:
    return [] if villages is None else [column.in_(villages)]


_COLUMNS: dict[type, list[ColumnElement[int]]] = {
    Delivery: [
        func.sum(Delivery.people).label("addressed"),
        func.sum(case((was_accepted(), Delivery.people), else_=0)).label("accepted"),
        func.sum(Delivery.people_delivered).label("delivered"),
    ],
    NoticeRead: [func.sum(NoticeRead.number).label("reads")],
    Forward: [func.count().label("forwards"), func.sum(Forward.people).label("forwarded")],
}

"""Counting notices: what was pushed, accepted, delivered, read and forwarded, by notice, village, adviser or month.

A delivery counts on the day on which it was handed to the platform, whatever day its receipt came; an opening and a
forward on their own day. What one mass send takes to several villages at once belongs to no village.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.clock import day_bounds
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import Notice
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import NoticeRead, read_village
from fzbot.people.village import NO_VILLAGE, village_key

NOBODY = -1
"""Stands for a notice whose author is no staff member any more."""


@dataclass(frozen=True)
class DeliveryFilter:
    """Which rows: of accounts, days, villages (None for all, -1 among them for those of none), one notice, one adviser.

    What belongs to no village counts too where its notice went to none but the villages in `joint`.
    """

    accounts: tuple[int, ...]
    first: date
    last: date
    villages: frozenset[int] | None = None
    notice: int | None = None
    adviser: int | None = None
    joint: frozenset[int] = frozenset()


class GroupBy(StrEnum):
    """What counts are told apart by."""

    NOTICE = "notice"
    VILLAGE = "village"
    ADVISER = "adviser"
    MONTH = "month"


@dataclass(frozen=True)
class Tally:
    """Counts that are never added to each other. `groups` and `forwarded` are typed in by advisers."""

    notices: int = 0
    pushed: int = 0
    accepted: int = 0
    delivered: int = 0
    read: int = 0
    groups: int = 0
    forwarded: int = 0


@dataclass(frozen=True)
class Cell:
    """What was counted of one notice for one village in one month, by or for one adviser."""

    notice: int
    village: int
    adviser: int
    month: str
    counts: Mapping[str, int]

    def key(self, by: GroupBy) -> int | str:
        """Where it belongs: the id of a notice, village or staff member (-1 for none), or a month such as 2026-11."""
        if by is GroupBy.MONTH:
            return self.month
        return {GroupBy.NOTICE: self.notice, GroupBy.VILLAGE: self.village, GroupBy.ADVISER: self.adviser}[by]


def cells(session: Session, wanted: DeliveryFilter) -> list[Cell]:
    """Everything that was counted, in as few parts as tell it all."""
    found = []
    for names, query in (_pushed(session, wanted), _read(session, wanted), _forwarded(wanted)):
        rows = session.execute(query).all()
        authors = _authors(session, {row[0] for row in rows})
        for notice, village, adviser, day, *numbers in rows:
            by = authors.get(notice) if adviser is None else adviser
            counts = dict(zip(names, map(int, numbers), strict=True))
            found.append(Cell(notice, village, NOBODY if by is None else by, f"{day:%Y-%m}", counts))
    return found


def total(parts: Iterable[Cell]) -> Tally:
    """All together. A notice that was only read counts as none of the days' own."""
    notices: set[int] = set()
    counts = Counter[str]()
    for cell in parts:
        counts.update(cell.counts)
        if set(cell.counts) != {"read"}:
            notices.add(cell.notice)
    return Tally(notices=len(notices), **counts)


def grouped_by(parts: Iterable[Cell], by: GroupBy) -> dict[int | str, Tally]:
    """By notice, village, adviser or month."""
    groups: dict[int | str, list[Cell]] = defaultdict(list)
    for cell in parts:
        groups[cell.key(by)].append(cell)
    return {key: total(group) for key, group in groups.items()}


def deliveries_of(session: Session, wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    """The conditions on deliveries that count as pushed."""
    return [
        Delivery.account_id.in_(wanted.accounts),
        Delivery.day.between(wanted.first, wanted.last),
        Delivery.notice_id.is_not(None),
        *_own_or_joint(session, wanted, village_key(Delivery.village_id), Delivery.notice_id),
        *_of_notice(wanted, Delivery.notice_id),
        *_by_author(wanted, Delivery.notice_id),
    ]


def reads_of(session: Session, wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    """The conditions on openings, joined with their notices."""
    return [
        Notice.account_id.in_(wanted.accounts),
        NoticeRead.day.between(wanted.first, wanted.last),
        *_own_or_joint(session, wanted, read_village(), NoticeRead.notice_id),
        *_of_notice(wanted, NoticeRead.notice_id),
        *_by_author(wanted, NoticeRead.notice_id),
    ]


def forwards_of(wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    """The conditions on forwards; their adviser is the one who typed them in."""
    return [
        Forward.account_id.in_(wanted.accounts),
        Forward.day.between(wanted.first, wanted.last),
        *([] if wanted.villages is None else [village_key(Forward.village_id).in_(wanted.villages)]),
        *_of_notice(wanted, Forward.notice_id),
        *([] if wanted.adviser is None else [func.coalesce(Forward.staff_id, NOBODY) == wanted.adviser]),
    ]


def was_accepted() -> ColumnElement[bool]:
    """Whether the platform took it, even if it said later that it did not arrive."""
    return Delivery.state.in_([DeliveryState.ACCEPTED, DeliveryState.DELIVERED]) | Delivery.msg_id.is_not(None)


Counted = tuple[tuple[str, ...], Select[*tuple[Any, ...]]]
"""Names of counts, and the query that gives notice, village, adviser (None: the author), day and those counts."""


def _pushed(session: Session, wanted: DeliveryFilter) -> Counted:
    # Grouped in the order of an index that holds everything that is asked for: a million rows are never looked at.
    keys = (Delivery.day, Delivery.notice_id, Delivery.village_id)
    accepted = func.sum(case((was_accepted(), Delivery.people), else_=0))
    sums = (func.sum(Delivery.people), accepted, func.sum(Delivery.people_delivered))
    query = select(Delivery.notice_id, village_key(Delivery.village_id), null(), Delivery.day, *sums)
    return ("pushed", "accepted", "delivered"), query.where(*deliveries_of(session, wanted)).group_by(*keys)


def _read(session: Session, wanted: DeliveryFilter) -> Counted:
    keys = (NoticeRead.notice_id, NoticeRead.village_id, NoticeRead.day)
    query = select(NoticeRead.notice_id, read_village(), null(), NoticeRead.day, func.sum(NoticeRead.number))
    joined = query.join(Notice, Notice.id == NoticeRead.notice_id)
    return ("read",), joined.where(*reads_of(session, wanted)).group_by(*keys)


def _forwarded(wanted: DeliveryFilter) -> Counted:
    adviser = func.coalesce(Forward.staff_id, NOBODY)
    keys = (Forward.notice_id, Forward.village_id, Forward.staff_id, Forward.day)
    sums = (func.count(), func.sum(Forward.people))
    query = select(Forward.notice_id, village_key(Forward.village_id), adviser, Forward.day, *sums)
    return ("groups", "forwarded"), query.where(*forwards_of(wanted)).group_by(*keys)


def _authors(session: Session, notices: set[int]) -> dict[int, int | None]:
    query = select(Notice.id, Notice.author_id).where(Notice.id.in_(notices))
    return dict(session.execute(query).all()) if notices else {}


def _own_or_joint(
    session: Session, wanted: DeliveryFilter, village: ColumnElement[int], notice: InstrumentedAttribute[Any]
) -> list[ColumnElement[bool]]:
    if wanted.villages is None:
        return []
    own = village.in_(wanted.villages)
    joint = _joint_notices(session, wanted)
    return [own | ((village == NO_VILLAGE) & notice.in_(joint)) if joint else own]


def _joint_notices(session: Session, wanted: DeliveryFilter) -> list[int]:
    """The notices that went to some of the joint villages, and to nobody else."""
    if not wanted.joint:
        return []
    query = select(Notice.id, Notice.audience).where(
        Notice.account_id.in_(wanted.accounts), Notice.created_at < day_bounds(wanted.first, wanted.last)[1]
    )
    to = {id_: Audience.from_json(stored).villages for id_, stored in session.execute(query)}
    return [id_ for id_, villages in to.items() if villages is not None and wanted.joint.issuperset(villages)]


def _of_notice(wanted: DeliveryFilter, notice: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    return [] if wanted.notice is None else [notice == wanted.notice]


def _by_author(wanted: DeliveryFilter, notice: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    if wanted.adviser is None:
        return []
    theirs = select(Notice.id).where(
        Notice.account_id.in_(wanted.accounts), func.coalesce(Notice.author_id, NOBODY) == wanted.adviser
    )
    return [notice.in_(theirs)]

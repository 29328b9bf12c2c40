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

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.notices.delivery import Delivery, State
from fzbot.notices.forwards import Forward
from fzbot.notices.notice import Notice
from fzbot.notices.reading import NoticeRead

NO_VILLAGE = -1
NOBODY = -1
"""Stands for a notice whose author is no staff member any more."""


@dataclass(frozen=True)
class Wanted:
    """Which rows: of accounts, days, villages (None for all, -1 among them for those of none), one notice, one adviser."""

    accounts: tuple[int, ...]
    first: date
    last: date
    villages: frozenset[int] | None = None
    notice: int | None = None
    adviser: int | None = None


class By(StrEnum):
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

    def key(self, by: By) -> int | str:
        """Where it belongs: the id of a notice, village or staff member (-1 for none), or a month such as 2026-11."""
        if by is By.MONTH:
            return self.month
        return {By.NOTICE: self.notice, By.VILLAGE: self.village, By.ADVISER: self.adviser}[by]


def cells(session: Session, wanted: Wanted) -> list[Cell]:
    """Everything that was counted, in as few parts as tell it all."""
    found = []
    for names, query in (_pushed(wanted), _read(wanted), _forwarded(wanted)):
        for notice, village, adviser, month, *numbers in session.execute(query):
            found.append(Cell(notice, village, adviser, month, dict(zip(names, numbers, strict=True))))
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


def told_apart(parts: Iterable[Cell], by: By) -> dict[int | str, Tally]:
    """By notice, village, adviser or month."""
    groups: dict[int | str, list[Cell]] = defaultdict(list)
    for cell in parts:
        groups[cell.key(by)].append(cell)
    return {key: total(group) for key, group in groups.items()}


def deliveries_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on deliveries, joined with their notices, that count as pushed."""
    return [
        Delivery.account_id.in_(wanted.accounts),
        Delivery.day.between(wanted.first, wanted.last),
        Delivery.notice_id.is_not(None),
        *_own(wanted, Delivery.village_id),
        *_of_notice(wanted, Notice.author_id),
    ]


def reads_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on openings, joined with their notices."""
    own = [] if wanted.villages is None else [_read_village().in_(wanted.villages)]
    return [
        Notice.account_id.in_(wanted.accounts),
        NoticeRead.day.between(wanted.first, wanted.last),
        *own,
        *_of_notice(wanted, Notice.author_id),
    ]


def forwards_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on forwards, joined with their notices; their adviser is the one who typed them in."""
    return [
        Forward.account_id.in_(wanted.accounts),
        Forward.day.between(wanted.first, wanted.last),
        *_own(wanted, Forward.village_id),
        *_of_notice(wanted, Forward.staff_id),
    ]


def was_accepted() -> ColumnElement[bool]:
    """Whether the platform took it, even if it said later that it did not arrive."""
    return Delivery.state.in_([State.ACCEPTED, State.DELIVERED]) | Delivery.msg_id.is_not(None)


Counted = tuple[tuple[str, ...], Select[*tuple[Any, ...]]]
"""Names of counts, and the query that gives notice, village, adviser, month and those counts."""


def _pushed(wanted: Wanted) -> Counted:
    keys = _keys(_known(Delivery.village_id), Notice.author_id, Delivery.day)
    accepted = case((was_accepted(), Delivery.people), else_=0)
    query = select(*keys, _sum(Delivery.people), _sum(accepted), _sum(Delivery.people_delivered))
    joined = query.join(Notice, Notice.id == Delivery.notice_id).where(*deliveries_of(wanted))
    return ("pushed", "accepted", "delivered"), joined.group_by(*keys)


def _read(wanted: Wanted) -> Counted:
    keys = _keys(_read_village(), Notice.author_id, NoticeRead.day)
    query = select(*keys, _sum(NoticeRead.number)).join(Notice, Notice.id == NoticeRead.notice_id)
    return ("read",), query.where(*reads_of(wanted)).group_by(*keys)


def _forwarded(wanted: Wanted) -> Counted:
    keys = _keys(_known(Forward.village_id), Forward.staff_id, Forward.day)
    query = select(*keys, func.count(), _sum(Forward.people)).join(Notice, Notice.id == Forward.notice_id)
    return ("groups", "forwarded"), query.where(*forwards_of(wanted)).group_by(*keys)


def _keys(village: ColumnElement[int], adviser: Any, day: Any) -> tuple[ColumnElement[Any], ...]:
    month = func.substr(cast(day, String), 1, len("2026-11"))
    return Notice.id.expression, village, func.coalesce(adviser, NOBODY), month


def _sum(column: Any) -> ColumnElement[int]:
    return cast(func.sum(column), Integer)


def _own(wanted: Wanted, village: InstrumentedAttribute[int | None]) -> list[ColumnElement[bool]]:
    return [] if wanted.villages is None else [_known(village).in_(wanted.villages)]


def _of_notice(wanted: Wanted, adviser: InstrumentedAttribute[int | None]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.notice is not None:
        found.append(Notice.id == wanted.notice)
    if wanted.adviser is not None:
        found.append(func.coalesce(adviser, NOBODY) == wanted.adviser)
    return found


def _known(village: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    return func.coalesce(village, NO_VILLAGE)


def _read_village() -> ColumnElement[int]:
    return func.coalesce(func.nullif(NoticeRead.village_id, 0), NO_VILLAGE)

"""From a scheduled notice to its deliveries."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fzbot.db import take_turns
from fzbot.errors import NoticeError, NoticeWaitsError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring import validation
from fzbot.notices.authoring.audience import members
from fzbot.notices.authoring.notice import Notice, NoticePlan, NoticeState
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.push import Pushes
from fzbot.notices.sending import quota
from fzbot.notices.sending.reply_window import in_window
from fzbot.people.follower import Follower

CHUNK = 5000
LIST_MOST = 10_000
LIST_LEAST = 2
"""How many openids a mass send to a list takes (platform limits)."""
COLUMNS = (
    "account_id",
    "notice_id",
    "way",
    "openid_hash",
    "village_id",
    "target",
    "people",
    "state",
    "queued_at",
    "not_before",
    "attempts",
    "people_delivered",
    "reason",
)


def due(session: Session, now: datetime) -> list[Notice]:
    """The scheduled notices whose time has come."""
    query = select(Notice).where(Notice.state == NoticeState.SCHEDULED, Notice.scheduled_at <= now)
    return list(session.scalars(query.order_by(Notice.scheduled_at, Notice.id)))


def start(session: Session, notice: Notice, pushes: Pushes, now: datetime) -> None:
    """Begin sending; a notice that cannot be sent fails or is paused, and says why. Of several workers one begins."""
    if not notices.move(session, notice, (NoticeState.SCHEDULED,), NoticeState.SENDING):
        return
    notice.started_at = now
    try:
        kind = validation.check(notice.account_id, NoticePlan(DeliveryMethod(notice.way), notice.goes_to), pushes)
        if notice.way == DeliveryMethod.MASS:
            _add_batches(session, notice, kind, now)
        elif notice.way == DeliveryMethod.DRAFT:
            _add_batch(session, notice, now, {"draft": True}, 0)
    except NoticeWaitsError as error:
        notice.state, notice.note = NoticeState.PAUSED, str(error)[:200]
        return
    except NoticeError as error:
        notice.state, notice.finished_at, notice.note = NoticeState.FAILED, now, str(error)[:200]
    notice.is_enqueued = not DeliveryMethod(notice.way).is_personal


def unfinished(session: Session) -> list[int]:
    """The notices under way that do not have all their deliveries yet."""
    query = select(Notice.id).where(Notice.state == NoticeState.SENDING, Notice.is_enqueued.is_(False))
    return list(session.scalars(query.order_by(Notice.id)))


def add_chunk(session: Session, notice_id: int, now: datetime, size: int = CHUNK) -> int:
    """Make the deliveries to the next followers, one for each whom the notice is for; returns how many were looked at.

    May be repeated at any time.
    """
    take_turns(session, "enqueue")
    notice = session.get_one(Notice, notice_id, populate_existing=True)
    if notice.is_enqueued or notice.state != NoticeState.SENDING:
        return 0
    # The next followers whoever they are: that is quick, so the audience is worked out once, and for these alone.
    following = (Follower.account_id == notice.account_id, Follower.id > notice.enqueued_to)
    ids = select(Follower.id).where(*following).order_by(Follower.id).limit(size).subquery()
    last, number = session.execute(select(func.max(ids.c.id), func.count())).one()
    if number:
        wanted = members(notice.account_id, notice.goes_to, notice.started_at or now)
        if notice.way == DeliveryMethod.CUSTOMER:
            wanted.append(in_window(notice.account_id, now))
        _insert(session, _rows(notice, now).where(*wanted, Follower.id.between(notice.enqueued_to + 1, last)))
        notice.enqueued_to = last
    notice.is_enqueued = number < size
    return int(number)


def even_parts(ids: Sequence[int], most: int) -> list[Sequence[int]]:
    """Parts of at most `most`, even, so that no list is left with a single person."""
    parts = math.ceil(len(ids) / most)
    return [ids[part * len(ids) // parts : (part + 1) * len(ids) // parts] for part in range(parts)]


def _rows(notice: Notice, now: datetime) -> Select[*tuple[Any, ...]]:
    moment = literal(now, Delivery.queued_at.type)
    return select(
        literal(notice.account_id),
        literal(notice.id),
        literal(notice.way),
        Follower.openid_hash,
        Follower.village_id,
        null(),
        literal(1),
        literal((DeliveryState.WAITING if notice.way == DeliveryMethod.NEXT_REPLY else DeliveryState.QUEUED).value),
        moment,
        moment,
        literal(0),
        literal(0),
        literal(""),
    )


def _insert(session: Session, rows: Select[*tuple[Any, ...]]) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Delivery).from_select(COLUMNS, rows).on_conflict_do_nothing())


def _add_batches(session: Session, notice: Notice, kind: AccountKind, now: datetime) -> None:
    audience = notice.goes_to
    query = select(Follower.id).where(*members(notice.account_id, audience, now)).order_by(Follower.id)
    ids = list(session.scalars(query))
    if not ids:
        raise NoticeError("选中的人里现在一个关注者也没有")
    if not validation.is_one_send(audience) and len(ids) < LIST_LEAST:
        raise NoticeError(f"按名单群发至少要 {LIST_LEAST} 个人，现在只有 {len(ids)} 个")
    if not quota.take_mass(session, notice.account_id, kind, audience.villages, now):
        raise NoticeWaitsError(
            "本月的群发次数用完了，下个月再继续" if kind.is_service else "今天已经群发过一次，明天再继续"
        )
    if audience.is_everyone:
        _add_batch(session, notice, now, {"all": True}, len(ids))
    elif validation.is_one_send(audience):
        _add_batch(session, notice, now, {"village": (audience.villages or (0,))[0]}, len(ids))
    else:
        own = {"village": audience.villages[0]} if audience.villages and len(audience.villages) == 1 else {}
        for chosen in even_parts(ids, LIST_MOST):
            _add_batch(session, notice, now, {"first": chosen[0], "last": chosen[-1]} | own, len(chosen))


def _add_batch(session: Session, notice: Notice, now: datetime, target: Mapping[str, object], people: int) -> None:
    village = target.get("village")
    session.add(
        Delivery(
            account_id=notice.account_id,
            notice_id=notice.id,
            way=notice.way,
            village_id=village if isinstance(village, int) else None,
            target=dict(target),
            people=people,
            state=DeliveryState.QUEUED,
            queued_at=now,
            not_before=now,
        )
    )
    session.flush()

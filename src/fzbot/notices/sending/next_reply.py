"""Shown at the next contact: what waits for a follower rides with the reply to their next message, once.

A row is claimed with the interaction's key before the reply is made. Posts of the same key share the claim and make the
same reply; another post finds the row taken. Once the interaction is stored, its reply says whether the row rode with it.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, select, update
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.db import reading, take_turns, writing
from fzbot.handovers.handover import Handover
from fzbot.interactions.interaction import Interaction
from fzbot.notices.authoring import wording
from fzbot.notices.authoring.notice import Notice, NoticeVersion
from fzbot.notices.authoring.wording import Links
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import handover_answers

log = logging.getLogger(__name__)

LEASE = timedelta(days=1)
"""How long a claim waits for its interaction, which may lie in the spool."""
LASTS = timedelta(days=30)
LAPSED = "30 天内没有来消息，没有看到"
ANSWER_HEAD = "法律顾问答复您的问题："
BATCH = 500
LOOK_SECONDS = 3.0


@dataclass(frozen=True)
class WaitingItem:
    """Something for a follower: whole, and as one line that leads to it (empty where there is none). Answers go first."""

    id: int
    full: str
    short: str
    is_answer: bool


class NextReplyItems:
    """What waits, for the conversation. While nothing waits for anybody, asking costs nothing."""

    def __init__(self, engine: Engine, links: Links, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._links = links
        self._clock = clock
        self._looked_at = -LOOK_SECONDS
        self._is_any = False

    def waiting(self, account_id: int, person: str, key: str) -> Sequence[WaitingItem]:
        """What waits for a follower, answers first; `key` is that of the interaction."""
        if not self._anything():
            return ()
        mine = (Delivery.state == DeliveryState.WAITING) | (
            (Delivery.state == DeliveryState.CLAIMED) & (Delivery.claim == key)
        )
        with reading(self._engine) as session:
            query = select(Delivery).where(
                Delivery.account_id == account_id,
                Delivery.openid_hash == person,
                Delivery.way == DeliveryMethod.NEXT_REPLY,
                mine,
            )
            rows = session.scalars(query.order_by(Delivery.handover_id.is_(None), Delivery.id)).all()
            return [self._shown(session, row) for row in rows]

    def claim(self, ids: Collection[int], key: str, now: datetime) -> frozenset[int]:
        """Claim rows for an interaction; returns those that may ride with its reply."""
        free = (Delivery.state == DeliveryState.WAITING) | (
            (Delivery.state == DeliveryState.CLAIMED) & (Delivery.claim == key)
        )
        values = {"state": DeliveryState.CLAIMED, "claim": key, "lease_until": now + LEASE, "attempted_at": now}
        with writing(self._engine) as session:
            claimed = session.scalars(
                update(Delivery).where(Delivery.id.in_(ids), free).values(values).returning(Delivery.id),
                execution_options={"synchronize_session": False},
            )
            return frozenset(claimed)

    def _anything(self) -> bool:
        now = self._clock()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now  # also when it fails: while the database is away, one turn in a while waits for it
            with reading(self._engine) as session:
                self._is_any = session.scalar(select(Delivery.id).where(*_pending()).limit(1)) is not None
        return self._is_any

    def _shown(self, session: Session, row: Delivery) -> WaitingItem:
        if row.handover_id is not None:
            handover = session.get_one(Handover, row.handover_id)
            return WaitingItem(row.id, f"{ANSWER_HEAD}\n{handover.answer or ''}", "", is_answer=True)
        notice = session.get_one(Notice, row.notice_id)
        words = session.get_one(NoticeVersion, (notice.id, notice.version)).words
        link = self._links.answer(words, notice.id, row.village_id)
        page = self._links.page(notice.id, row.village_id)
        return WaitingItem(row.id, wording.full(words, link), wording.short(words, page), is_answer=False)


def record_shown(session: Session, now: datetime) -> int:
    """Write down what rode with a reply that is stored; returns how many rows were settled."""
    query = (
        select(Delivery, Interaction.reply)
        .outerjoin(Interaction, (Interaction.account_id == Delivery.account_id) & (Interaction.key == Delivery.claim))
        .where(Delivery.state == DeliveryState.CLAIMED, Delivery.way == DeliveryMethod.NEXT_REPLY)
        .where(Interaction.id.is_not(None) | (Delivery.lease_until < now))
        .limit(BATCH)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    found = session.execute(query).all()
    for row, reply in found:
        if reply is not None and _mark(session, row) in reply:
            _ride(session, row, now)
        else:
            row.state, row.claim, row.lease_until, row.attempted_at = DeliveryState.WAITING, None, None, None
    session.flush()
    return len(found)


def lapse(session: Session, now: datetime) -> int:
    """Give up on what waited too long; returns how many rows."""
    values: dict[str, Any] = {"state": DeliveryState.FAILED, "reason": LAPSED, "settled_at": now}
    gone = session.scalars(
        update(Delivery)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.queued_at < now - LASTS)
        .values(values)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


def stop(session: Session, notice_id: int, now: datetime) -> int:
    """Show a notice to nobody else; returns how many had not seen it."""
    take_turns(session, "enqueue")  # a chunk that is being made belongs to it too, and no other follows
    session.execute(update(Notice).where(Notice.id == notice_id).values(is_enqueued=True))
    values: dict[str, Any] = {"state": DeliveryState.CANCELLED, "settled_at": now}
    gone = session.scalars(
        update(Delivery)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.notice_id == notice_id)
        .values(values)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


def _ride(session: Session, row: Delivery, now: datetime) -> None:
    row.state, row.settled_at, row.claim, row.lease_until = DeliveryState.ACCEPTED, now, None, None
    row.day, row.attempts, row.reason = china_day(row.attempted_at or now), row.attempts + 1, ""
    handover_answers.mark_delivered(session, row, now)


def _mark(session: Session, row: Delivery) -> str:
    """Words that a reply has if the row rode with it."""
    if row.handover_id is not None:
        return ANSWER_HEAD
    notice = session.get_one(Notice, row.notice_id)
    return f"【{session.get_one(NoticeVersion, (notice.id, notice.version)).title.strip()}】"


def _pending() -> list[ColumnElement[bool]]:
    return [
        Delivery.state.in_([DeliveryState.WAITING, DeliveryState.CLAIMED]),
        Delivery.way == DeliveryMethod.NEXT_REPLY,
    ]

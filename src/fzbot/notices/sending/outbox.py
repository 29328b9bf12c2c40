"""The outbox: who may send which delivery, and what became of it. At most one attempt is ever under way for each.

`claim` leases rows to a worker. `mark_attempt` marks them, durably, right before the platform is called; a row so marked
whose worker dies becomes unknown and is never simply sent again. An unmarked row whose lease ends is queued again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import pausing

CLIENT_ID_LASTS = timedelta(hours=23)
"""How long a mass send may be repeated under its `clientmsgid`; the platform remembers it for 24 h."""
SENT_BY_WORKER = tuple(way.value for way in DeliveryMethod if way.calls_platform)
WORKER_LOST = "发送时程序中断，不确定微信收到没有"


@dataclass(frozen=True)
class RetryPolicy:
    """How long things take: leases, waits between tries, and how many tries."""

    lease: timedelta = timedelta(seconds=60)
    backoff: timedelta = timedelta(seconds=5)
    longest_backoff: timedelta = timedelta(minutes=10)
    reconcile: timedelta = timedelta(seconds=15)
    receipt_wait: timedelta = timedelta(hours=1)
    most_attempts: int = 8


@dataclass(frozen=True)
class Lease:
    """A worker's claim: its name, and until when it holds."""

    worker: str
    now: datetime
    until: datetime


def claim(session: Session, lease: Lease, limit: int, closed: Collection[tuple[int, str]]) -> list[int]:
    """Lease up to `limit` queued rows, oldest first; `closed` names the accounts and ways that must wait."""
    condition = [Delivery.state == DeliveryState.QUEUED, Delivery.not_before <= lease.now, pausing.may_go_on()]
    if closed:
        condition.append(tuple_(Delivery.account_id, Delivery.way).not_in(list(closed)))
    return _lease(session, lease, limit, condition)


def claim_unknown(session: Session, lease: Lease, limit: int, closed: Collection[tuple[int, str]]) -> list[int]:
    """Lease mass sends of unknown result: repeating them under the same `clientmsgid` tells, and cannot send twice."""
    condition = [
        Delivery.state == DeliveryState.UNKNOWN,
        Delivery.way == DeliveryMethod.MASS,
        Delivery.reconcile_at <= lease.now,
        Delivery.attempted_at > lease.now - CLIENT_ID_LASTS,
    ]
    if closed:
        condition.append(tuple_(Delivery.account_id, Delivery.way).not_in(list(closed)))
    return _lease(session, lease, limit, condition)


def mark_attempt(session: Session, worker: str, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Mark rows as about to be sent; only those that are still the worker's, which it returns, may be sent."""
    marked = session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.claim == worker, Delivery.state == DeliveryState.CLAIMED)
        .values(
            attempted_at=func.coalesce(Delivery.attempted_at, now),
            day=func.coalesce(Delivery.day, china_day(now)),
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return frozenset(marked)


def give_back(session: Session, worker: str, ids: Sequence[int]) -> None:
    """Put rows that were not attempted back into the queue."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(ids),
            Delivery.claim == worker,
            Delivery.state == DeliveryState.CLAIMED,
            Delivery.attempted_at.is_(None),
        )
        .values(state=DeliveryState.QUEUED, claim=None, lease_until=None),
        execution_options={"synchronize_session": False},
    )


def sweep(session: Session, pace: RetryPolicy, now: datetime) -> int:
    """Settle what workers left behind that are gone; returns how many rows that were."""
    over = [Delivery.state == DeliveryState.CLAIMED, Delivery.lease_until < now, Delivery.way.in_(SENT_BY_WORKER)]
    again = {"state": DeliveryState.QUEUED, "claim": None, "lease_until": None}
    lost = {
        "state": DeliveryState.UNKNOWN,
        "reason": WORKER_LOST,
        "reconcile_at": now + pace.reconcile,
        "settled_at": now,
    }
    options = {"synchronize_session": False}
    queued = session.execute(
        update(Delivery).where(*over, Delivery.attempted_at.is_(None)).values(again).returning(Delivery.id),
        execution_options=options,
    ).all()
    unclear = session.execute(
        update(Delivery).where(*over, Delivery.attempted_at.is_not(None)).values(lost).returning(Delivery.id),
        execution_options=options,
    ).all()
    return len(queued) + len(unclear)


def backlog(session: Session, now: datetime) -> tuple[int, timedelta]:
    """How many deliveries are due and not sent yet, and for how long the oldest has been."""
    due = select(func.count(), func.min(Delivery.not_before)).where(
        Delivery.state == DeliveryState.QUEUED, Delivery.not_before <= now, pausing.may_go_on()
    )
    number, oldest = session.execute(due).one()
    return number, now - oldest if oldest else timedelta()


def close_unknown(session: Session, pace: RetryPolicy, now: datetime) -> int:
    """Stop looking into what can no longer be found out; such rows stay unknown. Returns how many."""
    waiting = [Delivery.state == DeliveryState.UNKNOWN, Delivery.reconcile_at.is_not(None)]
    asked_once = Delivery.way.in_([DeliveryMethod.CUSTOMER, DeliveryMethod.DRAFT])
    past_receipt = (Delivery.way == DeliveryMethod.TEMPLATE) & (Delivery.attempted_at < now - pace.receipt_wait)
    past_client_id = (Delivery.way == DeliveryMethod.MASS) & (Delivery.attempted_at < now - CLIENT_ID_LASTS)
    closed = session.execute(
        update(Delivery)
        .where(*waiting, asked_once | past_receipt | past_client_id)
        .values(reconcile_at=None)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(closed.all())


def _lease(session: Session, lease: Lease, limit: int, condition: list[ColumnElement[bool]]) -> list[int]:
    free = select(Delivery.id).where(*condition).order_by(Delivery.id).limit(limit)
    ids = list(session.scalars(free.with_for_update(skip_locked=True)))
    if ids:
        values = {"state": DeliveryState.CLAIMED, "claim": lease.worker, "lease_until": lease.until}
        session.execute(
            update(Delivery).where(Delivery.id.in_(ids)).values(values),
            execution_options={"synchronize_session": False},
        )
    return ids

"""Writing down what the platform said to a delivery."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fzbot.notices import answers, receipts
from fzbot.notices.delivery import Delivery, State
from fzbot.notices.outbox import Pace
from fzbot.notices.push import Accepted, Fate, Pause, Postponed, Refused, Unclear
from fzbot.notices.quota import next_day, next_minute, stop
from fzbot.notices.ways import Way
from fzbot.runtime.metrics import DELIVERIES


def settle(session: Session, delivery: Delivery, fate: Fate, pace: Pace, now: datetime) -> None:
    """Put the fate of an attempt into its row. A receipt that was faster than the answer is taken in."""
    delivery.claim = delivery.lease_until = None
    is_repeat = delivery.reconcile_at is not None
    match fate:
        case Accepted(msg_id):
            delivery.state, delivery.settled_at, delivery.reconcile_at = State.ACCEPTED, now, None
            delivery.msg_id, delivery.reason = msg_id or None, ""
            receipts.match(session, delivery)
        case Refused() | Postponed() if is_repeat:
            _look_again(session, delivery, fate, pace, now)
        case Refused(reason, code):
            fail(delivery, reason, code, now)
        case Postponed():
            _postpone(session, delivery, fate, pace, now)
        case Unclear(reason):
            delivery.state, delivery.settled_at, delivery.reason = State.UNKNOWN, now, reason[:200]
            delivery.reconcile_at = now + pace.reconcile
            receipts.find_lost(session, delivery)
    if delivery.state in {State.ACCEPTED, State.DELIVERED}:
        answers.mark_delivered(session, delivery, now)
    DELIVERIES.labels(delivery.way, delivery.state).inc()


def fail(delivery: Delivery, reason: str, code: int | None, now: datetime) -> None:
    """A delivery that will never arrive; an adviser's answer waits for the follower's next message instead."""
    delivery.state, delivery.settled_at, delivery.reconcile_at = State.FAILED, now, None
    delivery.reason, delivery.code, delivery.claim, delivery.lease_until = reason[:200], code, None, None
    if delivery.handover_id is not None and delivery.way == Way.CUSTOMER:
        answers.wait_for_contact(delivery)


def _look_again(session: Session, delivery: Delivery, fate: Refused | Postponed, pace: Pace, now: datetime) -> None:
    # The first attempt may have been carried out all the same; only its own answer would tell that it was not.
    if isinstance(fate, Postponed) and fate.pause is not Pause.SOON:
        _stop(session, delivery, fate, now)
    delivery.state, delivery.settled_at = State.UNKNOWN, now
    delivery.reason, delivery.code = fate.reason[:200], fate.code
    delivery.reconcile_at = now + _wait(delivery, pace)


def _postpone(session: Session, delivery: Delivery, fate: Postponed, pace: Pace, now: datetime) -> None:
    if fate.pause is Pause.SOON and delivery.attempts >= pace.most_attempts:
        fail(delivery, f"试了 {delivery.attempts} 次没有成功：{fate.reason}", fate.code, now)
        return
    if fate.pause is Pause.SOON:
        delivery.not_before = now + _wait(delivery, pace)
    else:
        delivery.not_before = _stop(session, delivery, fate, now)
        delivery.attempts -= 1
    delivery.state, delivery.attempted_at, delivery.day = State.QUEUED, None, None
    delivery.reason, delivery.code = fate.reason[:200], fate.code


def _stop(session: Session, delivery: Delivery, fate: Postponed, now: datetime) -> datetime:
    until = next_minute(now) if fate.pause is Pause.MINUTE else next_day(now)
    stop(session, delivery.account_id, Way(delivery.way), until, fate.reason)
    return until


def _wait(delivery: Delivery, pace: Pace) -> timedelta:
    doublings = min(delivery.attempts - 1, 20)
    return min(pace.backoff * (1 << doublings), pace.longest_backoff)

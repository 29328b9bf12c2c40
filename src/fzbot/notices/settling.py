"""Writing down what the platform said to a delivery."""

from datetime import datetime

from sqlalchemy.orm import Session

from fzbot.metrics import DELIVERIES
from fzbot.notices import answers, receipts
from fzbot.notices.delivery import Delivery, State
from fzbot.notices.outbox import Pace
from fzbot.notices.push import Accepted, Fate, Pause, Postponed, Refused, Unclear
from fzbot.notices.quota import next_day, next_minute, stop
from fzbot.notices.ways import Way


def settle(session: Session, delivery: Delivery, fate: Fate, pace: Pace, now: datetime) -> None:
    """Put the fate of an attempt into its row. A receipt that was faster than the answer is taken in."""
    delivery.claim = delivery.lease_until = None
    match fate:
        case Accepted(msg_id):
            delivery.state, delivery.settled_at, delivery.reconcile_at = State.ACCEPTED, now, None
            delivery.msg_id, delivery.reason = msg_id or None, ""
            receipts.match(session, delivery)
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


def _postpone(session: Session, delivery: Delivery, fate: Postponed, pace: Pace, now: datetime) -> None:
    if fate.pause is Pause.SOON and delivery.attempts >= pace.most_attempts:
        return _give_up(delivery, fate, now)
    if fate.pause is Pause.SOON:
        wait = min(pace.backoff * 2 ** (delivery.attempts - 1), pace.longest_backoff)
        delivery.not_before = now + wait
    else:
        delivery.not_before = next_minute(now) if fate.pause is Pause.MINUTE else next_day(now)
        delivery.attempts -= 1
        stop(session, delivery.account_id, Way(delivery.way), delivery.not_before, fate.reason)
    delivery.reason, delivery.code = fate.reason[:200], fate.code
    _requeue(delivery, now, pace)
    return None


def _requeue(delivery: Delivery, now: datetime, pace: Pace) -> None:
    if delivery.state == State.UNKNOWN or delivery.reconcile_at is not None:
        # It may have been carried out earlier: only a repeat under the same `clientmsgid` may follow.
        delivery.state, delivery.reconcile_at = State.UNKNOWN, max(delivery.not_before, now + pace.reconcile)
        return
    delivery.state, delivery.attempted_at, delivery.day = State.QUEUED, None, None


def _give_up(delivery: Delivery, fate: Postponed, now: datetime) -> None:
    if delivery.reconcile_at is not None:
        delivery.state, delivery.reconcile_at, delivery.settled_at = State.UNKNOWN, None, now
        return
    fail(delivery, f"试了 {delivery.attempts} 次没有成功：{fate.reason}", fate.code, now)

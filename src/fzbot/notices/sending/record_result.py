"""Writing down what the platform said to a delivery."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, Indeterminate, Paused, Postponed, Refused, RetryAfter, SendResult
from fzbot.notices.results import receipts
from fzbot.notices.sending import handover_answers, pausing
from fzbot.notices.sending.outbox import RetryPolicy
from fzbot.notices.sending.quota import next_day, next_minute, stop
from fzbot.runtime.metrics import DELIVERIES


def record_result(session: Session, delivery: Delivery, result: SendResult, pace: RetryPolicy, now: datetime) -> None:
    """Put the result of an attempt into its row. A receipt that was faster than the answer is taken in."""
    delivery.claim = delivery.lease_until = None
    is_repeat = delivery.reconcile_at is not None
    match result:
        case Accepted(msg_id, note):
            delivery.state, delivery.settled_at, delivery.reconcile_at = DeliveryState.ACCEPTED, now, None
            delivery.msg_id, delivery.reason = msg_id or None, note[:200]
            receipts.match(session, delivery)
        case Refused() | Postponed() | Paused() if is_repeat:
            _look_again(session, delivery, result, pace, now)
        case Refused(reason, code):
            fail(delivery, reason, code, now)
        case Paused():
            _pause(session, delivery, result, now)
        case Postponed():
            _postpone(session, delivery, result, pace, now)
        case Indeterminate(reason):
            delivery.state, delivery.settled_at, delivery.reason = DeliveryState.UNKNOWN, now, reason[:200]
            delivery.reconcile_at = now + pace.reconcile
            receipts.find_lost(session, delivery)
    if delivery.state in {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}:
        handover_answers.mark_delivered(session, delivery, now)
    DELIVERIES.labels(delivery.way, delivery.state).inc()


def fail(delivery: Delivery, reason: str, code: int | None, now: datetime) -> None:
    """A delivery that will never arrive; an adviser's answer waits for the follower's next message instead."""
    delivery.state, delivery.settled_at, delivery.reconcile_at = DeliveryState.FAILED, now, None
    delivery.reason, delivery.code, delivery.claim, delivery.lease_until = reason[:200], code, None, None
    if delivery.handover_id is not None and delivery.way == DeliveryMethod.CUSTOMER:
        handover_answers.wait_for_contact(delivery)


def _look_again(
    session: Session, delivery: Delivery, result: Refused | Postponed | Paused, pace: RetryPolicy, now: datetime
) -> None:
    # The first attempt may have been carried out all the same; only its own answer would tell that it was not.
    if isinstance(result, Postponed) and result.pause is not RetryAfter.SOON:
        _stop(session, delivery, result, now)
    delivery.state, delivery.settled_at = DeliveryState.UNKNOWN, now
    delivery.reason, delivery.code = result.reason[:200], result.code
    delivery.reconcile_at = now + _wait(delivery, pace)


def _postpone(session: Session, delivery: Delivery, result: Postponed, pace: RetryPolicy, now: datetime) -> None:
    if result.pause is RetryAfter.SOON and delivery.attempts >= pace.most_attempts:
        _give_up(session, delivery, result, pace, now)
        return
    if result.pause is RetryAfter.SOON:
        delivery.not_before = now + _wait(delivery, pace)
    else:
        delivery.not_before = _stop(session, delivery, result, now)
        delivery.attempts -= 1
    _queue_again(delivery, result)


def _give_up(session: Session, delivery: Delivery, result: Postponed, pace: RetryPolicy, now: datetime) -> None:
    # After so many tries a person looks at it; whoever fails once more after that is left out, so that it ends some day.
    tried = Paused(f"试了 {delivery.attempts} 次没有成功：{result.reason}", result.code)
    if delivery.attempts > pace.most_attempts:
        fail(delivery, tried.reason, tried.code, now)
        return
    delivery.attempts += 1  # pausing takes one back
    _pause(session, delivery, tried, now)


def _pause(session: Session, delivery: Delivery, result: Paused, now: datetime) -> None:
    if delivery.notice_id is None:  # an adviser's answer waits for the follower's next message instead
        fail(delivery, result.reason, result.code, now)
        return
    _queue_again(delivery, result)
    delivery.attempts, delivery.not_before = delivery.attempts - 1, now
    pausing.pause(session, delivery.notice_id, result.reason)


def _queue_again(delivery: Delivery, result: Postponed | Paused) -> None:
    delivery.state, delivery.attempted_at, delivery.day = DeliveryState.QUEUED, None, None
    delivery.reason, delivery.code = result.reason[:200], result.code


def _stop(session: Session, delivery: Delivery, result: Postponed, now: datetime) -> datetime:
    until = next_minute(now) if result.pause is RetryAfter.MINUTE else next_day(now)
    stop(session, delivery.account_id, DeliveryMethod(delivery.way), until, result.reason)
    return until


def _wait(delivery: Delivery, pace: RetryPolicy) -> timedelta:
    doublings = min(delivery.attempts - 1, 20)
    return min(pace.backoff * (1 << doublings), pace.longest_backoff)

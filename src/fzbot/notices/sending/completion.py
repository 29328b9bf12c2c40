"""When a notice is done, and how it went."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fzbot.notices.authoring.notice import FINISHED, Notice, NoticeState
from fzbot.notices.delivery import OPEN, Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Pushes
from fzbot.notices.sending import quota

NO_QUOTA = 45028
NOT_SENT = (DeliveryState.FAILED, DeliveryState.CANCELLED)
GOOD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)


def complete(session: Session, pushes: Pushes, now: datetime) -> list[int]:
    """Close the notices whose deliveries are all settled; returns their ids."""
    is_open = (
        select(Delivery.id)
        .where(
            Delivery.notice_id == Notice.id,
            Delivery.state.in_(OPEN) | ((Delivery.state == DeliveryState.UNKNOWN) & Delivery.reconcile_at.is_not(None)),
        )
        .exists()
    )
    query = select(Notice).where(Notice.state == NoticeState.SENDING, Notice.is_enqueued, ~is_open)
    done = list(session.scalars(query.with_for_update(skip_locked=True)))
    for notice in done:
        notice.state, notice.finished_at = final_state(session, notice), now
        if notice.state == NoticeState.FAILED and notice.way == DeliveryMethod.MASS:
            _return_mass(session, notice, pushes)
        if notice.state == NoticeState.FAILED and not notice.note:
            notice.note = _first_reason(session, notice)
    session.flush()
    return [notice.id for notice in done]


def refresh(session: Session, notice_id: int) -> None:
    """A receipt may come when a notice is closed already, and change how it went."""
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.state in FINISHED:
        notice.state = final_state(session, notice)


def final_state(session: Session, notice: Notice) -> NoticeState:
    """Sent, partly or failed, by its deliveries."""
    states = by_state(session, notice.id)
    good = sum(states.get(state, 0) for state in GOOD)
    if not good:
        return NoticeState.FAILED
    return NoticeState.SENT if good == sum(states.values()) else NoticeState.PARTLY


def by_state(session: Session, notice_id: int) -> dict[DeliveryState, int]:
    """How many deliveries of a notice are in each state."""
    query = select(Delivery.state, func.count()).where(Delivery.notice_id == notice_id).group_by(Delivery.state)
    return {DeliveryState(state): number for state, number in session.execute(query)}


def _return_mass(session: Session, notice: Notice, pushes: Pushes) -> None:
    # Only where every batch was refused before it went out. What is unknown, or what the platform says is used up, is gone.
    query = select(Delivery.state, Delivery.code, Delivery.msg_id).where(Delivery.notice_id == notice.id)
    rows = session.execute(query).all()
    refused = [row for row in rows if row.state in NOT_SENT and row.msg_id is None and row.code != NO_QUOTA]
    if rows and len(refused) == len(rows) and notice.started_at is not None:
        kind = pushes.kind(notice.account_id)
        quota.give_back_mass(session, notice.account_id, kind, notice.goes_to.villages, notice.started_at)


def _first_reason(session: Session, notice: Notice) -> str:
    query = select(Delivery.reason).where(Delivery.notice_id == notice.id, Delivery.reason != "")
    return session.scalars(query.order_by(Delivery.id).limit(1)).first() or ""

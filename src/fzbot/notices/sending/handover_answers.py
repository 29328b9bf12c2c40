"""Getting an adviser's answer back to the one who asked.

By a customer-service message while the platform lets us, otherwise with the reply to the follower's next message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.handovers.handover import Handover, HandoverState
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod, methods_of
from fzbot.notices.push import Pushes
from fzbot.notices.sending.reply_window import ReplyWindow, windows

BY_MESSAGE = "正在用客服消息发给对方。"
NOT_ALLOWED = "本号不能主动发消息；对方下次来消息时，连同回复一起显示。"
TOO_LATE = "对方超过 48 小时没有来消息，微信不让主动发；对方下次来消息时，连同回复一起显示。"

USED_UP = "48 小时内能主动发的 5 条用完了；对方下次来消息时，连同回复一起显示。"
NEVER = ReplyWindow(None, None)


@dataclass(frozen=True)
class Route:
    """How an answer gets back, and how to say so; how long and how many messages the platform still lets us send."""

    way: DeliveryMethod
    said: str
    left: timedelta = timedelta()
    messages: int = 0

    @property
    def hours(self) -> int:
        """Whole hours that are left."""
        return int(self.left.total_seconds() // 3600)


def routes(session: Session, handovers: Collection[Handover], pushes: Pushes, now: datetime) -> dict[int, Route]:
    """The ways that are open now, by handover."""
    found: dict[int, Route] = {}
    for account in {handover.account_id for handover in handovers}:
        rows = [handover for handover in handovers if handover.account_id == account]
        if DeliveryMethod.CUSTOMER not in methods_of(pushes.kind(account)) or pushes.find(account) is None:
            found |= dict.fromkeys((row.id for row in rows), Route(DeliveryMethod.NEXT_REPLY, NOT_ALLOWED))
            continue
        known = windows(session, account, {row.openid_hash for row in rows}, now)
        found |= {row.id: _route(known.get(row.openid_hash, NEVER), now) for row in rows}
    return found


def route(session: Session, handover: Handover, pushes: Pushes, now: datetime) -> Route:
    """The way that is open now."""
    return routes(session, [handover], pushes, now)[handover.id]


def _route(window: ReplyWindow, now: datetime) -> Route:
    left, messages = window.closes_in(now), window.left(now)
    if messages:
        return Route(DeliveryMethod.CUSTOMER, BY_MESSAGE, left, messages)
    return Route(DeliveryMethod.NEXT_REPLY, USED_UP if left else TOO_LATE, left)


def send(session: Session, handover: Handover, pushes: Pushes, now: datetime) -> Route:
    """Queue an answer, once; returns how it will get there."""
    chosen = route(session, handover, pushes, now)
    queued = session.scalar(select(Delivery.id).where(Delivery.handover_id == handover.id))
    if queued is None:
        session.add(
            Delivery(
                account_id=handover.account_id,
                handover_id=handover.id,
                way=chosen.way.value,
                openid_hash=handover.openid_hash,
                village_id=handover.village_id,
                people=1,
                state=DeliveryState.WAITING if chosen.way is DeliveryMethod.NEXT_REPLY else DeliveryState.QUEUED,
                queued_at=now,
                not_before=now,
            )
        )
        session.flush()
    return chosen


def send_all(session: Session, pushes: Pushes, now: datetime) -> int:
    """Queue the answers that nobody queued yet; returns how many."""
    query = select(Handover).where(
        Handover.state == HandoverState.ANSWERED,
        Handover.delivered_at.is_(None),
        ~select(Delivery.id).where(Delivery.handover_id == Handover.id).exists(),
    )
    left = list(session.scalars(query.order_by(Handover.id).limit(100).with_for_update(skip_locked=True)))
    for handover in left:
        send(session, handover, pushes, now)
    return len(left)


def status(session: Session, handover_ids: list[int]) -> dict[int, str]:
    """Where answers are, in Chinese, by handover."""
    rows = session.scalars(select(Delivery).where(Delivery.handover_id.in_(handover_ids)))
    return {row.handover_id: _said(row) for row in rows if row.handover_id is not None}


def wait_for_contact(delivery: Delivery) -> None:
    """What cannot be sent waits for the follower's next message; the reason stays to be read."""
    delivery.way, delivery.state = DeliveryMethod.NEXT_REPLY.value, DeliveryState.WAITING
    delivery.attempted_at = delivery.day = delivery.settled_at = None


def mark_delivered(session: Session, delivery: Delivery, now: datetime) -> None:
    """Note on the handover that its answer got back."""
    if delivery.handover_id is not None:
        session.get_one(Handover, delivery.handover_id).delivered_at = now


def _said(row: Delivery) -> str:
    state = DeliveryState(row.state)
    if state in {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}:
        return "已随回复显示给对方" if row.way == DeliveryMethod.NEXT_REPLY else "已用客服消息发给对方"
    if state is DeliveryState.WAITING:
        return "等对方下次来消息时显示" + (f"（{row.reason}）" if row.reason else "")
    return state.label + (f"（{row.reason}）" if row.reason else "")

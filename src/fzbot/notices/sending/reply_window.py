"""What the platform lets us send to a follower after their last move: customer-service messages (facts of 2026-11)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.people.follower import Follower

AFTER_MESSAGE = timedelta(hours=48)
MESSAGES_AFTER_MESSAGE = 5
AFTER_EVENT = timedelta(minutes=1)
MESSAGES_AFTER_EVENT = 3
MARGIN = timedelta(seconds=20)
"""Kept back, because the platform's clock is not ours."""
MESSAGES = tuple(kind for kind in MessageKind if not kind.is_event)
EVENTS = (MessageKind.SUBSCRIBE, MessageKind.SCAN, MessageKind.CLICK)
"""Which events open a window."""
SPENT = (DeliveryState.CLAIMED, DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)


@dataclass(frozen=True)
class ReplyWindow:
    """A follower's last message and event, and when we wrote to them since."""

    last_message: datetime | None
    last_event: datetime | None
    sent: tuple[datetime, ...] = ()

    def left(self, now: datetime) -> int:
        """How many messages may still be sent."""
        after_message = self._left(self.last_message, AFTER_MESSAGE, MESSAGES_AFTER_MESSAGE, now)
        return max(after_message, self._left(self.last_event, AFTER_EVENT, MESSAGES_AFTER_EVENT, now))

    def closes_in(self, now: datetime) -> timedelta:
        """How long their last message lets us write; nothing once that is over."""
        return max(self.last_message + AFTER_MESSAGE - MARGIN - now, timedelta()) if self.last_message else timedelta()

    def _left(self, since: datetime | None, lasts: timedelta, allowed: int, now: datetime) -> int:
        if since is None or now > since + lasts - MARGIN:
            return 0
        return max(0, allowed - sum(moment >= since for moment in self.sent))


def windows(session: Session, account_id: int, people: Collection[str], now: datetime) -> dict[str, ReplyWindow]:
    """The windows of some followers, by openid hash."""
    recent = now - AFTER_MESSAGE
    moves = session.execute(
        select(
            Interaction.openid_hash,
            func.max(Interaction.at).filter(Interaction.kind.in_(MESSAGES)),
            func.max(Interaction.at).filter(Interaction.kind.in_(EVENTS)),
        )
        .where(
            Interaction.account_id == account_id,
            Interaction.openid_hash.in_(people),
            Interaction.at > recent,
            Interaction.channel == Channel.WECHAT,
        )
        .group_by(Interaction.openid_hash)
    )
    sent = _sent(
        session.execute(
            select(Delivery.openid_hash, Delivery.attempted_at).where(
                Delivery.account_id == account_id,
                Delivery.openid_hash.in_(people),
                Delivery.way == DeliveryMethod.CUSTOMER,
                Delivery.state.in_(SPENT),
                Delivery.attempted_at > recent,
            )
        ).all()
    )
    return {person: ReplyWindow(message, event, sent.get(person, ())) for person, message, event in moves}


def in_window(account_id: int, now: datetime) -> ColumnElement[bool]:
    """The condition on followers that their last message lets us write."""
    # Asked of each follower in turn: a chunk of a large audience then costs what it holds, not all who wrote lately.
    recent = select(Interaction.id).where(
        Interaction.account_id == account_id,
        Interaction.openid_hash == Follower.openid_hash,
        Interaction.day >= china_day(now - AFTER_MESSAGE) - timedelta(days=1),  # so that few partitions are looked at
        Interaction.at > now - AFTER_MESSAGE + MARGIN,
        Interaction.kind.in_(MESSAGES),
        Interaction.channel == Channel.WECHAT,
    )
    return recent.exists()


def _sent(rows: Iterable[tuple[str | None, datetime | None]]) -> dict[str, tuple[datetime, ...]]:
    found: dict[str, tuple[datetime, ...]] = {}
    for person, moment in rows:
        if person is not None and moment is not None:
            found[person] = (*found.get(person, ()), moment)
    return found

"""A delivery (送达): what became of a notice, or of an adviser's reply, for one follower or for one batch."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fzbot.db import Base, BigId, Moment


class DeliveryState(StrEnum):
    """Where a delivery stands. What is shown at the next contact waits for the follower; the rest waits in the queue."""

    WAITING = "waiting"
    QUEUED = "queued"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return {
            "waiting": "等村民来消息",
            "queued": "排队",
            "claimed": "正在发",
            "accepted": "微信已接受",
            "delivered": "已送达",
            "failed": "没发成",
            "unknown": "不确定",
            "cancelled": "已撤回",
        }[self.value]


OPEN = (DeliveryState.WAITING, DeliveryState.QUEUED, DeliveryState.CLAIMED)


class Delivery(Base):
    """A delivery. Of one person if `openid_hash` is set; otherwise a batch of about `people`, which `target` describes.

    `attempted_at` is set, durably, before the platform is called: a row that has it is never simply sent again.
    What is shown at the next contact is claimed with the key of the interaction whose reply it rides with.
    `people_delivered` is what receipts confirm. An `unknown` row with `reconcile_at` is still being looked into.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "openid_hash"),
        Index(None, "state", "id"),
        Index(None, "account_id", "openid_hash"),
        Index(None, "account_id", "msg_id"),
        UniqueConstraint("handover_id"),
        Index(
            "ix_delivery_counted",
            "account_id",
            "day",
            "notice_id",
            "village_id",
            "state",
            "people",
            "people_delivered",
            "msg_id",
            sqlite_where=text("day IS NOT NULL"),
            postgresql_where=text("day IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"))
    way: Mapped[str] = mapped_column(String(16))
    openid_hash: Mapped[str | None] = mapped_column(String(32))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    target: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    people: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    queued_at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    claim: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None] = mapped_column(Moment)
    day: Mapped[date | None] = mapped_column(Date)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    msg_id: Mapped[str | None] = mapped_column(String(32))
    people_delivered: Mapped[int] = mapped_column(default=0)
    code: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    reconcile_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def client_id(self) -> str:
        """What tells the platform repeats of this delivery apart from others (at most 64 bytes)."""
        return f"fzbot-{self.account_id}-{self.id}"

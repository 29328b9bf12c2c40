"""Receipts: the platform says, some time after taking a message, whom it reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, take_turns
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import completion

BATCH = 200
FAILURES = {
    "user block": "对方拒收公众号消息",
    "system failed": "微信发送失败",
    "user refuse": "对方拒收",
    "send fail": "微信发送失败",
    "10001": "涉嫌广告",
    "20001": "涉嫌政治",
    "20004": "涉嫌社会",
    "20002": "涉嫌色情",
    "20006": "涉嫌违法犯罪",
    "20008": "涉嫌欺诈",
    "20013": "涉嫌版权",
    "22000": "涉嫌互推",
    "21000": "涉嫌其他",
    "30001": "原创校验未通过",
    "30002": "原创校验未通过",
    "30003": "原创校验未通过",
    "40001": "管理员拒绝",
    "40002": "管理员 30 分钟内没有确认，超时",
}


@dataclass(frozen=True)
class ReceiptReport:
    """What a receipt tells. `person` is the follower's hash where it is about one; counts are those of a batch."""

    msg_id: str
    way: DeliveryMethod
    status: str
    person: str | None = None
    total: int = 1
    sent: int = 1

    @property
    def is_success(self) -> bool:
        """Whether the message went out."""
        return self.status in {"success", "send success"}

    @property
    def reason(self) -> str:
        """Why it did not, in Chinese."""
        said = self.status.removeprefix("failed:").strip(" ")
        inner = said.removeprefix("err(").removesuffix(")")
        return FAILURES.get(inner, f"微信说没有发成（{inner[:60]}）")


class Receipt(Base):
    """A receipt as it came; `is_matched` once its delivery is known."""

    __tablename__ = "receipt"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    msg_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    openid_hash: Mapped[str | None] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(80))
    total: Mapped[int]
    sent: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    is_matched: Mapped[bool] = mapped_column(default=False)

    @property
    def told(self) -> ReceiptReport:
        """What it tells."""
        return ReceiptReport(
            self.msg_id, DeliveryMethod(self.way), self.status, self.openid_hash, self.total, self.sent
        )


def take(session: Session, account_id: int, told: ReceiptReport, at: datetime) -> None:
    """Keep a receipt, once, and put it into the delivery that it is about, if that is known already."""
    take_turns(session, "receipts")
    if session.get(Receipt, (account_id, told.msg_id)) is not None:
        return
    receipt = Receipt(
        account_id=account_id,
        msg_id=told.msg_id,
        openid_hash=told.person,
        way=told.way.value,
        status=told.status[:80],
        total=told.total,
        sent=told.sent,
        at=at,
        is_matched=False,
    )
    session.add(receipt)
    session.flush()
    query = select(Delivery).where(Delivery.account_id == account_id, Delivery.msg_id == told.msg_id)
    delivery = session.scalar(query) or _lost_template(session, receipt)
    if delivery is None:
        return
    _apply(delivery, receipt)
    if not told.is_success and delivery.notice_id is not None:
        completion.refresh(session, delivery.notice_id)


def match(session: Session, delivery: Delivery) -> None:
    """Take in a receipt that came before the platform's own answer was written down."""
    if delivery.msg_id is None:
        return
    take_turns(session, "receipts")
    receipt = session.get(Receipt, (delivery.account_id, delivery.msg_id), populate_existing=True)
    if receipt is None:
        return
    taken_for = select(Delivery).where(
        Delivery.account_id == delivery.account_id, Delivery.msg_id == delivery.msg_id, Delivery.id != delivery.id
    )
    for other in session.scalars(taken_for):  # it was taken for another one, whose own receipt is still to come
        other.state, other.msg_id, other.people_delivered = DeliveryState.UNKNOWN, None, 0
    _apply(delivery, receipt)


def find_lost(session: Session, delivery: Delivery) -> bool:
    """Whether a receipt settles a template message whose answer never came."""
    if delivery.way != DeliveryMethod.TEMPLATE or delivery.attempted_at is None:
        return False
    query = select(Receipt).where(
        Receipt.account_id == delivery.account_id,
        Receipt.openid_hash == delivery.openid_hash,
        Receipt.way == DeliveryMethod.TEMPLATE,
        Receipt.is_matched.is_(False),
        Receipt.at >= delivery.attempted_at,
    )
    receipt = session.scalars(query.order_by(Receipt.at).limit(1)).first()
    if receipt is None:
        return False
    _apply(delivery, receipt)
    return True


def find_all_lost(session: Session) -> None:
    """Resolve template messages of unknown fate by receipts that are there already."""
    query = select(Delivery).where(Delivery.state == DeliveryState.UNKNOWN, Delivery.reconcile_at.is_not(None))
    for delivery in session.scalars(query.where(Delivery.way == DeliveryMethod.TEMPLATE).limit(BATCH)).all():
        find_lost(session, delivery)


def _lost_template(session: Session, receipt: Receipt) -> Delivery | None:
    if receipt.way != DeliveryMethod.TEMPLATE or receipt.openid_hash is None:
        return None
    query = select(Delivery).where(
        Delivery.account_id == receipt.account_id,
        Delivery.openid_hash == receipt.openid_hash,
        Delivery.way == DeliveryMethod.TEMPLATE,
        Delivery.state == DeliveryState.UNKNOWN,
        Delivery.attempted_at <= receipt.at,
    )
    return session.scalars(query.order_by(Delivery.attempted_at).limit(1)).first()


def _apply(delivery: Delivery, receipt: Receipt) -> None:
    told = receipt.told
    receipt.is_matched = True
    delivery.msg_id, delivery.reconcile_at = told.msg_id, None
    delivery.people_delivered = told.sent if told.is_success else 0
    delivery.settled_at = delivery.settled_at or receipt.at
    if told.is_success:
        delivery.state, delivery.reason, delivery.code = DeliveryState.DELIVERED, "", None
    else:
        delivery.state, delivery.reason = DeliveryState.FAILED, told.reason

"""A notice (通知): immutable versions, and the way from draft to sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment
from fzbot.errors import NotFoundError, NoticeError
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return {
            "draft": "草稿",
            "approved": "已审批",
            "scheduled": "待发送",
            "sending": "正在发送",
            "paused": "已暂停",
            "sent": "已发送",
            "partly": "部分发出",
            "failed": "没发成",
            "cancelled": "已撤回",
        }[self.value]


FINISHED = (NoticeState.SENT, NoticeState.PARTLY, NoticeState.FAILED)
EDITABLE = (NoticeState.DRAFT, NoticeState.APPROVED)
WITHDRAWABLE = (NoticeState.DRAFT, NoticeState.APPROVED, NoticeState.SCHEDULED)


class Notice(Base):
    """A notice. `version` is the current one; `enqueued_to` is the follower up to whom deliveries are made."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "account_id", "state"), Index(None, "state", "scheduled_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    way: Mapped[str] = mapped_column(String(16))
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    scheduled_at: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    enqueued_to: Mapped[int] = mapped_column(default=0)
    is_enqueued: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def goes_to(self) -> Audience:
        """Its audience."""
        return Audience.from_json(self.audience)


class NoticeVersion(Base):
    """What a notice says, as written at one time; never changed."""

    __tablename__ = "notice_version"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    entries: Mapped[list[str]] = mapped_column(JSON)
    picture: Mapped[str] = mapped_column(String(120), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    author: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def words(self) -> NoticeText:
        """What it says."""
        return NoticeText(self.title, self.text, tuple(self.entries), self.picture)


@dataclass(frozen=True)
class NoticePlan:
    """How a notice is to be sent."""

    way: DeliveryMethod
    audience: Audience


@dataclass(frozen=True)
class ApprovalPolicy:
    """Whether somebody other than the author must approve."""

    second_person: bool = True


def draft(session: Session, account_id: int, words: NoticeText, plan: NoticePlan, actor: Actor, at: datetime) -> Notice:
    """Store a new draft; `NoticeError` when it is empty or too long."""
    words.check()
    notice = Notice(
        account_id=account_id,
        author_id=actor.staff_id,
        state=NoticeState.DRAFT.value,
        version=1,
        way=plan.way.value,
        audience=plan.audience.to_json(),
        created_at=at,
    )
    session.add(notice)
    session.flush()
    _add_version(session, notice, words, actor, at)
    _record(session, notice, "draft", actor, at)
    return notice


def revise(session: Session, notice: Notice, words: NoticeText, plan: NoticePlan, actor: Actor, at: datetime) -> None:
    """Store a new version; what was approved must be approved anew. `NoticeError` once it is on its way."""
    words.check()
    _move(session, notice, EDITABLE, NoticeState.DRAFT, "已经安排发送，先撤回再改")
    notice.way, notice.audience = plan.way.value, plan.audience.to_json()
    notice.approved_by = notice.approved_at = None
    notice.version += 1
    _add_version(session, notice, words, actor, at)
    _record(session, notice, "revise", actor, at)


def approve(session: Session, notice: Notice, policy: ApprovalPolicy, actor: Actor, at: datetime) -> None:
    """Approve the current version; `NoticeError` where a second person is needed and this is its author."""
    if policy.second_person and actor.staff_id is not None and actor.staff_id == current(session, notice).author_id:
        raise NoticeError("要由另一个人审批，不能自己批自己写的")
    _move(session, notice, (NoticeState.DRAFT,), NoticeState.APPROVED, "这条通知不是草稿，不用审批")
    notice.approved_by, notice.approved_at = actor.staff_id, at
    _record(session, notice, "approve", actor, at)


def schedule(session: Session, notice: Notice, when: datetime, actor: Actor, at: datetime) -> None:
    """Have it sent at `when` (now, if that is past); `NoticeError` before it is approved."""
    if notice.way == DeliveryMethod.GROUP:
        raise NoticeError("转发到村微信群的通知由您自己发，发完登记即可")
    _move(session, notice, (NoticeState.APPROVED,), NoticeState.SCHEDULED, "先审批，再发送")
    notice.scheduled_at = max(when, at)
    _record(session, notice, "schedule", actor, at)


def unschedule(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
    """Take it back to be changed; `NoticeError` once sending has begun."""
    _move(session, notice, (NoticeState.SCHEDULED,), NoticeState.DRAFT, "已经开始发送，撤不回来了")
    notice.scheduled_at = notice.approved_by = notice.approved_at = None
    _record(session, notice, "unschedule", actor, at)


def cancel(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
    """Withdraw it for good; `NoticeError` once sending has begun."""
    _move(session, notice, WITHDRAWABLE, NoticeState.CANCELLED, "已经开始发送，撤不回来了")
    notice.finished_at = at
    _record(session, notice, "cancel", actor, at)


def current(session: Session, notice: Notice) -> NoticeVersion:
    """The current version."""
    return session.get_one(NoticeVersion, (notice.id, notice.version))


def versions(session: Session, notice_id: int) -> list[NoticeVersion]:
    """All versions, newest first."""
    query = select(NoticeVersion).where(NoticeVersion.notice_id == notice_id)
    return list(session.scalars(query.order_by(NoticeVersion.number.desc())))


def find(session: Session, notice_id: int) -> Notice:
    """The notice; `NotFoundError` when there is none."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFoundError("没有这条通知")
    return notice


def move(session: Session, notice: Notice, allowed: tuple[NoticeState, ...], to: NoticeState) -> bool:
    """Change the state if it is one of `allowed` in the database too; of several who try at once one succeeds."""
    changed = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.state.in_(allowed))
        .values(state=to.value)
        .returning(Notice.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.refresh(notice, ["state"])
    return changed is not None


def _move(session: Session, notice: Notice, allowed: tuple[NoticeState, ...], to: NoticeState, refusal: str) -> None:
    if not move(session, notice, allowed, to):
        raise NoticeError(refusal)


def _add_version(session: Session, notice: Notice, words: NoticeText, actor: Actor, at: datetime) -> None:
    session.add(
        NoticeVersion(
            notice_id=notice.id,
            number=notice.version,
            title=words.title,
            text=words.text,
            entries=list(words.entries),
            picture=words.picture,
            author_id=actor.staff_id,
            author=actor.name,
            made_at=at,
        )
    )
    session.flush()


def _record(session: Session, notice: Notice, action: str, actor: Actor, at: datetime) -> None:
    after = {"state": notice.state, "version": notice.version, "way": notice.way, "audience": notice.audience}
    audit.record(session, actor, Change(f"notice.{action}", f"notice:{notice.id}", after=after), at)

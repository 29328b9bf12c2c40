"""Forwards to a village's WeChat group, typed in by the adviser who made them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.clock import china_day
from fzbot.db import Base, Moment
from fzbot.errors import NoticeError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.delivery_methods import DeliveryMethod

NAME_CHARS = 40
LARGEST_GROUP = 500
"""How many members a WeChat group can have."""


class Forward(Base):
    """A notice was forwarded to a group of so many people; typed in, and counted apart."""

    __tablename__ = "notice_forward"
    __table_args__ = (Index(None, "notice_id"), Index(None, "account_id", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    group_name: Mapped[str] = mapped_column(String(NAME_CHARS))
    people: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class ForwardedGroup:
    """A village's WeChat group and how many people are in it."""

    name: str
    people: int
    village_id: int | None = None

    def check(self) -> None:
        """`NoticeError` saying what to fill in differently."""
        if not self.name.strip() or len(self.name.strip()) > NAME_CHARS:
            raise NoticeError(f"请填群名，{NAME_CHARS} 个字以内")
        if not 1 <= self.people <= LARGEST_GROUP:
            raise NoticeError(f"群人数要在 1 到 {LARGEST_GROUP} 之间")


def log(session: Session, notice: Notice, group: ForwardedGroup, actor: Actor, at: datetime) -> Forward:
    """Keep a forward. `NoticeError` for a notice that is not approved, or that is in this group's list of the day."""
    group.check()
    if notice.state in {NoticeState.DRAFT, NoticeState.CANCELLED}:
        raise NoticeError("这条通知还没有审批，或已撤回，不能转发")
    name, day = group.name.strip(), china_day(at)
    same = select(Forward.id).where(
        Forward.notice_id == notice.id, Forward.group_name == name, Forward.day == day
    )  # fmt: skip
    if session.scalar(same) is not None:
        raise NoticeError(f"今天已经登记过转发到“{name}”")
    forward = Forward(
        account_id=notice.account_id,
        notice_id=notice.id,
        village_id=group.village_id,
        staff_id=actor.staff_id,
        group_name=name,
        people=group.people,
        day=day,
        at=at,
    )
    session.add(forward)
    if notice.way == DeliveryMethod.GROUP and notices.move(session, notice, (NoticeState.APPROVED,), NoticeState.SENT):
        notice.started_at = notice.finished_at = at
    session.flush()
    after = {"group": name, "people": group.people, "village": group.village_id}
    audit.record(session, actor, Change("notice.forward", f"notice:{notice.id}", after=after), at)
    return forward


def remove(session: Session, forward: Forward, actor: Actor, at: datetime) -> None:
    """Take back what was typed in by mistake."""
    before = {"group": forward.group_name, "people": forward.people, "village": forward.village_id}
    session.delete(forward)
    session.flush()
    audit.record(session, actor, Change("notice.forward.remove", f"notice:{forward.notice_id}", before), at)


def of(session: Session, notice_id: int) -> list[Forward]:
    """The forwards of a notice, newest first."""
    return list(session.scalars(select(Forward).where(Forward.notice_id == notice_id).order_by(Forward.id.desc())))

"""Staff members (工作人员): who may open the console, in which role, for which account and villages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment
from fzbot.errors import StaffError


class Role(StrEnum):
    """What a staff member may do; the console's rules say exactly what."""

    ADMIN = "admin"
    EDITOR = "editor"
    ADVISER = "adviser"
    VIEWER = "viewer"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return {"admin": "管理员", "editor": "编辑", "adviser": "法律顾问", "viewer": "查看"}[self.value]


class Staff(Base):
    """A staff member. `account_id` None is the county's: sees every account."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool]
    totp_sealed: Mapped[str | None] = mapped_column(String(200))
    totp_last_step: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffVillage(Base):
    """A village that an adviser serves."""

    __tablename__ = "staff_village"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), primary_key=True)


def find(session: Session, login: str) -> Staff | None:
    """The staff member by login name."""
    return session.scalar(select(Staff).where(Staff.login == login))


def add(session: Session, member: Staff, villages: tuple[int, ...] = ()) -> Staff:
    """Store a new staff member; `StaffError` when the login is taken."""
    if find(session, member.login):
        raise StaffError(f"已有登录名 {member.login}，请换一个")
    session.add(member)
    session.flush()
    serve(session, member.id, villages)
    return member


def serve(session: Session, staff_id: int, villages: tuple[int, ...]) -> None:
    """Make `villages` the ones that the staff member serves."""
    for row in session.scalars(select(StaffVillage).where(StaffVillage.staff_id == staff_id)):
        session.delete(row)
    session.flush()
    session.add_all(StaffVillage(staff_id=staff_id, village_id=village) for village in sorted(set(villages)))
    session.flush()


def villages_of(session: Session, staff_id: int) -> frozenset[int]:
    """The ids of the villages that a staff member serves."""
    return frozenset(session.scalars(select(StaffVillage.village_id).where(StaffVillage.staff_id == staff_id)))

"""One-time recovery codes: for who has lost the phone that shows the codes."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, rows_changed
from fzbot.people.sealing import Sealer

CODES = 10
ALPHABET = "0123456789"
"""The field for codes brings up a phone's number pad."""


class RecoveryCode(Base):
    """A code that opens once in place of the phone's. Only its keyed hash is stored."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


def renew(session: Session, sealer: Sealer, staff_id: int) -> list[str]:
    """Fresh codes in place of all earlier ones; they are shown once and cannot be read again."""
    clear(session, staff_id)
    codes = [f"{_part()}-{_part()}" for _ in range(CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(sealer, staff_id, code), staff_id=staff_id) for code in codes)
    session.flush()
    return codes


def use(session: Session, sealer: Sealer, staff_id: int, code: str, now: datetime) -> bool:
    """Whether a code is one that has not been used; it is now."""
    spend = update(RecoveryCode).where(
        RecoveryCode.code_hash == _hash(sealer, staff_id, code), RecoveryCode.used_at.is_(None)
    )
    return rows_changed(session.execute(spend.values(used_at=now))) == 1


def left(session: Session, staff_id: int) -> int:
    """How many have not been used."""
    unused = RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def clear(session: Session, staff_id: int) -> None:
    """Take all codes of a staff member away."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def _part() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def _hash(sealer: Sealer, staff_id: int, code: str) -> str:
    return sealer.hash(f"recovery code {staff_id} {code.strip().lower().replace('-', '').replace(' ', '')}")

"""Signing in: one-time codes (TOTP, RFC 6238), known devices, and sign-ins that the server keeps."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import ForeignKey, String, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, rows_changed, take_turns
from fzbot.errors import SignInError
from fzbot.people import lock_out, passwords, recovery_codes
from fzbot.people.lock_out import Gate, SignInFailure
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Staff, find

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=1)
TOTP_SECONDS = 30
REFUSED = "登录名、密码或验证码不对。忘了密码请找管理员重置"


class SignIn(Base):
    """A sign-in that lasts. Only the token's hash is stored. `account_id` is the one that the county's chose to see."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    account_id: Mapped[int | None]
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Attempt:
    """What somebody types, from which address, and the mark of the device if it has one."""

    login: str
    password: str
    code: str
    address: str
    device: str = ""


@dataclass(frozen=True)
class Admission:
    """An attempt that may be looked at: the hash to hold the password against, and the gates that it came through."""

    attempt: Attempt
    password_hash: str
    gates: tuple[Gate, ...]


def admit(session: Session, sealer: Sealer, attempt: Attempt, now: datetime) -> Admission:
    """Let an attempt through to the password, counted as failed until `accept` says otherwise; `SignInError` while locked out.

    Commit before the password is looked at: that takes long, and nobody else should wait for it.
    """
    take_turns(session, "sign-in")
    member = find(session, attempt.login)
    is_known = member is not None and secrets.compare_digest(device_of(sealer, member), attempt.device)
    opened = lock_out.gates(attempt.login, attempt.address, attempt.device if is_known else "")
    lock_out.pass_through(session, opened, now)
    # Also where nobody has that name a hash is looked at: the time taken tells nothing.
    return Admission(attempt, member.password_hash if member else passwords.nobody(), opened)


def accept(session: Session, sealer: Sealer, admission: Admission, is_right: bool, now: datetime) -> Staff:
    """The staff member whose password and code these are; `SignInError` otherwise."""
    take_turns(session, "sign-in")
    member = find(session, admission.attempt.login)
    if member is None or not is_right or member.password_hash != admission.password_hash or not member.is_active:
        raise SignInError(REFUSED)
    if not _code_fits(session, member, sealer, admission.attempt.code, now):
        raise SignInError(REFUSED)
    lock_out.take_back(session, admission.gates)
    member.last_sign_in_at = now
    return member


def device_of(sealer: Sealer, member: Staff) -> str:
    """The mark that a device keeps from which somebody signed in. A new password makes every device strange again."""
    return sealer.hash(f"device of staff {member.id} {member.password_hash}")


def begin(session: Session, member: Staff, now: datetime) -> tuple[str, SignIn]:
    """A new sign-in and the token that the browser keeps."""
    session.execute(delete(SignIn).where(SignIn.created_at < now - LIFETIME))
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=_digest(token), staff_id=member.id, csrf=secrets.token_urlsafe(24), created_at=now, seen_at=now
    )
    session.add(row)
    session.flush()
    return token, row


def resume(session: Session, token: str, now: datetime) -> tuple[Staff, SignIn] | None:
    """The staff member behind a token; None when the sign-in is over."""
    row = session.get(SignIn, _digest(token))
    if row is None or now - row.created_at > LIFETIME or now - row.seen_at > IDLE:
        return None
    member = session.get(Staff, row.staff_id)
    return (member, row) if member is not None and member.is_active else None


def look_at(session: Session, token_hash: str, account_id: int | None) -> None:
    """Look at one account, or (None) at all."""
    session.execute(update(SignIn).where(SignIn.token_hash == token_hash).values(account_id=account_id))


def end(session: Session, token_hash: str) -> None:
    """End one sign-in."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def end_all(session: Session, staff_id: int, except_token_hash: str = "") -> None:
    """End every sign-in of a staff member, save one."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id, SignIn.token_hash != except_token_hash))


def delete_expired(session: Session, now: datetime) -> int:
    """Delete sign-ins that are over and failures that no longer count; returns how many."""
    over = delete(SignIn).where(SignIn.created_at < now - LIFETIME)
    stale = delete(SignInFailure).where(SignInFailure.failed_at < now - lock_out.FORGET_FAILURES)
    return rows_changed(session.execute(over)) + rows_changed(session.execute(stale))


def new_totp_secret() -> str:
    """A fresh secret for an authenticator app."""
    return pyotp.random_base32()


def is_totp_secret(text: str) -> bool:
    """Whether a text can be such a secret (RFC 4648 base 32)."""
    return re.fullmatch(r"[A-Z2-7]{32}", text) is not None


def totp_address(secret: str, login: str) -> str:
    """What the QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="fzbot")


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, the neighbours of now allowed; None when it fits none."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // TOTP_SECONDS
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(
            totp.at(step * TOTP_SECONDS), code.replace(" ", "").encode("ascii", "replace").decode()
        ):
            return step
    return None


def _code_fits(session: Session, member: Staff, sealer: Sealer, code: str, now: datetime) -> bool:
    if member.totp_sealed is None:
        return True
    step = totp_step(sealer.unseal(member.totp_sealed), code, now)
    if step is None:
        return recovery_codes.use(session, sealer, member.id, code, now)
    if step <= member.totp_last_step:  # a code is good once
        return False
    member.totp_last_step = step
    return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

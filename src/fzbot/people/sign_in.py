"""Signing in: passwords (argon2id), one-time codes (TOTP, RFC 6238), server-side sign-ins, and lock-out with backoff."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, rows_changed, take_turns
from fzbot.errors import SignInError, StaffError
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Staff, find

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=1)
FREE_FAILURES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
FORGET_FAILURES = timedelta(hours=24)
TOTP_SECONDS = 30
MIN_PASSWORD = 10
REFUSED = "登录名、密码或验证码不对。忘了密码请找管理员重置"

_hasher = PasswordHasher()


class SignIn(Base):
    """A sign-in that lasts. Only the token's hash is stored. `account_id` is the one that the county's chose to see."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    account_id: Mapped[int | None]
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class SignInFailure(Base):
    """Failures of a login name or an address, and until when it has to wait."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True)
class Attempt:
    """What somebody types, and from which address."""

    login: str
    password: str
    code: str
    address: str

    @property
    def keys(self) -> tuple[str, str]:
        """What failures are counted under."""
        return f"login:{self.login[:100]}", f"address:{self.address[:100]}"


@lru_cache(maxsize=1)
def _nobody() -> str:
    """What is verified where no such staff member exists, so that the time taken tells nothing."""
    return _hasher.hash(secrets.token_hex(8))


def hash_password(password: str) -> str:
    """The argon2id hash; `StaffError` for a password that is too weak."""
    if len(password) < MIN_PASSWORD or len(set(password)) < 5:
        raise StaffError(f"密码至少 {MIN_PASSWORD} 个字符，不要用重复的字符")
    return _hasher.hash(password)


def one_time_password() -> str:
    """A password to be handed over once: no letters that look alike, about 80 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def check(session: Session, sealer: Sealer, attempt: Attempt, now: datetime) -> Staff:
    """The staff member whose password and code these are. `SignInError` otherwise, or while locked out.

    A failure is counted in the caller's transaction: commit it also when this raises.
    """
    # One attempt at a time: many tried at once must not all pass the gate before the first failure is counted.
    take_turns(session, "sign-in")
    _refuse_while_locked(session, attempt, now)
    member = find(session, attempt.login)
    nobody = _nobody()  # also where it is not needed: the first attempt takes longer whoever it is
    is_right = verifies(member.password_hash if member else nobody, attempt.password)
    if member is None or not member.is_active or not is_right or not _code_fits(member, sealer, attempt.code, now):
        _count_failure(session, attempt, now)
        raise SignInError(REFUSED)
    session.execute(delete(SignInFailure).where(SignInFailure.key == attempt.keys[0]))
    member.last_sign_in_at = now
    return member


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
    stale = delete(SignInFailure).where(SignInFailure.failed_at < now - FORGET_FAILURES)
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


def _code_fits(member: Staff, sealer: Sealer, code: str, now: datetime) -> bool:
    if member.totp_sealed is None:
        return True
    step = totp_step(sealer.unseal(member.totp_sealed), code, now)
    if step is None or step <= member.totp_last_step:  # a code is good once
        return False
    member.totp_last_step = step
    return True


def verifies(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _refuse_while_locked(session: Session, attempt: Attempt, now: datetime) -> None:
    rows = session.scalars(select(SignInFailure).where(SignInFailure.key.in_(attempt.keys)))
    until = max((row.locked_until for row in rows if row.locked_until), default=now)
    if until > now:
        minutes = max(1, round((until - now).total_seconds() / 60))
        raise SignInError(f"试错太多次了，请 {minutes} 分钟后再试")


def _count_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    for key in attempt.keys:
        row = session.get(SignInFailure, key)
        if row is None:
            row = SignInFailure(key=key, failures=0, failed_at=now)
            session.add(row)
        if now - row.failed_at > FORGET_FAILURES:
            row.failures = 0
        row.failures += 1
        row.failed_at = now
        beyond = row.failures - FREE_FAILURES
        row.locked_until = now + min(FIRST_LOCK * 2 ** min(beyond, 10), LONGEST_LOCK) if beyond >= 0 else None
    session.flush()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Tokens for the programming interface: scoped, revocable, limited in rate; only the hash is stored."""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment
from fzbot.errors import TokenError

PREFIX = "fz_"


PER_MINUTE = 60
"""Calls of a new token, in each serving process."""


class TokenScope(StrEnum):
    """What a token opens."""

    ANSWER = "answer"
    STATS = "stats"
    ENTRIES = "entries"


class ApiToken(Base):
    """A token of an account. `per_minute` bounds its calls in each serving process."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    per_minute: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


def issue(
    session: Session, account_id: int, name: str, scopes: list[str], actor: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A new token, and its text to hand over once; `TokenError` without a name or a scope."""
    chosen = [scope for scope in TokenScope if scope in scopes]
    if not name.strip() or not chosen:
        raise TokenError("请写用途，并至少选一项权限")
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id,
        name=name.strip()[:60],
        token_hash=digest(text),
        scopes=[scope.value for scope in chosen],
        per_minute=PER_MINUTE,
        created_at=at,
    )
    session.add(token)
    session.flush()
    after = {"name": token.name, "scopes": token.scopes}
    audit.record(session, actor, Change("token.issue", f"token:{token.id}", after=after), at)
    return token, text


def revoke(session: Session, token: ApiToken, actor: Actor, at: datetime) -> None:
    """Close a token for good."""
    token.revoked_at = at
    audit.record(session, actor, Change("token.revoke", f"token:{token.id}", before={"name": token.name}), at)


def find(session: Session, text: str) -> ApiToken | None:
    """The token that is not revoked, by its text."""
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == digest(text), ApiToken.revoked_at.is_(None)))


def digest(text: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).hexdigest()

"""The official accounts that this service answers for."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment
from fzbot.errors import AccountError
from fzbot.people.sealing import Sealer

DEFAULT = "default"


class Account(Base):
    """An official account (公众号). Secrets are kept sealed; the default account's stay in the environment."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    app_id: Mapped[str] = mapped_column(String(64))
    token_sealed: Mapped[str] = mapped_column(String(400))
    secret_sealed: Mapped[str] = mapped_column(String(400))
    aes_key_sealed: Mapped[str] = mapped_column(String(400))
    previous_aes_key_sealed: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Credentials:
    """What it takes to talk to the platform as an account. Empty strings where a thing is not configured."""

    slug: str
    token: str = field(repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)
    kind: str = "subscription-unverified"

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The current key and the one before it, those that are set."""
        return tuple(key for key in (self.aes_key, self.previous_aes_key) if key)


def add(session: Session, sealer: Sealer, credentials: Credentials, name: str, created_at: datetime) -> Account:
    """Store a further account; `AccountError` when the slug is taken."""
    if find(session, credentials.slug):
        raise AccountError(f"已有叫 {credentials.slug} 的账号，请换一个短名")
    account = Account(
        slug=credentials.slug,
        name=name,
        kind=credentials.kind,
        app_id=credentials.app_id,
        token_sealed=sealer.seal(credentials.token),
        secret_sealed=sealer.seal(credentials.app_secret),
        aes_key_sealed=sealer.seal(credentials.aes_key),
        previous_aes_key_sealed=sealer.seal(credentials.previous_aes_key),
        created_at=created_at,
    )
    session.add(account)
    session.flush()
    return account


def find(session: Session, slug: str) -> Account | None:
    """The account by its slug."""
    return session.scalar(select(Account).where(Account.slug == slug))


def credentials_of(account: Account, sealer: Sealer) -> Credentials:
    """An account's credentials, opened."""
    return Credentials(
        slug=account.slug,
        token=sealer.unseal(account.token_sealed),
        app_id=account.app_id,
        app_secret=sealer.unseal(account.secret_sealed),
        aes_key=sealer.unseal(account.aes_key_sealed),
        previous_aes_key=sealer.unseal(account.previous_aes_key_sealed),
        kind=account.kind,
    )

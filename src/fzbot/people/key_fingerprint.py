"""Which secret key a database belongs to: its fingerprint is kept there, so that another key is refused, not mixed in.

With another key the same follower has another hash: one person becomes two, and what was sealed cannot be opened.
"""

from typing import Any

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base
from fzbot.errors import ConfigError
from fzbot.people.account import Account
from fzbot.people.sealing import Sealer

FINGERPRINT = "key_fingerprint"
WRONG = (
    "这个数据库是用另一把密钥（FZBOT_SECRET_KEY 或数据文件夹里的 secret.key）建的，用现在这把会把一个人记成两个人。"
    "请换回原来的密钥（备份时用 --keys 另存的那份）再来"
)
_DIALECTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Setting(Base):
    """Something that the installation remembers about itself."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


def check(session: Session, sealer: Sealer) -> None:
    """`ConfigError` when the database belongs to another key."""
    kept = session.scalar(select(Setting.value).where(Setting.name == FINGERPRINT))
    if kept is None:
        _check_sealed(session, sealer)
    elif kept != sealer.fingerprint:
        raise ConfigError(WRONG)


def claim(session: Session, sealer: Sealer) -> None:
    """Keep the fingerprint where there is none yet; `ConfigError` when the database belongs to another key."""
    _check_sealed(session, sealer)
    row = {"name": FINGERPRINT, "value": sealer.fingerprint}
    insert = _DIALECTS[session.get_bind().dialect.name](Setting).values(row)
    session.execute(insert.on_conflict_do_nothing())
    check(session, sealer)


def _check_sealed(session: Session, sealer: Sealer) -> None:
    """Installations of earlier versions keep no fingerprint, but something sealed."""
    sealed = session.scalar(select(Account.token_sealed).order_by(Account.id).limit(1))
    try:
        sealer.unseal(sealed or sealer.seal(""))
    except ConfigError as error:
        raise ConfigError(WRONG) from error

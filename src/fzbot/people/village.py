"""The villages of an account; followers join by scanning a village's QR code, or by saying “我是某村”."""

import re
import secrets

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from fzbot.db import Base
from fzbot.errors import AccountError

NAME_LENGTH = 40
NO_VILLAGE = -1
"""Stands for “of no village” wherever villages are counted, filtered by or written in addresses; columns hold NULL."""
_SEPARATORS = re.compile(r"[\s,，、;；]+")


class Village(Base):
    """A village (村). `scene` is what its QR code carries; `kiosk_hash` is of the word that its touch screens show."""

    __tablename__ = "village"
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("account_id", "scene"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(40))
    scene: Mapped[str] = mapped_column(String(64))
    kiosk_hash: Mapped[str | None] = mapped_column(String(64), index=True)


def village_key(column: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    """The village in a column, `NO_VILLAGE` where it names none: for grouping and for filters, in which NULL equals nothing."""
    return func.coalesce(column, NO_VILLAGE)


def names_in(text: str) -> list[str]:
    """The names in a pasted list, one after another or one a line; `AccountError` when there is none."""
    names = list(dict.fromkeys(name for name in _SEPARATORS.split(text) if name))
    if not names:
        raise AccountError("请填村名，一行一个")
    return names


def add(session: Session, account_id: int, name: str) -> Village:
    """Store a village; `AccountError` when the name is taken or too long."""
    _check_name(session, account_id, name)
    village = Village(account_id=account_id, name=name, scene=f"v{secrets.token_hex(6)}")
    session.add(village)
    session.flush()
    return village


def rename(session: Session, village: Village, name: str) -> None:
    """Give a village another name."""
    name = name.strip()
    if name != village.name:
        _check_name(session, village.account_id, name)
        village.name = name


def join_word(village: Village) -> str:
    """What a follower sends to join the village where no QR code can be had."""
    return f"我是{village.name}"


def _check_name(session: Session, account_id: int, name: str) -> None:
    if not name or len(name) > NAME_LENGTH:
        raise AccountError(f"村名要 1–{NAME_LENGTH} 个字")
    taken = select(Village.id).where(Village.account_id == account_id, Village.name == name)
    if session.scalar(taken) is not None:
        raise AccountError(f"已有“{name}”，请换一个名字")

"""Whom a notice is for: villages, people who asked about a theme, or all followers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.errors import NoticeError
from fzbot.interactions.interaction import Interaction
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending.reply_window import in_window
from fzbot.people.follower import Follower

INTEREST = timedelta(days=180)
"""How long somebody who asked about a theme counts as interested."""


@dataclass(frozen=True)
class Audience:
    """Villages (None for all followers), and the theme they asked about (None for any)."""

    villages: tuple[int, ...] | None = None
    theme: str | None = None

    @property
    def is_everyone(self) -> bool:
        """Whether it is simply all followers."""
        return self.villages is None and self.theme is None

    def to_json(self) -> dict[str, Any]:
        """For storing. Rows call the theme a topic, as they always have: the version before reads them during an upgrade."""
        return {"villages": None if self.villages is None else sorted(self.villages), "topic": self.theme}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Audience":
        """What `to_json` made."""
        villages = stored["villages"]
        return cls(None if villages is None else tuple(villages), stored["topic"])

    def check(self, allowed: Collection[int] | None) -> None:
        """`NoticeError` when it reaches beyond the villages that somebody serves (None: all of them)."""
        if self.villages is not None and not self.villages:
            raise NoticeError("请至少选一个村")
        if allowed is None:
            return
        if self.villages is None or set(self.villages) - set(allowed):
            raise NoticeError("只能发给您服务的村")


@dataclass(frozen=True)
class AudienceSize:
    """How many followers an audience has, and how many of them a way reaches now."""

    people: int
    reachable: int


def members(account_id: int, audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions on followers."""
    found: list[ColumnElement[bool]] = [Follower.account_id == account_id, Follower.unfollowed_at.is_(None)]
    if audience.villages is not None:
        found.append(Follower.village_id.in_(audience.villages))
    if audience.theme is not None:
        asked = select(Interaction.id).where(
            Interaction.account_id == account_id,
            Interaction.openid_hash == Follower.openid_hash,
            Interaction.day > china_day(now - INTEREST),
            Interaction.entry.startswith(f"{audience.theme}.", autoescape=True),
        )
        found.append(asked.exists())
    return found


def size(session: Session, account_id: int, audience: Audience, way: DeliveryMethod, now: datetime) -> AudienceSize:
    """The size before sending."""
    conditions = members(account_id, audience, now)
    people = _count(session, conditions)
    if way is DeliveryMethod.CUSTOMER:
        return AudienceSize(people, _count(session, [*conditions, in_window(account_id, now)]))
    return AudienceSize(people, 0 if way is DeliveryMethod.GROUP else people)


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).select_from(Follower).where(*conditions)) or 0

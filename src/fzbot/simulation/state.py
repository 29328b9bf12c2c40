"""What the simulated platform knows: the account, its followers, and what they received."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))


class RefusedError(Exception):
    """The platform refuses a call with an error code; `more` goes into the answer too."""

    def __init__(self, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.more = more


@dataclass
class SimulatedFollower:
    """A follower. The window counts what may still be sent until the follower does something again."""

    openid: str
    follows: bool = True
    blocks: bool = False
    tags: set[int] = field(default_factory=set)
    window_ends: float = 0.0
    allowance: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)
    masses: Counter[str] = field(default_factory=Counter)


@dataclass
class PlatformState:
    """An account and everything about it. `offset` moves its clock; `odd` followers are refused, with a code, to be tagged."""

    app_id: str
    secret: str
    kind: str = "service"
    offset: float = 0.0
    fans: dict[str, SimulatedFollower] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    jobs: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    materials: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=lambda: {"TEMPLATE"})
    odd: dict[str, int] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    _number: int = 1000

    @property
    def is_service(self) -> bool:
        """Whether it is a service account (服务号)."""
        return self.kind.startswith("service")

    @property
    def is_verified(self) -> bool:
        """Whether the account is verified (认证)."""
        return not self.kind.endswith("unverified")

    def now(self) -> float:
        """Seconds since 1970, by this state's clock."""
        return time.time() + self.offset

    def day(self) -> str:
        """The day in China."""
        return datetime.fromtimestamp(self.now(), CHINA).strftime("%Y-%m-%d")

    def number(self) -> int:
        """A number that was never given before."""
        self._number += 1
        return self._number

    def fan(self, openid: str) -> SimulatedFollower:
        """The follower; refused where there is none."""
        found = self.fans.get(openid)
        if found is None:
            raise RefusedError(40003, "invalid openid")
        return found

    def needs(self, service: bool = False) -> None:
        """Refuse what this kind of account may not do."""
        if not self.is_verified or (service and not self.is_service):
            raise RefusedError(48001, "api unauthorized")

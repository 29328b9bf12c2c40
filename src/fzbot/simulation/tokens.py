"""Access tokens: stable ones, shared by all who ask, until they end, are forced out or revoked."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from fzbot.simulation.state import PlatformState, RefusedError

LIFETIME = 7200
OVERLAP = 300
"""Seconds before its end from which a new token is handed out; the old one stays good until its end."""
FORCED_A_DAY = 20


@dataclass
class Tokens:
    """The tokens of one account."""

    state: PlatformState
    lifetime: int = LIFETIME
    value: str = ""
    ends: float = 0.0
    good: dict[str, float] = field(default_factory=dict)
    forced: Counter[str] = field(default_factory=Counter)

    def stable(self, body: dict[str, Any]) -> dict[str, Any]:
        """`POST /cgi-bin/stable_token`."""
        self._check(body.get("appid"), body.get("secret"))
        now = self.state.now()
        if body.get("force_refresh"):
            self.forced[self.state.day()] += 1
            if self.forced[self.state.day()] > FORCED_A_DAY:
                raise RefusedError(45009, "reach max api daily quota limit")
            self.good.clear()
            self._issue()
        elif now >= self.ends - min(OVERLAP, self.lifetime / 4):
            self._issue()
        return {"access_token": self.value, "expires_in": int(self.ends - now)}

    def plain(self, app_id: str, secret: str) -> dict[str, Any]:
        """`GET /cgi-bin/token`: pushes out whatever was there."""
        self._check(app_id, secret)
        self.good.clear()
        self._issue()
        return {"access_token": self.value, "expires_in": self.lifetime}

    def check(self, token: str) -> None:
        """Refuse a token that is not good."""
        ends = self.good.get(token)
        if ends is None:
            raise RefusedError(40001, "invalid credential, access_token is invalid or not latest")
        if self.state.now() >= ends:
            raise RefusedError(42001, "access_token expired")

    def revoke(self) -> None:
        """What happens when a token leaks: the stable one is not good any more, though nothing new is issued."""
        self.good.clear()

    def renew(self) -> None:
        """Somebody else forced a new one."""
        self.good.clear()
        self._issue()

    def _check(self, app_id: object, secret: object) -> None:
        if app_id != self.state.app_id:
            raise RefusedError(40013, "invalid appid")
        if secret != self.state.secret:
            raise RefusedError(40125, "invalid appsecret")

    def _issue(self) -> None:
        self.value = secrets.token_urlsafe(24)
        self.ends = self.state.now() + self.lifetime
        self.good[self.value] = self.ends

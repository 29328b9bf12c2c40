"""The access token of an account, one for all processes: fetched once under a claim, and renewed before it ends.

`stable_token` gives every caller the same token until it is about to end, so processes never push one another out. A claim
with an end stands in for a held lock: SQLite has one writer, which must not wait for the platform.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from fzbot import clock
from fzbot.errors import PlatformError

EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed; the platform hands out a new one from about then on."""
BETWEEN_FETCHES = timedelta(minutes=1)
CLAIM = timedelta(seconds=15)
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.05
FORCED_A_DAY = 20


@dataclass(frozen=True)
class Token:
    """An access token."""

    value: str
    fetched_at: datetime
    expires_at: datetime

    def is_valid(self, now: datetime) -> bool:
        """Whether the platform still takes it."""
        return now < self.expires_at

    def is_due(self, now: datetime) -> bool:
        """Whether to fetch the next one."""
        return now >= self.expires_at - EARLY and now >= self.fetched_at + BETWEEN_FETCHES


class TokenStore(Protocol):
    """Where all processes find the token of one account."""

    def read(self) -> Token | None:
        """The token that was fetched last."""

    def claim(self, now: datetime, until: datetime) -> bool:
        """Whether the caller may fetch; if so, nobody else may before `until`."""

    def put(self, token: Token) -> None:
        """Keep a token and give up the claim."""

    def give_up(self) -> None:
        """Give up the claim without a token."""

    def may_force(self, now: datetime, limit: int) -> bool:
        """Whether a forced refresh is left today; if so, it is taken."""


Fetch = Callable[[bool], Token]
"""Asks the platform for a token; True forces a new one. `PlatformError` when there is none to be had."""


class TokenSource:
    """Gives the token of one account."""

    def __init__(
        self,
        store: TokenStore,
        fetch: Fetch,
        now: Callable[[], datetime] = clock.now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._shelf = store
        self._fetch = fetch
        self._now = now
        self._sleep = sleep
        self._last: Token | None = None

    def current(self) -> Token:
        """A valid token; `PlatformError` when none can be had."""
        now = self._now()
        if self._last is not None and self._last.is_valid(now) and not self._last.is_due(now):
            return self._last
        return self._obtain(None)

    def after_refusal(self, refused: Token) -> Token:
        """A token other than the one that the platform refused; `PlatformError` when none can be had."""
        return self._obtain(refused)

    def _obtain(self, refused: Token | None) -> Token:
        waited = 0.0
        while waited < PATIENCE_SECONDS:
            now = self._now()
            found = self._shelf.read()
            usable = found if found is not None and found.is_valid(now) and not _same(found, refused) else None
            if usable is not None and not usable.is_due(now):
                self._last = usable
                return usable
            if self._shelf.claim(now, now + CLAIM):
                self._last = self._renew(refused)
                return self._last
            if usable is not None:  # another process is renewing it
                return usable
            self._sleep(POLL_SECONDS)
            waited += POLL_SECONDS
        raise PlatformError("等不到 access_token，另一个进程取它时卡住了")

    def _renew(self, refused: Token | None) -> Token:
        try:
            # Somebody may have put one between our look and our claim.
            found = self._shelf.read()
            now = self._now()
            if found is not None and found.is_valid(now) and not found.is_due(now) and not _same(found, refused):
                self._shelf.give_up()
                return found
            token = self._fetch(False)
            if _same(token, refused):
                token = self._force()
        except BaseException:
            self._shelf.give_up()
            raise
        self._shelf.put(token)
        return token

    def _force(self) -> Token:
        if not self._shelf.may_force(self._now(), FORCED_A_DAY):
            raise PlatformError(f"access_token 一直被拒，今天强制刷新已满 {FORCED_A_DAY} 次；请核对 AppSecret")
        return self._fetch(True)


def _same(token: Token, other: Token | None) -> bool:
    return other is not None and token.value == other.value

"""The token's store in Redis, for installations that have one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis

from fzbot.clock import china_day
from fzbot.errors import StoreError
from fzbot.people.sealing import Sealer
from fzbot.wechat.tokens import Token

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class RedisTokenStore:
    """Implements `TokenShelf`; `StoreError` while Redis is away."""

    client: "redis.Redis"
    sealer: Sealer
    account_id: int

    def read(self) -> Token | None:
        """The token that was fetched last."""
        with _errors():
            raw: Any = self.client.get(self._key("token"))
        if raw is None:
            return None
        kept = json.loads(self.sealer.unseal(raw.decode()))
        return Token(
            kept["value"], datetime.fromisoformat(kept["fetched_at"]), datetime.fromisoformat(kept["expires_at"])
        )

    def claim(self, now: datetime, until: datetime) -> bool:
        """Whether the caller may fetch."""
        milliseconds = max(1, round((until - now).total_seconds() * 1000))
        with _errors():
            return bool(self.client.set(self._key("claim"), "1", nx=True, px=milliseconds))

    def put(self, token: Token) -> None:
        """Keep a token and give up the claim."""
        kept = {
            "value": token.value,
            "fetched_at": token.fetched_at.isoformat(),
            "expires_at": token.expires_at.isoformat(),
        }
        with _errors():
            self.client.set(self._key("token"), self.sealer.seal(json.dumps(kept)), ex=DAY_SECONDS)
            self.client.delete(self._key("claim"))

    def give_up(self) -> None:
        """Give up the claim."""
        with _errors():
            self.client.delete(self._key("claim"))

    def may_force(self, now: datetime, limit: int) -> bool:
        """Whether a forced refresh is left today; if so, it is taken."""
        key = self._key(f"forced:{china_day(now)}")
        with _errors():
            used: Any = self.client.incr(key)
            self.client.expire(key, 2 * DAY_SECONDS)
        return int(used) <= limit

    def _key(self, name: str) -> str:
        return f"fzbot:{self.account_id}:{name}"


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StoreError(f"Redis 用不了（{type(error).__name__}），请检查 FZBOT_REDIS_URL") from error

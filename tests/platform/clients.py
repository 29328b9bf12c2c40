"""fzbot's client of the simulated platform."""

from datetime import datetime, timedelta

import httpx

from fzbot import clock
from fzbot.wechat.platform import Key, Platform
from fzbot.wechat.tokens import Token
from tests.platform.simulated import CREDENTIALS

KEY = Key(CREDENTIALS.app_id, CREDENTIALS.app_secret)
SEND = "/cgi-bin/message/custom/send"


class MemoryShelf:
    """A store for one process."""

    def __init__(self, claimed: bool = False) -> None:
        self.token: Token | None = None
        self.claimed = claimed
        self.forced = 0

    def read(self) -> Token | None:
        return self.token

    def claim(self, now: datetime, until: datetime) -> bool:
        assert now < until
        if self.claimed:
            return False
        self.claimed = True
        return True

    def put(self, token: Token) -> None:
        self.token, self.claimed = token, False

    def give_up(self) -> None:
        self.claimed = False

    def may_force(self, now: datetime, limit: int) -> bool:
        assert now.tzinfo is not None
        self.forced += 1
        return self.forced <= limit


def make_token(value: str, lasts: float = 7200, age: float = 0) -> Token:
    now = clock.now()
    return Token(value, now - timedelta(seconds=age), now + timedelta(seconds=lasts))


def client(http: httpx.Client, store: MemoryShelf | None = None, key: Key = KEY) -> Platform:
    """A client that does not wait between tries."""
    return Platform(http, key, store or MemoryShelf(), sleep=lambda _: None)


def text_to(openid: str, words: str = "您好") -> dict[str, object]:
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}

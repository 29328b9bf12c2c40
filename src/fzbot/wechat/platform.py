"""Calls to the platform as one account: token, time-outs, error policy, counted and timed."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from fzbot import clock
from fzbot.errors import PlatformError, PlatformUnclearError
from fzbot.runtime.metrics import PLATFORM_CALLS, PLATFORM_SECONDS
from fzbot.wechat import answers
from fzbot.wechat.answers import Answer
from fzbot.wechat.connections import Exchange
from fzbot.wechat.error_policy import Reaction, explain, reaction
from fzbot.wechat.tokens import Token, TokenSource, TokenStore

PAUSES = (0.2, 0.6)
"""Seconds to wait before the second and third try when the platform says that it is busy."""
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
TOKEN_CHARS = 512
TOKEN_SECONDS = 86_400
WRONG_SECRET = (40001, 40125)
"""How the platform says, to a call for a token, that the AppSecret is wrong (documented, and in fact)."""


@dataclass(frozen=True)
class Key:
    """What opens the platform for an account."""

    app_id: str
    app_secret: str = field(repr=False)


class Platform:
    """The platform's interface for one account. Safe to use from many threads."""

    def __init__(
        self, http: httpx.Client, key: Key, store: TokenStore, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._http = http
        self._key = key
        self._tokens = TokenSource(store, self._fetch_token, sleep=sleep)
        self._sleep = sleep

    def call(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Post `body` as JSON (or get, without one) and return the answer.

        `PlatformError` when the platform refuses or is not reached, `PlatformUnclearError` when nobody can say.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._patiently(path, {"content": content})

    def order(self, path: str, body: dict[str, Any]) -> Answer:
        """`call` for what answers with `errcode` 0; unclear where even that is missing."""
        return answers.done(self.call(path, body))

    def check_token(self) -> None:
        """Get a token, from the store or from the platform; raises like `call`."""
        self._tokens.current()

    def upload_picture(self, path: str, name: str, content: bytes, media_type: str) -> Answer:
        """Post a picture in the form field `media`; raises like `call`."""
        return self._patiently(path, {"files": {"media": (name, content, media_type)}, "params": {"type": "image"}})

    def _patiently(self, path: str, sent: dict[str, Any]) -> Answer:
        for pause in PAUSES:
            try:
                return self._with_token(path, sent)
            except PlatformError as error:
                if error.code is None or reaction(error.code) is not Reaction.RETRY:
                    raise
                self._sleep(pause)
        return self._with_token(path, sent)

    def _with_token(self, path: str, sent: dict[str, Any]) -> Answer:
        token = self._tokens.current()
        try:
            return self._send(path, sent, token)
        except PlatformError as error:
            if error.code is None or reaction(error.code) is not Reaction.REFRESH:
                raise
        token = self._tokens.after_refusal(token)
        return self._send(path, sent, token)

    def _fetch_token(self, force: bool) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._key.app_id,
            "secret": self._key.app_secret,
            "force_refresh": force,
        }
        now = clock.now()
        try:
            answer = self._send(STABLE_TOKEN, {"content": json.dumps(body).encode()})
            value = answers.text(answer, "access_token", TOKEN_CHARS)
            lasts = answers.number(answer, "expires_in", TOKEN_SECONDS)
        except PlatformUnclearError as error:  # whatever it did, the call that the token was for did not go out
            raise PlatformError(f"拿不到 access_token：{error}") from error
        except PlatformError as error:
            if error.code in WRONG_SECRET:
                raise PlatformError(explain(WRONG_SECRET[1]), WRONG_SECRET[1], error.answer) from error
            raise
        return Token(value, now, now + timedelta(seconds=lasts))

    def _send(self, path: str, sent: dict[str, Any], token: Token | None = None) -> Answer:
        method = "GET" if sent.get("content", b"") is None else "POST"
        key = {"access_token": token.value} if token else {}
        sent = sent | {"params": sent.get("params", {}) | key}
        outcome, exchange = "ok", Exchange(self._http)
        try:
            with PLATFORM_SECONDS.labels(path).time():
                return answers.parse(*exchange.run(method, path, **sent))
        except httpx.HTTPError as error:
            if not exchange.is_sent:
                outcome = "unreachable"
                raise PlatformError(f"连不上微信平台（{type(error).__name__}），请检查网络和代理") from error
            outcome = "unclear"
            raise PlatformUnclearError(f"微信平台没有回话（{type(error).__name__}）") from error
        except PlatformError as error:
            outcome = "unclear" if error.code is None else str(error.code)
            raise
        finally:
            PLATFORM_CALLS.labels(path, outcome).inc()

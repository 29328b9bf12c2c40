"""Calls to the platform as one account: token, time-outs, error policy, counted and timed."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from fzbot import clock
from fzbot.errors import PlatformError, PlatformUnclearError
from fzbot.runtime.metrics import PLATFORM_CALLS, PLATFORM_SECONDS
from fzbot.wechat.error_policy import Reaction, explain, reaction
from fzbot.wechat.tokens import Token, TokenSource, TokenStore

API_BASE = "https://api.weixin.qq.com"
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
PAUSES = (0.2, 0.6)
"""Seconds to wait before the second and third try when the platform says that it is busy."""
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# httpx writes the whole address of each call to its log, and ours carry the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


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

    def call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post `body` as JSON (or get, without one) and return the answer.

        `PlatformError` when the platform refuses or is not reached, `PlatformUnclearError` when nobody can say.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._patiently(path, {"content": content})

    def check_token(self) -> None:
        """Get a token, from the store or from the platform; raises like `call`."""
        self._tokens.current()

    def upload_picture(self, path: str, name: str, content: bytes, media_type: str) -> dict[str, Any]:
        """Post a picture in the form field `media`; raises like `call`."""
        return self._patiently(path, {"files": {"media": (name, content, media_type)}, "params": {"type": "image"}})

    def _patiently(self, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        for pause in PAUSES:
            try:
                return self._with_token(path, sent)
            except PlatformError as error:
                if error.code != -1:
                    raise
                self._sleep(pause)
        return self._with_token(path, sent)

    def _with_token(self, path: str, sent: dict[str, Any]) -> dict[str, Any]:
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
        answer = self._send(STABLE_TOKEN, {"content": json.dumps(body).encode()})
        return Token(answer["access_token"], now, now + timedelta(seconds=int(answer["expires_in"])))

    def _send(self, path: str, sent: dict[str, Any], token: Token | None = None) -> dict[str, Any]:
        method = "GET" if sent.get("content", b"") is None else "POST"
        key = {"access_token": token.value} if token else {}
        sent = sent | {"params": sent.get("params", {}) | key}
        outcome = "ok"
        try:
            with PLATFORM_SECONDS.labels(path).time():
                return read(self._http.request(method, path, **sent))
        except NOT_SENT as error:
            outcome = "unreachable"
            raise PlatformError(f"连不上微信平台（{type(error).__name__}），请检查网络") from error
        except httpx.HTTPError as error:
            outcome = "unclear"
            raise PlatformUnclearError(f"微信平台没有回话（{type(error).__name__}）") from error
        except PlatformError as error:
            outcome = "unclear" if error.code is None else str(error.code)
            raise
        finally:
            PLATFORM_CALLS.labels(path, outcome).inc()


def read(response: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer; `PlatformError` when it says that the call was refused."""
    if response.is_server_error:
        raise PlatformUnclearError(f"微信平台出错（HTTP {response.status_code}）")
    if response.status_code != httpx.codes.OK:
        raise PlatformError(f"微信平台没有接受（HTTP {response.status_code}），请检查 FZBOT_WECHAT_API_BASE")
    try:
        answer = json.loads(response.content.decode("utf-8", "replace"), strict=False)
    except ValueError as error:
        raise PlatformUnclearError("微信平台的回话读不懂") from error
    if not isinstance(answer, dict):
        raise PlatformUnclearError("微信平台的回话读不懂")
    code = int(answer.get("errcode") or 0)
    if code:
        raise PlatformError(explain(code, str(answer.get("errmsg", ""))), code, answer)
    return answer


def make_http(base: str = API_BASE) -> httpx.Client:
    """The connections to the platform, shared by all accounts."""
    return httpx.Client(base_url=base, timeout=TIMEOUT, limits=httpx.Limits(max_connections=64))

"""A number for each request: in its response, in every line it logs, and on the page that says something broke."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fzbot.runtime.logs import request_id

HEADER = "x-request-id"
QUIET = ("/wechat", "/healthz", "/readyz", "/metrics", "/assets", "/console/assets")
"""Paths that get a line only when they fail: the platform's posts are counted by `/metrics`."""
BROKEN = "出错了，请稍后再试。还是不行，请把这个编号告诉管理员：{number}"

_NUMBER = re.compile(r"[0-9a-f]{8,32}")

log = logging.getLogger(__name__)


class RequestLog:
    """Numbers and logs the requests to an application. A proxy in front may give the number."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if _NUMBER.fullmatch(given) else secrets.token_hex(8)
        request_id.set(number)  # each request is a task with a context of its own
        path, started, status = scope["path"], time.perf_counter(), 500

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        finally:
            if _is_worth_a_line(path, status):
                _log(scope, status, time.perf_counter() - started)


async def broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - a handler's signature
    """The answer to an error that nobody expected; what it was stands in the log under the number."""
    return PlainTextResponse(BROKEN.format(number=request_id.get()), 500)


def _is_worth_a_line(path: str, status: int) -> bool:
    if path == "/readyz" and status == 503:  # asked every few seconds for as long as the database is away
        return False
    return status >= 500 or not path.startswith(QUIET)


def _log(scope: Scope, status: int, seconds: float) -> None:
    # The route, not the path: what somebody types as an address is theirs.
    route = getattr(scope.get("route"), "path", "-")
    facts = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    log.info("request", extra={"facts": facts})

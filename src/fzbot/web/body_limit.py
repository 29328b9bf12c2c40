"""No request may be larger, or dribble in longer, than an application can use. The only place that says so."""

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
FORM = 64 * KILOBYTE
"""Bytes of a form without files."""
FORM_SECONDS = 10.0


class BodyLimit:
    """Refuses bodies of more than `most` bytes (413) or that take longer than `seconds` to come in (408)."""

    def __init__(self, app: ASGIApp, most: int = FORM, seconds: float = FORM_SECONDS) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self._seconds
        declared = Headers(scope=scope).get("content-length", "")
        # What is said to be too large is refused before a byte of it is read.
        read = int(declared) if declared.isdecimal() and int(declared) > self._most else 0
        is_over = False

        async def limited() -> Message:
            nonlocal read, is_over
            if is_over:  # what comes now is the end of the connection, whenever that may be
                return await receive()
            if read > self._most:
                raise HTTPException(413, "内容太大")
            message = await _by(deadline, receive)
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413, "内容太大")
            is_over = not message.get("more_body", False)
            return message

        await self._app(scope, limited, send)


async def _by(deadline: float, receive: Receive) -> Message:
    try:
        async with asyncio.timeout_at(deadline):
            return await receive()
    except TimeoutError as error:
        raise HTTPException(408, "传得太慢，请重试") from error

"""`GET|POST /wechat` and `/wechat/{account}`: what the platform calls."""

import asyncio
import logging
from asyncio import wrap_future
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from fzbot.conversation import wording
from fzbot.conversation.turn import REPLY_SECONDS, Conversation
from fzbot.deadline import Deadline, until
from fzbot.errors import PostRefusedError
from fzbot.interactions.record import Recorded
from fzbot.people.account import DEFAULT
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.runtime.metrics import LATE, POST_SECONDS, POSTS_REFUSED
from fzbot.wechat.account_endpoints import AccountEndpoint, AccountEndpoints
from fzbot.wechat.envelope import MAX_BODY, Opened, Query
from fzbot.wechat.fair_pool import FairPool
from fzbot.wechat.messages import reply_xml, to_message
from fzbot.wechat.receipts import Receipts

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

BODY_SECONDS = 4.0
"""How long a body may take to come in: the platform sends it at once, and gives up on the reply after five seconds."""
UNKNOWN = ""
"""The line in which calls wait whose account has not been looked up."""
SUCCESS = "success"
"""What the platform takes as “no reply, do not post again”."""


class Webhook:
    """The bare route behind the platform's address; turns run in a bounded pool of threads, accounts in rounds."""

    def __init__(
        self,
        endpoints: AccountEndpoints,
        conversation: Conversation,
        pool: FairPool,
        receipts: Receipts,
        reply_seconds: float = REPLY_SECONDS,
    ) -> None:
        self._endpoints = endpoints
        self._conversation = conversation
        self._pool = pool
        self._receipts = receipts
        self._reply_seconds = reply_seconds

    async def answer(self, request: Request) -> Response:
        """Answer one call; 4xx with a short reason for what is not the platform's, never a 500."""
        try:
            with POST_SECONDS.time():
                return await self._answer(request)
        except PostRefusedError as refusal:
            POSTS_REFUSED.labels(str(refusal.status)).inc()
            log.info("post refused (%d): %s", refusal.status, refusal)
            return PlainTextResponse(str(refusal), refusal.status)

    async def _answer(self, request: Request) -> Response:
        limit = Deadline.after(self._reply_seconds)
        params = request.query_params
        query = Query(
            timestamp=params.get("timestamp", ""),
            nonce=params.get("nonce", ""),
            signature=params.get("signature", ""),
            msg_signature=params.get("msg_signature", ""),
        )
        slug = request.path_params.get("account", DEFAULT)
        line = slug if self._endpoints.is_known(slug) else UNKNOWN  # made-up names must not get a line each
        if request.method != "POST":
            echo = params.get("echostr", "")
            return await wrap_future(self._pool.submit(line, self._verify, slug, query, echo))
        body = await _body(request)
        post = _Post()
        with until(limit):
            turn = wrap_future(self._pool.submit(line, self._turn, post, slug, query, body))
        text = await _text(turn, post, limit)
        if not text or post.opened is None:
            return PlainTextResponse(SUCCESS)
        endpoint, opened = post.opened
        sealed = endpoint.envelope.seal(reply_xml(opened.message, text), opened, query.nonce)
        return Response(sealed, media_type="application/xml")

    def _verify(self, slug: str, query: Query, echo: str) -> Response:
        return PlainTextResponse(self._endpoint(slug).envelope.verify(query, echo))

    def _turn(self, post: "_Post", slug: str, query: Query, body: bytes) -> Recorded | None:
        endpoint = self._endpoint(slug)
        opened = endpoint.envelope.open(query, body)
        if self._receipts.take(opened.message, endpoint.account_id):
            return None
        post.opened = endpoint, opened
        return self._conversation.handle(to_message(opened.message, endpoint.account_id, self._conversation.now()))

    def _endpoint(self, slug: str) -> AccountEndpoint:
        try:
            endpoint = self._endpoints.find(slug)
        except SQLAlchemyError as error:
            log.warning("account not read: %s", type(error).__name__)
            raise PostRefusedError("account cannot be looked up just now", 429) from error
        if endpoint is None:
            raise PostRefusedError("no such account here, or it is not configured", 404)
        return endpoint


@dataclass
class _Post:
    """What is known of a post as soon as it is opened, so that it can be answered should the rest take too long."""

    opened: tuple[AccountEndpoint, Opened] | None = None


async def _text(turn: "asyncio.Future[Recorded | None]", post: _Post, limit: Deadline) -> str:
    """The text to reply with by the deadline; empty for none."""
    await asyncio.wait({turn}, timeout=limit.left)
    if not turn.done():
        LATE.inc()
        if post.opened is None:
            raise PostRefusedError("too busy to open the post in time", 429)
        log.error("a turn took too long: its sender was told to write again")
        return wording.BUSY
    recorded = turn.result()
    if recorded is None:
        return ""
    # No thread waits for the disk: the recorder wakes the loop when the row is durable.
    await asyncio.wait({wrap_future(recorded)}, timeout=limit.left)
    return recorded.by(limit)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MAX_BODY:
        raise PostRefusedError("body is too large", 413)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise PostRefusedError("body is too large", 413)
    except TimeoutError as slow:
        raise PostRefusedError("the body took too long to come in", 408) from slow
    except ClientDisconnect as gone:
        raise PostRefusedError("connection closed before the body was complete") from gone
    return bytes(body)

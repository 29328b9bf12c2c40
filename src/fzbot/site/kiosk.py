"""The kiosk: the same answers on a touch screen in the village service hall, counted under its village and channel.

Each visitor is a person of their own: the page makes up a name for the visit and forgets it when idle, so nothing
personal is left on the screen. Staff register a village's screen with a link that the screen keeps as a cookie, out of sight
of who stands before it. Without one anybody may be asking, from anywhere: that is answered, and is nobody's consultation.
"""

import logging
import re
import secrets
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.conversation.message import Message
from fzbot.conversation.turn import Conversation
from fzbot.db import reading
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.people import kiosk_device
from fzbot.people.village import Village
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.runtime.metrics import THROTTLED
from fzbot.site.pages import templates
from fzbot.web.rate_limiter import RateLimiter

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

COOKIE = "fzbot_kiosk"
KEPT_SECONDS = 400 * 24 * 3600
"""The longest that a browser keeps a cookie; each time the page opens it starts anew."""
VISIT = r"^[0-9a-f]{32}$"
VILLAGE_PER_MINUTE, ANONYMOUS_PER_MINUTE = 120, 20
"""What one address may ask for a village, whose halls may share it, and for none."""


TOUCH = "，点一下就行"
_LINE = re.compile(r"^\d+\. (.+)$")
_BY_NUMBER = re.compile(r"（回数字）|，?(?:也可以)?回数字(?:看答案|看常见问题|就行)?")


def touch(reply: str) -> dict[str, object]:
    """A reply for a touch screen: its words without the list at the end, and the list as buttons."""
    head, lead, tail = reply.rpartition("回数字")
    if not lead:
        return {"reply": reply, "choices": []}
    lines = tail.splitlines()
    choices = [found[1] for line in lines if (found := _LINE.match(line))]
    rest = [line for line in lines if not _LINE.match(line)]
    words = _BY_NUMBER.sub(TOUCH if choices else "", head + lead + "\n".join(rest))
    return {"reply": words.replace(f"？{TOUCH}", "？点一下就行").strip(), "choices": choices}


@dataclass(frozen=True)
class AddressLimits:
    """How fast one address may ask; each visit has the pace of a follower besides."""

    village: RateLimiter = field(default_factory=lambda: RateLimiter(VILLAGE_PER_MINUTE))
    anonymous: RateLimiter = field(default_factory=lambda: RateLimiter(ANONYMOUS_PER_MINUTE))

    def allows(self, request: Request, village: Village | None) -> bool:
        """Count what is asked at a village's touch screen, or at none, unless it was too much."""
        address = request.client.host if request.client else ""
        if village is None:
            return self.anonymous.allows(address)
        return self.village.allows(f"{village.id} {address}")


def kiosk(
    conversation: Conversation,
    current_snapshot: CurrentSnapshot,
    anonymous_account: int,
    limits: AddressLimits | None = None,
) -> APIRouter:
    """The page and the call behind its buttons; the account is that of everything asked at no registered screen."""
    router = APIRouter(include_in_schema=False)
    limits = limits or AddressLimits()

    @router.get("/kiosk", response_class=HTMLResponse)
    def page(request: Request, k: str = "") -> Response:
        word = k or request.cookies.get(COOKIE, "")
        village = _village_of(conversation.engine, word)
        if village is None:
            return _page(request, current_snapshot, None)
        answer = RedirectResponse("/kiosk", 303) if k else _page(request, current_snapshot, village)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, word, KEPT_SECONDS, path="/kiosk", httponly=True, secure=secure, samesite="strict")
        return answer

    @router.post("/kiosk/messages")
    def ask(
        request: Request,
        visit: Annotated[str, Form(pattern=VISIT)],
        text: Annotated[str, Form(max_length=500)] = "",
        topic: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        village = _village_of(conversation.engine, request.cookies.get(COOKIE, ""))
        if not limits.allows(request, village):
            THROTTLED.labels("kiosk").inc()
            return JSONResponse(touch(conversation.reply_unrecorded(text)))
        message = Message(
            account_id=village.account_id if village else anonymous_account,
            openid=f"kiosk {visit}",
            kind=MessageKind.CLICK if topic else MessageKind.TEXT,
            post_id=f"kiosk {secrets.token_hex(16)}",
            sent_at=clock.now(),
            text=text,
            event_key=f"topic:{topic}" if topic else "",
            channel=Channel.KIOSK,
            scene=village.scene if village else "",
        )
        return JSONResponse(touch(conversation.reply_to(message)))

    return router


def _page(request: Request, current_snapshot: CurrentSnapshot, village: Village | None) -> Response:
    topics = list(current_snapshot.snapshot.topics.values())
    return templates.TemplateResponse(request, "kiosk.html", {"topics": topics, "village": village})


def _village_of(engine: Engine, word: str) -> Village | None:
    """The village whose registered screen asks; None for any other, and while the database is away."""
    try:
        with reading(engine) as session:
            return kiosk_device.find(session, word)
    except SQLAlchemyError as error:
        log.warning("village of a touch screen not read: %s", type(error).__name__)
        return None

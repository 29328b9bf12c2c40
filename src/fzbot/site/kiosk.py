"""The kiosk: the same answers on a touch screen in the village service hall, counted under its village and channel.

Each visitor is a person of their own: the page makes up a name for the visit and forgets it when idle, so nothing
personal is left on the screen. The address carries the village's scene, which nobody can guess; without one anybody may be
asking, from anywhere, and that is counted apart.
"""

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.conversation.followers import village_scanned
from fzbot.conversation.message import Message
from fzbot.conversation.turn import Conversation
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.runtime.metrics import THROTTLED
from fzbot.site.pages import templates
from fzbot.web.rate_limiter import RateLimiter

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
class KioskAccounts:
    """The account whose villages have touch screens, and the one of everything that comes from none of them."""

    villages: int
    anonymous: int


@dataclass(frozen=True)
class AddressLimits:
    """How fast one address may ask."""

    village: RateLimiter = field(default_factory=lambda: RateLimiter(VILLAGE_PER_MINUTE))
    anonymous: RateLimiter = field(default_factory=lambda: RateLimiter(ANONYMOUS_PER_MINUTE))

    def allows(self, request: Request, scene: str) -> bool:
        """Count what is asked at a village's touch screen, or at none, unless it was too much."""
        address = request.client.host if request.client else ""
        limiter = self.village if scene else self.anonymous
        return limiter.allows(f"{scene} {address}")


def kiosk(conversation: Conversation, current_snapshot: CurrentSnapshot, accounts: KioskAccounts) -> APIRouter:
    """The page and the call behind its buttons."""
    router = APIRouter(include_in_schema=False)
    limits = AddressLimits()

    @router.get("/kiosk", response_class=HTMLResponse)
    def page(request: Request, v: str = "") -> Response:
        topics = list(current_snapshot.snapshot.topics.values())
        return templates.TemplateResponse(request, "kiosk.html", {"topics": topics, "scene": v})

    @router.post("/kiosk/messages")
    def ask(
        request: Request,
        visit: Annotated[str, Form(pattern=VISIT)],
        text: Annotated[str, Form(max_length=500)] = "",
        topic: Annotated[str, Form(max_length=40)] = "",
        scene: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        message = Message(
            account_id=accounts.villages,
            openid=f"kiosk {visit}",
            kind=MessageKind.CLICK if topic else MessageKind.TEXT,
            post_id=f"kiosk {secrets.token_hex(16)}",
            sent_at=clock.now(),
            text=text,
            event_key=f"topic:{topic}" if topic else scene,
            channel=Channel.KIOSK,
            scene=scene,
        )
        if village_scanned(conversation.engine, message) is None:
            message = replace(message, account_id=accounts.anonymous, scene="")
        if not limits.allows(request, message.scene):
            THROTTLED.labels("kiosk").inc()
            return JSONResponse(touch(conversation.reply_unrecorded(text)))
        return JSONResponse(touch(conversation.reply_to(message)))

    return router

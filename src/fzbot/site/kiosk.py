"""The kiosk: the same answers on a touch screen in the village service hall, counted under its village and channel.

Each visitor is a person of their own: the page makes up a name for the visit and forgets it when idle, so nothing
personal is left on the screen. The address carries the village's scene, which nobody can guess.
"""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.conversation.message import Message
from fzbot.conversation.turn import Conversation
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.site.pages import templates

VISIT = r"^[0-9a-f]{32}$"


def kiosk(conversation: Conversation, current_snapshot: CurrentSnapshot, account_id: int) -> APIRouter:
    """The page and the call behind its buttons, for one account."""
    router = APIRouter(include_in_schema=False)

    @router.get("/kiosk", response_class=HTMLResponse)
    def page(request: Request, v: str = "") -> Response:
        topics = list(current_snapshot.snapshot.topics.values())
        return templates.TemplateResponse(request, "kiosk.html", {"topics": topics, "scene": v})

    @router.post("/kiosk/messages")
    def ask(
        visit: Annotated[str, Form(pattern=VISIT)],
        text: Annotated[str, Form(max_length=500)] = "",
        topic: Annotated[str, Form(max_length=40)] = "",
        scene: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        message = Message(
            account_id=account_id,
            openid=f"kiosk {visit}",
            kind=MessageKind.CLICK if topic else MessageKind.TEXT,
            post_id=f"kiosk {secrets.token_hex(16)}",
            sent_at=clock.now(),
            text=text,
            event_key=f"topic:{topic}" if topic else scene,
            channel=Channel.KIOSK,
            scene=scene,
        )
        return JSONResponse({"reply": conversation.reply_to(message)})

    return router

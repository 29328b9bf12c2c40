"""The simulator: a chat in the browser whose messages are signed, encrypted and posted to the real webhook."""

import secrets
from typing import Annotated

import httpx
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from fzbot.simulation.simulated_client import SimulatedWeChatClient
from fzbot.site.pages import templates

SLUG = "simulator"
TIMEOUT_SECONDS = 5.0
KINDS = {
    "text": {"MsgType": "text"},
    "voice": {"MsgType": "voice", "MediaId": "simulated", "Format": "amr"},
    "image": {"MsgType": "image", "PicUrl": "simulated", "MediaId": "simulated"},
    "subscribe": {"MsgType": "event", "Event": "subscribe", "EventKey": ""},
}


def simulator(platform: SimulatedWeChatClient) -> APIRouter:
    """The page and the call behind its send button. It talks to an account of its own, so nothing real is counted."""
    router = APIRouter(include_in_schema=False)

    @router.get("/simulator", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "simulator.html")

    @router.post("/simulator/messages")
    async def send(
        request: Request,
        kind: Annotated[str, Form()],
        villager: Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{1,40}$")],
        text: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        if kind not in KINDS:
            return JSONResponse({"error": "没有这种消息"}, 422)
        query, body = platform.post(f"simulated_{villager}", _fields(kind, text))
        try:
            answer = await _post(request, query, body)
        except httpx.HTTPError as error:
            return JSONResponse({"error": f"接口没有回应（{type(error).__name__}）"}, 502)
        if answer.status_code != httpx.codes.OK:
            return JSONResponse({"error": f"接口拒收：{answer.text}"}, 502)
        return JSONResponse({"reply": platform.open(answer.content)})

    return router


def _fields(kind: str, text: str) -> dict[str, str]:
    fields = dict(KINDS[kind])
    if kind == "text":
        fields["Content"] = text
    if kind == "voice":
        fields["Recognition"] = text
    if kind != "subscribe":
        fields["MsgId"] = str(secrets.randbelow(10**18))
    return fields


async def _post(request: Request, query: dict[str, str], body: bytes) -> httpx.Response:
    host, port = request.scope["server"]
    address = f"[{host}]" if ":" in host else host
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        return await client.post(f"http://{address}:{port}/wechat/{SLUG}", params=query, content=body)

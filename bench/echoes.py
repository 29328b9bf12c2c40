"""What the webhook's throughput is compared with."""

from typing import Any

import wechatpy
from fastapi import FastAPI, Request, Response
from wechatpy.replies import TextReply


async def raw(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send the body back, with nothing between the server and us."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    message = await receive()
    length = str(len(message["body"])).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": message["body"]})


parsing = FastAPI()


@parsing.get("/healthz")
def healthz() -> str:
    """Ready."""
    return "ok"


@parsing.post("/wechat")
async def constant(request: Request) -> Response:
    """Parse the message and answer a constant."""
    message = wechatpy.parse_message(await request.body())
    return Response(TextReply(content="收到", message=message).render(), media_type="application/xml")

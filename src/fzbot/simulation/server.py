"""The simulated platform over HTTP: `/cgi-bin/…` as the platform has it, `/simulated/…` to look in and to turn the knobs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fzbot.simulation import desk
from fzbot.simulation.faults import Fault, Faults, Limits
from fzbot.simulation.knobs import Knobs
from fzbot.simulation.mailbox import Mailbox
from fzbot.simulation.sending import Sending
from fzbot.simulation.tokens import Tokens
from fzbot.simulation.world import RefusedError, World

CARRIERS = 8
"""How many receipts are under way at once."""

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Cut(Response):
    """An answer that breaks off before it says anything."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Promise more than is sent, so that the server closes the connection."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{"})


@dataclass
class Simulation:
    """The platform of one account."""

    world: World
    mailbox: Mailbox
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self._connect()

    def reset(self) -> None:
        """Forget everything but the account and where its webhook is."""
        self.world = World(self.world.app_id, self.world.secret, self.world.kind)
        self.faults, self.limits = Faults(), Limits()
        self._connect()

    def _connect(self) -> None:
        self.tokens = Tokens(self.world)
        self.sending = Sending(self.world, self.mailbox.put)
        world = self.world
        self.handlers: dict[str, Handler] = {
            "message/custom/send": self.sending.customer,
            "message/template/send": self.sending.template,
            "message/mass/sendall": self.sending.mass_to_tag,
            "message/mass/send": self.sending.mass_to_list,
            "message/mass/preview": self.sending.preview,
            "message/mass/get": self.sending.status,
            "tags/create": lambda body: desk.create_tag(world, body),
            "tags/get": lambda _: desk.list_tags(world),
            "tags/update": lambda body: desk.rename_tag(world, body),
            "tags/delete": lambda body: desk.delete_tag(world, body),
            "tags/members/batchtagging": lambda body: desk.tag_fans(world, body, put=True),
            "tags/members/batchuntagging": lambda body: desk.tag_fans(world, body, put=False),
            "menu/create": lambda body: desk.create_menu(world, body),
            "menu/get": lambda _: desk.read_menu(world),
            "qrcode/create": lambda body: desk.create_code(world, body),
            "draft/add": lambda body: desk.add_draft(world, body),
            "material/add_material": lambda _: desk.add_material(world),
        }

    async def answer(self, request: Request) -> Response:
        """Answer one call, with whatever fault it meets."""
        path = request.path_params["path"]
        raw = await request.body()
        self.world.calls[path] += 1
        fault = self.faults.pick(path)
        said = self._handle(path, request, raw) if fault is None or fault.is_done else {}
        if fault is not None:
            return await self._spoil(fault, said)
        self.world.answers[f"{path} {said.get('errcode', 0)}"] += 1
        return _json(said)

    async def _spoil(self, fault: Fault, said: dict[str, Any]) -> Response:
        if fault.kind == "code":
            return _json({"errcode": fault.code, "errmsg": "simulated fault"})
        if fault.kind in {"slow", "done-then-slow"}:
            await asyncio.sleep(fault.seconds)
            return _json(said)
        return Cut()

    def _handle(self, path: str, request: Request, raw: bytes) -> dict[str, Any]:
        query = request.query_params
        try:
            if path == "stable_token":
                return self.tokens.stable(json.loads(raw))
            if path == "token":
                return self.tokens.plain(query.get("appid", ""), query.get("secret", ""))
            self.tokens.check(query.get("access_token", ""))
            return {"errcode": 0, "errmsg": "ok"} | self._serve(path, raw)
        except RefusedError as refusal:
            return {"errcode": refusal.code, "errmsg": str(refusal)} | refusal.more
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return {"errcode": 47001, "errmsg": f"data format error: {type(error).__name__}"}

    def _serve(self, path: str, raw: bytes) -> dict[str, Any]:
        handler = self.handlers.get(path)
        if handler is None:
            raise RefusedError(40066, "invalid url")
        over = self.limits.take(path, self.world.now(), self.world.day())
        if over is not None:
            raise RefusedError(over, "reach max api quota limit")
        is_json = raw.startswith(b"{")
        return handler(json.loads(raw) if is_json else {})


def application(simulation: Simulation) -> Starlette:
    """The simulated platform as a web application."""
    knobs = Knobs(simulation)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(simulation.mailbox.carry()) for _ in range(CARRIERS)]
        yield
        for task in tasks:
            task.cancel()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/cgi-bin/{path:path}", simulation.answer, methods=["GET", "POST"]),
            Route("/simulated/state", knobs.state, methods=["GET"]),
            Route("/simulated/fans", knobs.fans, methods=["GET", "POST"]),
            Route("/simulated/change", knobs.change, methods=["POST"]),
            Route("/simulated/message", knobs.message, methods=["POST"]),
            Route("/", knobs.page, methods=["GET"]),
        ],
    )


def _json(said: dict[str, Any]) -> Response:
    return JSONResponse(said, media_type="text/plain")

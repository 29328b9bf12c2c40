"""Looking into the simulated platform, and changing what it does."""

import secrets
from html import escape
from typing import TYPE_CHECKING, Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from fzbot.simulation.faults import Fault, Faults
from fzbot.simulation.world import Fan, World

if TYPE_CHECKING:
    from fzbot.simulation.server import Simulation

WINDOW = (48 * 3600.0, 5)
EVENT_WINDOW = (60.0, 3)
SHOWN = 50


class Knobs:
    """The routes under `/simulated`, and a page for people."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation

    @property
    def _world(self) -> World:
        return self._simulation.world

    async def state(self, _: Request) -> Response:
        """Counts of everything."""
        world, simulation = self._world, self._simulation
        ways: dict[str, int] = {}
        for fan in world.fans.values():
            for message in fan.received:
                ways[message["way"]] = ways.get(message["way"], 0) + 1
        return JSONResponse(
            {
                "calls": world.calls,
                "answers": world.answers,
                "received": ways,
                "fans": len(world.fans),
                "jobs": world.jobs,
                "drafts": world.drafts,
                "menu": world.menu,
                "tags": {str(id_): name for id_, name in world.tags.items()},
                "receipts": {
                    "owed": simulation.mailbox.owed,
                    "posted": simulation.mailbox.posted,
                    "refused": simulation.mailbox.refused,
                },
            }
        )

    async def fans(self, request: Request) -> Response:
        """Get the followers and what each received, or add some: `{"openids": […], "allowance": 5, …}`."""
        if request.method == "GET":
            return JSONResponse(
                {
                    fan.openid: {"received": fan.received, "tags": sorted(fan.tags), "allowance": fan.allowance}
                    for fan in self._world.fans.values()
                }
            )
        wanted: dict[str, Any] = await request.json()
        for openid in wanted.pop("openids"):
            fan = self._world.fans.setdefault(openid, Fan(openid))
            for name, value in wanted.items():
                setattr(fan, name, value)
            if "allowance" in wanted:
                fan.window_ends = self._world.now() + WINDOW[0]
        return JSONResponse({"fans": len(self._world.fans)})

    async def change(self, request: Request) -> Response:
        """Turn knobs: `reset`, `faults`, `limits`, `offset`, `tokens` (“revoke”, “renew”), `kind`, `webhook` and so on."""
        wanted: dict[str, Any] = await request.json()
        simulation = self._simulation
        if wanted.get("reset"):
            simulation.reset()
        world = simulation.world
        if "faults" in wanted:
            simulation.faults = Faults([Fault(**rule) for rule in wanted["faults"]])
        for name in ("per_minute", "per_day"):
            if name in wanted:
                setattr(simulation.limits, name, wanted[name])
        if "tokens" in wanted:
            {"revoke": simulation.tokens.revoke, "renew": simulation.tokens.renew}[wanted["tokens"]]()
        for name, owner in (
            ("offset", world),
            ("kind", world),
            ("webhook", simulation.mailbox),
            ("delay", simulation.mailbox),
            ("processing", simulation.sending),
            ("lifetime", simulation.tokens),
        ):
            if name in wanted:
                setattr(owner, name, wanted[name])
        return JSONResponse({})

    async def message(self, request: Request) -> Response:
        """A follower writes (`{"openid", "text"}`) or does something (`{"openid", "event"}`); returns the reply."""
        wanted: dict[str, str] = await request.json()
        fan = self._world.fans.setdefault(wanted["openid"], Fan(wanted["openid"]))
        seconds, allowance = WINDOW if "text" in wanted else EVENT_WINDOW
        fan.window_ends, fan.allowance = self._world.now() + seconds, allowance
        if not self._simulation.mailbox.webhook:
            return JSONResponse({"reply": ""})
        try:
            reply = await self._simulation.mailbox.say(fan.openid, _fields(wanted))
        except httpx.HTTPError as error:
            return JSONResponse({"error": type(error).__name__}, 502)
        if reply:
            fan.received.append({"way": "reply", "content": reply, "link": "", "at": self._world.now()})
        return JSONResponse({"reply": reply})

    async def page(self, _: Request) -> Response:
        """What followers received, newest first, for people who try things by hand."""
        rows = [
            (message["at"], fan.openid, message["way"], message["content"])
            for fan in self._world.fans.values()
            for message in fan.received
        ]
        shown = "".join(
            f"<tr><td>{escape(openid)}<td>{escape(way)}<td><pre>{escape(content)}</pre>"
            for _, openid, way, content in sorted(rows, reverse=True)[:SHOWN]
        )
        calls = "".join(f"<li>{escape(name)}：{number}" for name, number in sorted(self._world.answers.items()))
        return HTMLResponse(
            f"<!doctype html><html lang=zh><meta charset=utf-8><title>模拟微信平台</title><h1>模拟微信平台</h1>"
            f"<p>公众号类型 {escape(self._world.kind)}，粉丝 {len(self._world.fans)} 人，收到 {len(rows)} 条。"
            f"<h2>最近收到的</h2><table border=1><tr><th>谁<th>方式<th>内容{shown}</table><h2>调用（错误码）</h2><ul>{calls}</ul>"
        )


def _fields(wanted: dict[str, str]) -> dict[str, str]:
    if "text" in wanted:
        number = str(secrets.randbelow(10**18))
        return {"MsgType": "text", "Content": wanted["text"], "MsgId": number}
    return {"MsgType": "event", "Event": wanted["event"], "EventKey": wanted.get("key", "")}

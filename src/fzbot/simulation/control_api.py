"""Looking into the simulated platform, and changing what it does."""

import secrets
from html import escape
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from fzbot.simulation.faults import Faults, SimulatedFault
from fzbot.simulation.platform import Simulation
from fzbot.simulation.state import PlatformState, SimulatedFollower

WINDOW = (48 * 3600.0, 5)
EVENT_WINDOW = (60.0, 3)
SHOWN = 50


class ControlApi:
    """The routes under `/simulated`, and a page for people."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    @property
    def _state(self) -> PlatformState:
        return self._simulation.state

    async def state(self, _: Request) -> Response:
        """Counts of everything."""
        state, simulation = self._state, self._simulation
        ways: dict[str, int] = {}
        for fan in state.fans.values():
            for message in fan.received:
                ways[message["way"]] = ways.get(message["way"], 0) + 1
        return JSONResponse(
            {
                "calls": state.calls,
                "answers": state.answers,
                "received": ways,
                "fans": len(state.fans),
                "jobs": state.jobs,
                "drafts": state.drafts,
                "menu": state.menu,
                "tags": {str(id_): name for id_, name in state.tags.items()},
                "receipts": {
                    "owed": simulation.webhook_sender.owed,
                    "posted": simulation.webhook_sender.posted,
                    "refused": simulation.webhook_sender.refused,
                },
            }
        )

    async def fans(self, request: Request) -> Response:
        """Get the followers and what each received, or add some: `{"openids": […], "allowance": 5, …}`."""
        if request.method == "GET":
            return JSONResponse(
                {
                    fan.openid: {"received": fan.received, "tags": sorted(fan.tags), "allowance": fan.allowance}
                    for fan in self._state.fans.values()
                }
            )
        wanted: dict[str, Any] = await request.json()
        for openid in wanted.pop("openids"):
            fan = self._state.fans.setdefault(openid, SimulatedFollower(openid))
            for name, value in wanted.items():
                setattr(fan, name, value)
            if "allowance" in wanted:
                fan.window_ends = self._state.now() + WINDOW[0]
        return JSONResponse({"fans": len(self._state.fans)})

    async def change(self, request: Request) -> Response:
        """Turn controls: `reset`, `faults`, `limits`, `offset`, `tokens` (“revoke”, “renew”), `kind`, `webhook` and so on."""
        wanted: dict[str, Any] = await request.json()
        simulation = self._simulation
        if wanted.get("reset"):
            simulation.reset()
        state = simulation.state
        if "faults" in wanted:
            simulation.faults = Faults([SimulatedFault(**rule) for rule in wanted["faults"]])
        for name in ("per_minute", "per_day"):
            if name in wanted:
                setattr(simulation.limits, name, wanted[name])
        if "tokens" in wanted:
            {"revoke": simulation.tokens.revoke, "renew": simulation.tokens.renew}[wanted["tokens"]]()
        for name, owner in (
            ("offset", state),
            ("kind", state),
            ("odd", state),
            ("webhook", simulation.webhook_sender),
            ("delay", simulation.webhook_sender),
            ("processing", simulation.sending),
            ("lifetime", simulation.tokens),
        ):
            if name in wanted:
                setattr(owner, name, wanted[name])
        return JSONResponse({})

    async def message(self, request: Request) -> Response:
        """A follower writes (`{"openid", "text"}`) or does something (`{"openid", "event"}`); returns the reply."""
        wanted: dict[str, str] = await request.json()
        fan = self._state.fans.setdefault(wanted["openid"], SimulatedFollower(wanted["openid"]))
        seconds, allowance = WINDOW if "text" in wanted else EVENT_WINDOW
        fan.window_ends, fan.allowance = self._state.now() + seconds, allowance
        if not self._simulation.webhook_sender.webhook:
            return JSONResponse({"reply": ""})
        try:
            reply = await self._simulation.webhook_sender.say(fan.openid, _fields(wanted))
        except httpx.HTTPError as error:
            return JSONResponse({"error": type(error).__name__}, 502)
        if reply:
            fan.received.append({"way": "reply", "content": reply, "link": "", "at": self._state.now()})
        return JSONResponse({"reply": reply})

    async def page(self, _: Request) -> Response:
        """What followers received, newest first, for people who try things by hand."""
        rows = [
            (message["at"], fan.openid, message["way"], message["content"])
            for fan in self._state.fans.values()
            for message in fan.received
        ]
        shown = "".join(
            f"<tr><td>{escape(openid)}<td>{escape(way)}<td><pre>{escape(content)}</pre>"
            for _, openid, way, content in sorted(rows, reverse=True)[:SHOWN]
        )
        calls = "".join(f"<li>{escape(name)}：{number}" for name, number in sorted(self._state.answers.items()))
        return HTMLResponse(
            f"<!doctype html><html lang=zh><meta charset=utf-8><title>模拟微信平台</title><h1>模拟微信平台</h1>"
            f"<p>公众号类型 {escape(self._state.kind)}，粉丝 {len(self._state.fans)} 人，收到 {len(rows)} 条。"
            f"<h2>最近收到的</h2><table border=1><tr><th>谁<th>方式<th>内容{shown}</table><h2>调用（错误码）</h2><ul>{calls}</ul>"
        )


def _fields(wanted: dict[str, str]) -> dict[str, str]:
    if "text" in wanted:
        number = str(secrets.randbelow(10**18))
        return {"MsgType": "text", "Content": wanted["text"], "MsgId": number}
    return {"MsgType": "event", "Event": wanted["event"], "EventKey": wanted.get("key", "")}

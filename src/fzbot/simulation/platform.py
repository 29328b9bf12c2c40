"""The simulated platform of one account: its calls as the platform has them, with the faults that it is told to have."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fzbot.simulation import account_api
from fzbot.simulation.faults import Faults, Limits, as_json
from fzbot.simulation.sending import Sending
from fzbot.simulation.state import PlatformState, RefusedError
from fzbot.simulation.tokens import Tokens
from fzbot.simulation.webhook_sender import WebhookSender

Handler = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Simulation:
    """The platform of one account."""

    state: PlatformState
    webhook_sender: WebhookSender
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self._connect()

    def reset(self) -> None:
        """Forget everything but the account and where its webhook is."""
        self.state = PlatformState(self.state.app_id, self.state.secret, self.state.kind)
        self.faults, self.limits = Faults(), Limits()
        self._connect()

    def _connect(self) -> None:
        self.tokens = Tokens(self.state)
        self.sending = Sending(self.state, self.webhook_sender.put)
        state = self.state
        self.handlers: dict[str, Handler] = {
            "message/custom/send": self.sending.customer,
            "message/template/send": self.sending.template,
            "message/mass/sendall": self.sending.mass_to_tag,
            "message/mass/send": self.sending.mass_to_list,
            "message/mass/preview": self.sending.preview,
            "message/mass/get": self.sending.status,
            "tags/create": lambda body: account_api.create_tag(state, body),
            "tags/get": lambda _: account_api.list_tags(state),
            "tags/update": lambda body: account_api.rename_tag(state, body),
            "tags/delete": lambda body: account_api.delete_tag(state, body),
            "tags/members/batchtagging": lambda body: account_api.tag_fans(state, body, put=True),
            "tags/members/batchuntagging": lambda body: account_api.tag_fans(state, body, put=False),
            "menu/create": lambda body: account_api.create_menu(state, body),
            "menu/get": lambda _: account_api.read_menu(state),
            "qrcode/create": lambda body: account_api.create_code(state, body),
            "draft/add": lambda body: account_api.add_draft(state, body),
            "material/add_material": lambda _: account_api.add_material(state),
        }

    async def answer(self, request: Request) -> Response:
        """Answer one call, with whatever fault it meets."""
        path = request.path_params["path"]
        raw = await request.body()
        self.state.calls[path] += 1
        fault = self.faults.pick(path)
        said = self._handle(path, request, raw) if fault is None or fault.is_done else {}
        if fault is not None:
            return await fault.spoilt(said)
        self.state.answers[f"{path} {said.get('errcode', 0)}"] += 1
        return as_json(said)

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
        over = self.limits.take(path, self.state.now(), self.state.day())
        if over is not None:
            raise RefusedError(over, "reach max api quota limit")
        is_json = raw.startswith(b"{")
        return handler(json.loads(raw) if is_json else {})

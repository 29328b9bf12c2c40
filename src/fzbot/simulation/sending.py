"""Messages to followers: mass send, customer service, template."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fzbot.simulation.state import PlatformState, RefusedError, SimulatedFollower

TEXT_BYTES = 2048
DAY = 86_400
MASS_A_DAY = 1
MASS_A_MONTH = 4
LIST_MOST = 10_000
CLIENT_ID_BYTES = 64

Receipt = dict[str, Any]


@dataclass
class Sending:
    """Sends, and hands receipts on. A job with `processing` seconds answers 45066 to repeats meanwhile."""

    state: PlatformState
    receipt: Callable[[Receipt], None]
    processing: float = 0.0
    by_client_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    mass_days: set[str] = field(default_factory=set)

    def customer(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/custom/send`."""
        self.state.needs()
        fan = self._reachable(body.get("touser", ""))
        content = _content(body)
        if len(content.encode()) > TEXT_BYTES:
            raise RefusedError(45002, "content size out of limit")
        if self.state.now() >= fan.window_ends:
            raise RefusedError(45015, "response out of time limit or subscription is canceled")
        if fan.allowance <= 0:
            raise RefusedError(45047, "out of response count limit")
        fan.allowance -= 1
        self._deliver(fan, "customer", content)
        return {}

    def template(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/template/send`."""
        self.state.needs(service=True)
        fan = self.state.fan(body.get("touser", ""))
        if body.get("template_id") not in self.state.templates:
            raise RefusedError(40037, "invalid template_id")
        data = body.get("data") or {}
        if not data or not all(item.get("value") for item in data.values()):
            raise RefusedError(47003, "argument invalid")
        if not fan.follows:
            raise RefusedError(43004, "require subscribe")
        number = self.state.number()
        status = "failed:user block" if fan.blocks else "success"
        if not fan.blocks:
            self._deliver(fan, "template", " ".join(item["value"] for item in data.values()), body.get("url", ""))
        fields = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": str(number), "Status": status}
        self.receipt({"openid": fan.openid} | fields)
        return {"msgid": number}

    def mass_to_tag(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/mass/sendall`: to a tag or to all."""
        self.state.needs()
        wanted = body.get("filter") or {}
        fans = list(self.state.fans.values())
        if not wanted.get("is_to_all"):
            tag = wanted.get("tag_id")
            if tag not in self.state.tags:
                raise RefusedError(45157, "invalid tag")
            fans = [fan for fan in fans if tag in fan.tags]
        return self._mass(body, fans, {"filter": wanted})

    def mass_to_list(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/mass/send`: to a list of openids, 2 to 10,000."""
        self.state.needs(service=True)
        openids = list(dict.fromkeys(body.get("touser") or []))
        if not 2 <= len(openids) <= LIST_MOST:
            raise RefusedError(40130, "invalid openid list size, at least two openid")
        fans = [self.state.fans[openid] for openid in openids if openid in self.state.fans]
        return self._mass(body, fans, {"listed": len(openids)})

    def preview(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/mass/preview`."""
        self.state.needs()
        fan = self._reachable(body.get("touser") or body.get("towxname") or "")
        self._deliver(fan, "preview", _content(body))
        return {"msg_id": self.state.number()}

    def status(self, body: dict[str, Any]) -> dict[str, Any]:
        """`message/mass/get`."""
        self.state.needs()
        for job in self.state.jobs:
            if str(job["msg_id"]) == str(body.get("msg_id")):
                return {"msg_id": job["msg_id"], "msg_status": "SEND_SUCCESS"}
        raise RefusedError(40059, "invalid msg id")

    def _mass(self, body: dict[str, Any], fans: list[SimulatedFollower], to: dict[str, Any]) -> dict[str, Any]:
        client_id = str(body.get("clientmsgid", ""))
        if len(client_id.encode()) > CLIENT_ID_BYTES:
            raise RefusedError(45067, "clientmsgid size out of limit")
        self._refuse_repeat(client_id)
        content = _content(body)
        if len(content.encode()) > TEXT_BYTES:
            raise RefusedError(45002, "content size out of limit")
        self._spend()
        job = {"msg_id": self.state.number(), "clientmsgid": client_id, "at": self.state.now(), **to}
        if client_id:
            self.by_client_id[client_id] = job
        self.state.jobs.append(job)
        job |= self._deliver_all(fans, content)
        self.receipt({"openid": "o-mphelper", "Event": "MASSSENDJOBFINISH", "Status": "send success"} | _counts(job))
        return {"msg_id": job["msg_id"], "msg_data_id": self.state.number()}

    def _refuse_repeat(self, client_id: str) -> None:
        job = self.by_client_id.get(client_id)
        if job is None or self.state.now() - job["at"] > DAY:
            return
        if self.state.now() - job["at"] < self.processing:
            raise RefusedError(45066, "clientmsgid is being handled", msg_id=job["msg_id"])
        raise RefusedError(45065, "clientmsgid exist", msg_id=job["msg_id"])

    def _spend(self) -> None:
        if self.state.is_service:
            return
        if self.state.day() in self.mass_days:
            raise RefusedError(45028, "has no masssend quota")
        self.mass_days.add(self.state.day())

    def _deliver_all(self, fans: list[SimulatedFollower], content: str) -> dict[str, int]:
        month = self.state.day()[:7]
        sent = filtered = 0
        following = [fan for fan in fans if fan.follows]
        for fan in following:
            if fan.blocks or (self.state.is_service and fan.masses[month] >= MASS_A_MONTH):
                filtered += 1
                continue
            fan.masses[month] += 1
            self._deliver(fan, "mass", content)
            sent += 1
        return {"total": len(following), "filter": len(following) - filtered, "sent": sent, "error": 0}

    def _reachable(self, openid: str) -> SimulatedFollower:
        fan = self.state.fan(openid)
        if not fan.follows:
            raise RefusedError(43004, "require subscribe")
        if fan.blocks:
            raise RefusedError(43019, "user in blacklist")
        return fan

    def _deliver(self, fan: SimulatedFollower, way: str, content: str, link: str = "") -> None:
        fan.received.append({"way": way, "content": content, "link": link, "at": self.state.now()})


def _content(body: dict[str, Any]) -> str:
    kind = body.get("msgtype", "")
    if kind == "text":
        return str(body["text"]["content"])
    if kind in {"mpnews", "image"}:
        return f"[{kind} {body[kind]['media_id']}]"
    raise RefusedError(40008, "invalid message type")


def _counts(job: dict[str, Any]) -> dict[str, str]:
    names = {"TotalCount": "total", "FilterCount": "filter", "SentCount": "sent", "ErrorCount": "error"}
    return {"MsgID": str(job["msg_id"])} | {name: str(job[key]) for name, key in names.items()}

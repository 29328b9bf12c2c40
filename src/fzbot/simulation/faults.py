"""What goes wrong on purpose: error codes, slow answers, cut connections, calls carried out whose answer never comes."""

import asyncio
import fnmatch
import random
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

Kind = Literal["code", "slow", "cut", "raw", "done-then-cut", "done-then-slow", "done-then-raw"]


class Cut(Response):
    """An answer that breaks off before it says anything."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Promise more than is sent, so that the server closes the connection."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{"})


def as_json(said: dict[str, Any]) -> Response:
    """An answer as the platform sends it."""
    return JSONResponse(said, media_type="text/plain")


@dataclass
class SimulatedFault:
    """A fault of the calls whose path fits: each with a `chance`, or the next `times` of them.

    A raw one answers with `status` and `body`, whatever they are.
    """

    path: str
    kind: Kind
    code: int = -1
    seconds: float = 0.0
    chance: float = 1.0
    times: int | None = None
    status: int = 200
    body: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the call is carried out all the same."""
        return self.kind.startswith("done") or self.kind == "slow"

    async def spoilt(self, said: dict[str, Any]) -> Response:
        """What comes instead of what the platform would have said."""
        if self.kind == "code":
            return as_json({"errcode": self.code, "errmsg": "simulated fault"})
        if self.kind in {"slow", "done-then-slow"}:
            await asyncio.sleep(self.seconds)
            return as_json(said)
        if self.kind in {"raw", "done-then-raw"}:
            return Response(self.body, self.status)
        return Cut()


@dataclass
class Faults:
    """The faults in force."""

    rules: list[SimulatedFault] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - to be repeatable

    def pick(self, path: str) -> SimulatedFault | None:
        """The fault that this call meets, if any."""
        for rule in self.rules:
            if rule.times == 0 or not fnmatch.fnmatch(path, rule.path) or self.dice.random() >= rule.chance:
                continue
            if rule.times is not None:
                rule.times -= 1
            return rule
        return None


@dataclass
class Limits:
    """How many calls of a path a minute or a day the platform takes."""

    per_minute: dict[str, int] = field(default_factory=lambda: {"message/mass/send*": 60})
    per_day: dict[str, int] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, path: str, now: float, day: str) -> int | None:
        """Count a call; returns the error code when it is one too many."""
        for limits, period, code in (
            (self.per_minute, str(int(now // 60)), 45011),
            (self.per_day, day, 45009),
        ):
            for pattern, limit in limits.items():
                if not fnmatch.fnmatch(path, pattern):
                    continue
                number = self.used.get((pattern, period), 0) + 1
                if number > limit:
                    return code
                self.used[pattern, period] = number
        return None

"""Laws that changed, and the points of the live answers that are to be looked at because of it."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.console.authorization import Services
from fzbot.console.rendering import render
from fzbot.knowledge.files import Law
from fzbot.knowledge.law_changes import AffectedPoint, outdated, watched

router = APIRouter()


@dataclass(frozen=True)
class ChangedLaw:
    """A law that changed, and the points that were reviewed before it did."""

    name: str
    law: Law
    points: list[AffectedPoint]


@router.get("/laws")
def listing(services: Services, request: Request) -> Response:
    snapshot = services.current_snapshot.snapshot
    found = outdated(snapshot.entries.values(), snapshot.laws, clock.china_day(services.now()))
    cited = {one.law for entry in snapshot.entries.values() for point in entry.points for one in point.basis}
    context = {
        "changed": [ChangedLaw(name, snapshot.laws[name], points) for name, points in found.items()],
        "watched": [(name, snapshot.laws[name], what) for name, what in watched(snapshot.laws) if name in cited],
    }
    return render(request, "laws.html", context)

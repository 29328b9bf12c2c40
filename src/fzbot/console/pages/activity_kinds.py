"""The list of kinds of activities, and as what each counts."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import audit
from fzbot.activities import kinds, listing
from fzbot.activities.kinds import ActivityKindSetting, Measure
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import go, render
from fzbot.db import reading, writing
from fzbot.errors import LedgerError

router = APIRouter()

Names = Annotated[list[str], Form(max_length=60)]
Measures = Annotated[list[Measure], Form(max_length=60)]
SPARE_ROWS = 3
"""Empty rows for further kinds."""


@router.get("/activities/kinds")
def kinds_page(services: Services, request: Request) -> Response:
    with reading(services.engine) as session:
        known = kinds.kinds_of(session, visitor_of(request).home_account)
    return _page(request, known)


@router.post("/activities/kinds")
def save_kinds(services: Services, request: Request, names: Names, measures: Measures) -> Response:
    visitor = visitor_of(request)
    account = visitor.home_account
    wanted = tuple(
        ActivityKindSetting(name.strip(), measure)
        for name, measure in zip(names, measures, strict=False)
        if name.strip()
    )
    try:
        with writing(services.engine) as session:
            before = {kind.name: kind.measure for kind in kinds.kinds_of(session, account)}
            kinds.save(session, account, wanted, listing.kinds_in_use(session, account))
            after = {kind.name: kind.measure for kind in wanted}
            change = Change("activity.kinds", f"account:{account}", before, after)
            audit.record(session, visitor.actor, change, services.now())
    except LedgerError as error:
        return _page(request, wanted, str(error))
    return go("/activities/kinds", done="saved")


def _page(request: Request, known: tuple[ActivityKindSetting, ...], error: str = "") -> Response:
    spare = (ActivityKindSetting("", Measure.OUTREACH),) * SPARE_ROWS
    context = {"kinds": known + spare, "measures": Measure, "error": error}
    return render(request, "activity_kinds.html", context, 422 if error else 200)

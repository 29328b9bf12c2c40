"""The handover services: questions passed to advisers, and answering them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fzbot import audit, clock
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.period import Period, period_of, scope_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import HandoverError, NotFoundError
from fzbot.handovers import handover as handovers
from fzbot.handovers.handover import Handover, HandoverState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import handover_answers
from fzbot.notices.sending.handover_answers import Route
from fzbot.people.village import village_key

router = APIRouter()

SHOWN = 100
STATES = {HandoverState.OPEN: "待答复", HandoverState.ANSWERED: "已答复", HandoverState.CLOSED: "已办结"}

Words = Annotated[str, Form(max_length=3000)]


@dataclass(frozen=True)
class HandoverLine:
    """A handover as the services shows it: how an answer would get back, or where it is (empty until it is queued)."""

    handover: Handover
    route: Route
    status: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.handover.state == HandoverState.OPEN


@router.get("/handovers")
def listing(
    services: Services, request: Request, state: HandoverState = HandoverState.OPEN, before: int | None = None
) -> Response:
    """The services; or, where the address names days, all that were passed on in them."""
    visitor = visitor_of(request)
    period = (
        period_of(request.query_params, clock.china_day(services.now())) if "span" in request.query_params else None
    )
    conditions = _asked_in(visitor, period) if period else [_in_sight(visitor), Handover.state == state]
    order = Handover.asked_at if period is None and state is HandoverState.OPEN else Handover.id.desc()
    older = [] if before is None else [Handover.id < before]
    with writing(services.engine) as session:
        query = select(Handover).where(*conditions, *older).order_by(order).limit(SHOWN + 1)
        rows = list(session.scalars(query))
        lines = _lines(session, services, rows[:SHOWN])
        total = session.scalar(select(func.count()).select_from(Handover).where(*conditions)) or 0
        seen = {"span": f"{period.span.first}–{period.span.last}"} if period else {"state": state.value}
        change = Change("interaction.view", "handovers", after=seen | {"rows": len(lines)})
        audit.record(session, visitor.actor, change, services.now())
        villages = visitor.village_names(session)
    context = {"lines": lines, "state": state, "states": STATES, "villages": villages, "period": period, "total": total}
    context["older"] = rows[SHOWN - 1].id if period and len(rows) > SHOWN else None
    return render(request, "handovers.html", context)


@router.get("/handovers/{handover_id}")
def one(services: Services, request: Request, handover_id: int) -> Response:
    return _one(services, request, handover_id)


@router.post("/handovers/{handover_id}")
def answer(services: Services, request: Request, handover_id: int, action: Words, words: Words = "") -> Response:
    visitor = visitor_of(request)
    try:
        with writing(services.engine) as session:
            row = _find(session, visitor, handover_id)
            if action == "close":
                handovers.close(session, row, words, visitor.actor, services.now())
                done = "saved"
            else:
                handovers.answer(session, row, words, visitor.actor, services.now())
                route = handover_answers.send(session, row, services.pushes, services.now())
                done = "answered" if route.way is DeliveryMethod.CUSTOMER else "answered-later"
    except HandoverError as error:
        return _one(services, request, handover_id, str(error), words)
    return go("/handovers", done=done)


def _one(services: ConsoleServices, request: Request, handover_id: int, error: str = "", words: str = "") -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        row = _find(session, visitor, handover_id)
        (line,) = _lines(session, services, [row])
        villages = visitor.village_names(session)
    candidates = services.current_snapshot.snapshot.decide(row.question).candidates[:3] if row.question else ()
    context = {"line": line, "states": STATES, "villages": villages, "candidates": candidates}
    context |= {"error": error, "words": words}
    return render(request, "handover.html", context, 422 if error else 200)


def _in_sight(visitor: Visitor) -> ColumnElement[bool]:
    return visitor.sees(Handover.account_id, Handover.village_id)


def _asked_in(visitor: Visitor, period: Period) -> list[ColumnElement[bool]]:
    """What the figure 转人工 of the same days and villages counts."""
    start, end = clock.day_bounds(period.span.first, period.span.last)
    found = [_in_sight(visitor), Handover.asked_at >= start, Handover.asked_at < end]
    villages = scope_of(visitor, period.village).villages
    if villages is not None:
        found.append(village_key(Handover.village_id).in_(villages))
    return found


def _find(session: Session, visitor: Visitor, handover_id: int) -> Handover:
    query = select(Handover).where(
        Handover.id == handover_id, visitor.sees(Handover.account_id, Handover.village_id)
    )  # fmt: skip
    row = session.scalar(query)
    if row is None:
        raise NotFoundError("没有这个问题，或不归您负责")
    return row


def _lines(session: Session, services: ConsoleServices, rows: list[Handover]) -> list[HandoverLine]:
    routes = handover_answers.routes(session, rows, services.pushes, services.now())
    statuses = handover_answers.status(session, [row.id for row in rows])
    return [HandoverLine(row, routes[row.id], statuses.get(row.id, "")) for row in rows]

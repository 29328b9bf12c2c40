"""Villages: the list with their advisers and followers, adding, renaming, and the code that followers scan."""

from dataclasses import dataclass
from io import BytesIO
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import download, go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import AccountError
from fzbot.people import kiosk_device
from fzbot.people import village as villages
from fzbot.people.follower import Follower
from fzbot.people.staff import Staff, StaffVillage
from fzbot.people.village import Village

router = APIRouter()

CODE_SCALE = 20
"""Pixels a square: enough for a poster."""

Name = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class VillageRow:
    """A village as the list shows it."""

    village: Village
    advisers: list[str]
    followers: int


@router.get("/villages")
def listing(services: Services, request: Request) -> Response:
    return _listing(services, request)


@router.post("/villages")
def add(services: Services, request: Request, names: Annotated[str, Form(max_length=4000)]) -> Response:
    visitor = visitor_of(request)
    try:
        with writing(services.engine) as session:
            for name in villages.names_in(names):
                village = villages.add(session, visitor.home_account, name)
                change = Change("village.add", f"village:{village.id}", after={"name": village.name})
                audit.record(session, visitor.actor, change, services.now())
    except AccountError as error:
        return _listing(services, request, str(error), names)
    return go("/villages", done="added")


@router.get("/villages/{village_id}")
def one(services: Services, request: Request, village_id: int) -> Response:
    return _village(services, request, village_id)


@router.get("/villages/{village_id}/code.png")
def code(services: Services, village_id: int) -> Response:
    """The village's QR code to print."""
    with reading(services.engine) as session:
        village = session.get_one(Village, village_id)
    target = BytesIO()
    segno.make(services.side.code(village.account_id, village.scene), error="m").save(
        target, kind="png", scale=CODE_SCALE
    )
    return download(target.getvalue(), f"{village.name}.png", "image/png")


@router.post("/villages/{village_id}")
def rename(services: Services, request: Request, village_id: int, name: Name) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        village = session.get_one(Village, village_id)
        before = {"name": village.name}
        villages.rename(session, village, name)
        change = Change("village.rename", f"village:{village_id}", before, {"name": village.name})
        audit.record(session, visitor.actor, change, services.now())
    return go(f"/villages/{village_id}", done="saved")


@router.post("/villages/{village_id}/kiosk")
def register_kiosk(services: Services, request: Request, village_id: int) -> Response:
    """Register the village's touch screens: the link for them is shown this once."""
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        word = kiosk_device.register(session.get_one(Village, village_id))
        audit.record(session, visitor.actor, Change("village.kiosk", f"village:{village_id}"), services.now())
    return _village(services, request, village_id, f"{services.public_url}/kiosk?k={word}")


@router.post("/villages/{village_id}/kiosk/remove")
def close_kiosk(services: Services, request: Request, village_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        kiosk_device.close(session.get_one(Village, village_id))
        audit.record(session, visitor.actor, Change("village.kiosk-remove", f"village:{village_id}"), services.now())
    return go(f"/villages/{village_id}", done="removed")


def _village(services: ConsoleServices, request: Request, village_id: int, kiosk_link: str = "") -> Response:
    with reading(services.engine) as session:
        village = session.get_one(Village, village_id)
        line, join_word = _line(session, village), villages.join_word(village)
    has_code = services.side.makes_codes(village.account_id)
    context = {"line": line, "join_word": join_word, "has_code": has_code, "kiosk_link": kiosk_link}
    return render(request, "village.html", context)


def _listing(services: ConsoleServices, request: Request, error: str = "", names: str = "") -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        context = {"lines": _lines(session, visitor), "error": error, "names": names}
    return render(request, "villages.html", context, 422 if error else 200)


def _lines(session: Session, visitor: Visitor) -> list[VillageRow]:
    return [_line(session, village) for village in visitor.villages_in_sight(session)]


def _line(session: Session, village: Village) -> VillageRow:
    advisers = session.scalars(
        select(Staff.name)
        .join(StaffVillage, StaffVillage.staff_id == Staff.id)
        .where(StaffVillage.village_id == village.id, Staff.is_active)
        .order_by(Staff.name)
    ).all()
    followers = session.scalar(
        select(func.count()).where(Follower.village_id == village.id, Follower.unfollowed_at.is_(None))
    )
    return VillageRow(village, list(advisers), followers or 0)

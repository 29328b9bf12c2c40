"""The account on the platform: what its kind allows, its menu and its villages' tags, compared and brought in step."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import audit
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import FzbotError, KnowledgeError, NotFoundError, PlatformError
from fzbot.knowledge.menu import SUB_HANZI, TOP_HANZI, Menu, cut
from fzbot.notices.delivery_methods import describe
from fzbot.people.account import Account

router = APIRouter()

Chosen = Annotated[int, Form(alias="account")]


@router.get("/platform")
def page(services: Services, request: Request, account: int | None = None, compare: bool = False) -> Response:
    visitor = visitor_of(request)
    return _page(services, request, _own(visitor, account or visitor.home_account), compare=compare)


@router.post("/platform/menu")
def put_menu(services: Services, request: Request, account: Chosen = 0) -> Response:
    account_id = _own(visitor_of(request), account)
    try:
        services.side.put_menu(account_id)
    except FzbotError as error:
        return _page(services, request, account_id, str(error))
    _record(services, request, Change("menu.put", f"account:{account_id}"))
    return go("/platform", account=str(account_id), done="menu")


@router.post("/platform/tags")
def synchronise(services: Services, request: Request, account: Chosen = 0) -> Response:
    account_id = _own(visitor_of(request), account)
    try:
        number = services.side.synchronise_tags(account_id, services.now())
    except PlatformError as error:
        return _page(services, request, account_id, str(error))
    _record(services, request, Change("tags.synchronise", f"account:{account_id}", after={"followers": number}))
    return go("/platform", account=str(account_id), done="tags")


def _page(
    services: ConsoleServices, request: Request, account_id: int, error: str = "", *, compare: bool = False
) -> Response:
    visitor, side = visitor_of(request), services.side
    with reading(services.engine) as session:
        accounts = [session.get_one(Account, id_) for id_ in visitor.accounts]
    menu, fault = _menu(services)
    obstacle = side.obstacle(account_id)
    differences = []
    if compare and not obstacle:
        differences = [
            ("菜单", _said(side.menu_differences, account_id)),
            ("村标签", _said(side.tag_differences, account_id)),
        ]
    context = {
        "accounts": accounts,
        "account_id": account_id,
        "allows": describe(side.kind(account_id)),
        "obstacle": obstacle,
        "buttons": [
            (cut(one.name, TOP_HANZI), [(cut(i.name, SUB_HANZI), i) for i in one.items]) for one in menu.buttons
        ]
        if menu
        else [],
        "differences": differences,
        "error": error or fault,
    }
    return render(request, "platform.html", context, 422 if error else 200)


def _menu(services: ConsoleServices) -> tuple[Menu | None, str]:
    try:
        return services.side.menu(), ""
    except KnowledgeError as error:
        return None, str(error)


def _said(look: Callable[[int], list[str]], account_id: int) -> list[str]:
    try:
        return look(account_id) or ["和公众号上的一致"]
    except FzbotError as error:
        return [str(error)]


def _own(visitor: Visitor, account_id: int) -> int:
    if account_id not in visitor.accounts:
        raise NotFoundError("没有这个公众号")
    return account_id


def _record(services: ConsoleServices, request: Request, change: Change) -> None:
    with writing(services.engine) as session:
        audit.record(session, visitor_of(request).actor, change, services.now())

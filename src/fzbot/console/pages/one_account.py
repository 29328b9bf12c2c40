"""Looking at one account, or at all together: for the county's staff."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from fzbot.console.access import ACCOUNT_COOKIE, TheDesk
from fzbot.console.rendering import go

router = APIRouter()


@router.post("/account")
def choose(desk: TheDesk, account: Annotated[str, Form(pattern=r"^\d{0,9}$")] = "") -> Response:
    """Keep the choice until the browser is closed; the gate narrows every page to it."""
    answer = go("/")
    answer.set_cookie(ACCOUNT_COOKIE, account, path="/console", httponly=True, samesite="strict", secure=desk.is_secure)
    return answer

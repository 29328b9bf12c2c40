"""Finding an imported article to cite: what the citation picker of the entry form asks for."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from fzbot.console.authorization import Services

router = APIRouter()

NOTHING = "没有找到。换个词再试；法条还没导入的，请管理员运行 fzbot statutes import"


@router.get("/articles")
def articles(services: Services, q: Annotated[str, Query(max_length=60)] = "") -> Response:
    words = q.strip()
    laws = services.current_snapshot.snapshot.laws
    found = services.statutes.search(words) if words else []
    cited = [
        # An article's number in a law that was changed may have moved: the whole law is cited.
        {"cite": a.law if a.law in laws and laws[a.law].changed else f"{a.law}{a.number}", "text": a.text}
        for a in found
    ]
    return JSONResponse({"found": cited, "hint": NOTHING if words and not found else ""})

"""What the pages of the ledger and of the service log share: their filters, what filling in depends on, uploads."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from fzbot.activities import importing
from fzbot.activities.columns import LedgerContext
from fzbot.activities.importing import Upload
from fzbot.activities.kinds import Measure, counting_as, kinds_of
from fzbot.activities.listing import ActivityFilter
from fzbot.console.period import scope_of
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.errors import LedgerError
from fzbot.interactions.masking import mask

PAGE = 50


async def filled(request: Request) -> AsyncIterator[FormData]:
    """The form as it was sent, which the gate has read already; uploaded files are let go of at the end."""
    form = await request.form()
    yield form
    await form.close()


Filled = Annotated[FormData, Depends(filled)]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed down to."""

    year: int | None
    kind: str = ""
    measure: Measure | None = None
    village: int | None = None
    account: int | None = None
    page: int = 1

    def query(self, **more: str) -> str:
        """The query string that leads to the same list."""
        fields = {
            "year": self.year,
            "kind": self.kind,
            "measure": self.measure,
            "village": self.village,
            "account": self.account,
        }
        return urlencode({name: value for name, value in fields.items() if value} | more)

    def wanted(self, session: Session, visitor: Visitor) -> ActivityFilter:
        """The rows of the list that the visitor may see."""
        first, last = (date(self.year, 1, 1), date(self.year, 12, 31)) if self.year else (None, None)
        accounts = visitor.accounts if self.account is None else tuple({self.account} & set(visitor.accounts))
        return ActivityFilter(
            accounts, first, last, scope_of(visitor, self.village).villages, self._kinds(session, accounts)
        )

    def _kinds(self, session: Session, accounts: tuple[int, ...]) -> frozenset[str] | None:
        if self.kind:
            return frozenset({self.kind})
        if self.measure is None:
            return None
        return frozenset().union(*(counting_as(session, id_, self.measure) for id_ in accounts))


def filters_of(query: Mapping[str, str]) -> Filters:
    """The filters that an address asks for; what makes no sense is left open."""
    return Filters(
        year=_number(query.get("year", ""), 2000, 2999),
        kind=query.get("kind", "")[:20],
        measure=next((measure for measure in Measure if measure == query.get("measure")), None),
        village=_number(query.get("village", ""), 1, 2**31 - 1),
        account=_number(query.get("account", ""), 1, 2**31 - 1),
        page=_number(query.get("page", ""), 1, 100_000) or 1,
    )


def context_of(session: Session, services: ConsoleServices, visitor: Visitor, account_id: int) -> LedgerContext:
    """What filling in a row of that account depends on."""
    villages = [village for village in visitor.villages_in_sight(session) if village.account_id == account_id]
    return LedgerContext(
        villages={village.name: village.id for village in villages},
        now=services.now(),
        kinds=tuple(kind.name for kind in kinds_of(session, account_id)),
        needs_village=visitor.villages is not None,
        mask=mask,
    )


def uploads(form: FormData, name: str, largest: int) -> list[UploadFile]:
    """The files that were chosen; `LedgerError` when one is larger than `largest` bytes."""
    chosen = [file for file in form.getlist(name) if isinstance(file, UploadFile) and file.filename]
    for file in chosen:
        if file.size is not None and file.size > largest:
            raise LedgerError(f"{file.filename} 太大，最多 {largest // 1024 // 1024} MB")
    return chosen


def workbook_of(form: FormData, services: ConsoleServices, visitor: Visitor, largest: int) -> Upload:
    """The spreadsheet that was chosen."""
    chosen = uploads(form, "file", largest)
    if not chosen:
        raise LedgerError("请先选文件")
    file = chosen[0]
    content, name = file.file.read(), file.filename or ""
    return Upload(
        content, name, visitor.home_account, visitor.actor, services.now(), may_repeat=bool(form.get("may_repeat"))
    )


def imported(session: Session, visitor: Visitor, query: Mapping[str, str]) -> dict[str, str]:
    """For a list after an import: what came of it, from the audit log; the address carries only a number."""
    event_id = _number(query.get("event", ""), 1, 2**31 - 1)
    result = importing.result_of(session, visitor.actor, event_id) if event_id else None
    return {"done": result.summary} if result else {}


def _number(text: str, least: int, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most else None

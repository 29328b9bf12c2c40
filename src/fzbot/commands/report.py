"""`fzbot report`: the yearly report as a Word file, of the figures as they are now or as they were issued."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from fzbot import bootstrap, clock
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.errors import ReportError
from fzbot.knowledge.files import load_themes
from fzbot.people import account as accounts
from fzbot.people.account import Account
from fzbot.settings import Settings
from fzbot.statistics.yearly_report import document, gathering, issued
from fzbot.statistics.yearly_report.model import YearReport


@dataclass(frozen=True)
class Order:
    """What is asked for. `number` is that of an issued report; an empty `org` is the name used last."""

    year: int
    account: str = accounts.DEFAULT
    org: str = ""
    issue: bool = False
    number: int | None = None


def write(settings: Settings, order: Order, path: Path) -> str:
    """Write the file; returns what to print."""
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        made = _report(engine, order, load_themes(settings.knowledge))
    finally:
        engine.dispose()
    try:
        path.write_bytes(document.document(made))
    except OSError as error:
        raise ReportError(f"{path} 写不进去：{error.strerror}") from error
    blanks = [line.name for line in made.lines if line.value is None]
    state = f"第 {made.number} 号，已定稿" if made.number else "草稿"
    return f"{path}\t{state}" + (f"\n没有登记、留空的：{'、'.join(blanks)}" if blanks else "")


def _report(engine: Engine, order: Order, themes: Mapping[str, str]) -> YearReport:
    with reading(engine) as session:
        account = accounts.find(session, order.account)
        if account is None:
            raise ReportError(f"没有叫 {order.account} 的公众号，先看 fzbot account list")
        if order.number is not None:
            return issued.find(session, account.id, order.year, order.number).report
    made = _gathered(engine, account, order, themes)
    if not order.issue:
        return made
    with writing(engine) as session:
        return issued.issue(session, account.id, made, COMMAND_LINE, clock.now()).report


def _gathered(engine: Engine, account: Account, order: Order, themes: Mapping[str, str]) -> YearReport:
    with reading(engine) as session:
        return gathering.gather(
            session, account.id, order.org or issued.usual_org(session, account), order.year, clock.today(), themes
        )

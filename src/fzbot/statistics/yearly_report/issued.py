"""Issued reports: figures frozen on the day, so that the same file comes out whatever is erased or corrected later."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment, take_turns
from fzbot.errors import ReportError
from fzbot.people.account import Account
from fzbot.statistics.yearly_report.model import YearReport

TURNS = "reports"


class IssuedReport(Base):
    """A report as it was issued. A correction is a further one with the next number; none is ever changed."""

    __tablename__ = "issued_report"
    __table_args__ = (UniqueConstraint("account_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    year: Mapped[int]
    number: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_by: Mapped[str] = mapped_column(String(80))
    issued_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def report(self) -> YearReport:
        """The report as it was frozen."""
        return YearReport.model_validate(self.figures)


def issue(session: Session, account_id: int, report: YearReport, actor: Actor, at: datetime) -> IssuedReport:
    """Freeze a report under the year's next number."""
    take_turns(session, TURNS)
    of_year = (IssuedReport.account_id == account_id, IssuedReport.year == report.year)
    number = (session.scalar(select(func.max(IssuedReport.number)).where(*of_year)) or 0) + 1
    frozen = report.model_copy(update={"number": number, "issued_by": actor.name})
    row = IssuedReport(
        account_id=account_id,
        year=report.year,
        number=number,
        figures=frozen.model_dump(mode="json", by_alias=True),
        issued_by=actor.name,
        issued_at=at,
    )
    session.add(row)
    session.flush()
    change = Change("report.issue", f"report:{row.id}", after={"year": row.year, "number": number})
    audit.record(session, actor, change, at)
    return row


def issued(session: Session, accounts: tuple[int, ...]) -> list[IssuedReport]:
    """The issued reports of some accounts, newest first."""
    query = select(IssuedReport).where(IssuedReport.account_id.in_(accounts))
    return list(session.scalars(query.order_by(IssuedReport.year.desc(), IssuedReport.number.desc(), IssuedReport.id)))


def usual_org(session: Session, account: Account) -> str:
    """Under which name the account's last report was issued; the account's own where there was none."""
    last = session.scalar(
        select(IssuedReport).where(IssuedReport.account_id == account.id).order_by(IssuedReport.id.desc()).limit(1)
    )
    return last.report.org if last else account.name


def find(session: Session, account_id: int, year: int, number: int) -> IssuedReport:
    """The report of that year and number; `ReportError` when there is none."""
    wanted = select(IssuedReport).where(
        IssuedReport.account_id == account_id, IssuedReport.year == year, IssuedReport.number == number
    )
    row = session.scalar(wanted)
    if row is None:
        raise ReportError(f"{year} 年没有第 {number} 号定稿的报告")
    return row

"""`fzbot stats`: what was counted in a span of days."""

from datetime import date

from sqlalchemy import select

from fzbot import bootstrap
from fzbot.db import reading
from fzbot.errors import FzbotError
from fzbot.people.account import Account
from fzbot.settings import Settings
from fzbot.statistics import counts

DECISIONS = {"answer": "直接解答", "suggest": "给出选项", "unknown": "未解答", "chat": "闲谈", "urgent": "紧急"}


def report(settings: Settings, first: date, last: date) -> counts.Report:
    """Count all accounts but the simulator's and that of touch screens in no village; `FzbotError` when the span runs backwards."""
    if first > last:
        raise FzbotError(f"起始日 {first} 在截止日 {last} 之后，请对调")
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with reading(engine) as session:
            real = session.scalars(
                select(Account.id).where(Account.slug.not_in((bootstrap.SIMULATOR, bootstrap.KIOSK)))
            ).all()
            return counts.count(session, first, last, real)
    finally:
        engine.dispose()


def table(report: counts.Report) -> str:
    """The report as a table for the terminal."""
    names = list(DECISIONS.values())
    lines = ["\t".join(["日期", "互动次数", "咨询次数", "服务人数", *names])]
    for day, day_counts in report.days.items():
        lines.append(_line(day.isoformat(), day_counts))
    lines.append(_line("合计", report.total))
    rate = report.total.direct_rate
    lines.append(f"直接解答率：{'（没有咨询）' if rate is None else f'{rate:.1%}'}")
    if report.topics:
        lines.append("主题：" + "，".join(f"{topic} {number}" for topic, number in report.topics.items()))
    return "\n".join(lines)


def _line(name: str, row: counts.Counts) -> str:
    decided = [str(row.decisions.get(kind, 0)) for kind in DECISIONS]
    return "\t".join([name, str(row.interactions), str(row.questions), str(row.people), *decided])

"""Figures that people type in: the ledger and the log of services. The yearly report begins with them."""

from collections.abc import Callable
from typing import Any

from fzbot.activities.kinds import Measure
from fzbot.activities.listing import ActivitySums
from fzbot.statistics.figures.figure import Figure, Source, Surface
from fzbot.statistics.recorded import Recorded


def _typed(of: Callable[[Recorded], ActivitySums], column: str, **fields: Any) -> Figure:
    """A column of rows that people typed in."""
    return Figure(
        value=lambda recorded: getattr(of(recorded), column),
        rows=lambda recorded: of(recorded).filled.get(column, 0),
        shown_on=frozenset({Surface.REPORT}),
        **({"source": Source.LEDGER} | fields),
    )


def _measure(measure: Measure, column: str, key: str, name: str, unit: str, meaning: str) -> Figure:
    return _typed(
        lambda recorded: recorded.of(measure),
        column,
        key=key,
        name=name,
        unit=unit,
        meaning=meaning,
        narrowed={"measure": measure.value},
    )


def _ledger(column: str, name: str, unit: str, meaning: str) -> Figure:
    key = column.replace("_", "-")
    return _typed(lambda recorded: recorded.ledger, column, key=key, name=name, unit=unit, meaning=meaning)


LEDGER = (
    _measure(
        Measure.OUTREACH,
        "sessions",
        "activities",
        "活动场次",
        "场",
        "台账里算作普法活动的类型（普法宣传、法治讲座、以案释法等）的场次之和；手工填报。",
    ),
    _measure(
        Measure.OUTREACH,
        "people",
        "reached",
        "覆盖人次",
        "人次",
        "台账里普法活动的参加人次之和，同一人参加几次算几次；手工填报。",
    ),
    _ledger("materials", "发放资料", "份", "台账里登记的发放资料份数之和；手工填报。"),
    _measure(
        Measure.TRAINING,
        "sessions",
        "trainings",
        "培训次数",
        "次",
        "台账里法律明白人等培训的场次之和；手工填报。",
    ),
    _measure(
        Measure.TRAINING,
        "people",
        "trained",
        "培训人次",
        "人次",
        "台账里法律明白人等培训的参加人次之和，不并入覆盖人次；手工填报。",
    ),
    _measure(Measure.STUDY, "sessions", "studies", "学法次数", "次", "台账里组织学法的场次之和；手工填报。"),
    _measure(
        Measure.STUDY,
        "people",
        "studied",
        "学法人次",
        "人次",
        "台账里组织学法的参加人次之和，不并入覆盖人次；手工填报。",
    ),
    _measure(
        Measure.ARTICLE, "sessions", "articles", "推文期数", "期", "台账里登记的公众号普法推文期数之和；手工填报。"
    ),
    _measure(
        Measure.PUSH,
        "sessions",
        "adviser-pushes",
        "顾问推送",
        "条",
        "台账里登记的村法律顾问推送普法信息条数之和，与系统的通知推送不相加；手工填报。",
    ),
    _measure(
        Measure.ADVICE,
        "sessions",
        "desk-sessions",
        "坐班次数",
        "次",
        "台账里登记的法律顾问坐班次数之和；手工填报。",
    ),
    _measure(
        Measure.ADVICE,
        "people",
        "desk-people",
        "坐班咨询人次",
        "人次",
        "台账里登记的法律顾问坐班时接待的人次之和；手工填报。",
    ),
    Figure(
        key="services",
        name="顾问服务次数",
        meaning="法律顾问在服务记录里登记的次数，一条算一次；手工填报。",
        unit="次",
        source=Source.SERVICE_LOG,
        value=lambda recorded: recorded.services.rows or None,
        rows=lambda recorded: recorded.services.rows,
        shown_on=frozenset({Surface.REPORT}),
    ),
    _typed(
        lambda recorded: recorded.services,
        "people",
        key="served",
        name="顾问服务人次",
        meaning="法律顾问在服务记录里登记的人次之和；手工填报。",
        unit="人次",
        source=Source.SERVICE_LOG,
    ),
    _ledger("disputes_found", "排查纠纷", "件", "台账里登记的排查出的矛盾纠纷件数之和；手工填报。"),
    _ledger("disputes_settled", "化解纠纷", "件", "台账里登记的化解的矛盾纠纷件数之和；手工填报。"),
    _typed(
        lambda recorded: recorded.ledger,
        "disputes_settled",
        whole=lambda recorded: recorded.ledger.disputes_found,
        key="settled-rate",
        name="化解率",
        meaning="化解纠纷件数 ÷ 排查纠纷件数；排查为 0 或没有登记时空着；手工填报。",
    ),
)

"""The made-up town's ledger: two years of activities and of services, with figures such as a township reports."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.activities import ledger, service_log
from fzbot.activities.ledger import ActivityFacts
from fzbot.activities.service_log import WAYS, ServiceFacts

DAYS = 365
THEMES = (
    "12·4 国家宪法日",
    "民法典宣传月",
    "反电信网络诈骗",
    "3·15 消费者权益日",
    "国际禁毒日",
    "防范非法集资",
    "赶集日普法",
)
ORGANISERS = ("司法所", "派出所", "妇联", "民政办", "市场监管所", "人民法庭")
MATTERS = (
    ("彩礼退多少", "当场解答"),
    ("土地承包边界争议", "约双方到村部调解"),
    ("工钱没结清", "指导收集证据，转劳动监察"),
    ("借条怎么写", "代写文书"),
    ("离婚后孩子抚养费", "当场解答"),
    ("接到“公检法”电话要转账", "劝阻，报 96110"),
    ("邻居排水影响房基", "现场察看，达成口头协议"),
    ("申请法律援助要什么材料", "转法律援助"),
    ("交通事故赔偿", "代算赔偿项目，指导起诉"),
)


@dataclass(frozen=True)
class LedgerPlan:
    """How many rows of a kind a year has; `sessions` and `people` are what they add up to, or None."""

    kind: str
    rows: int
    sessions: int | None = None
    people: int | None = None
    materials: int | None = None
    found: int | None = None
    settled: int | None = None


THIS_YEAR = (
    LedgerPlan("普法宣传", 9, 9, 27_300, 18_200),
    LedgerPlan("法治讲座", 7, 7, 6_150, 3_600),
    LedgerPlan("以案释法", 3, 3, 1_980, 700),
    LedgerPlan("法律明白人培训", 15, 15, 640),
    LedgerPlan("学法", 12, 12, 410),
    LedgerPlan("公众号推文", 12, 60),
    LedgerPlan("顾问推送", 12, 12_180),
    LedgerPlan("顾问坐班", 24, 24, 318),
    LedgerPlan("纠纷排查", 12, None, None, None, 283),
    LedgerPlan("纠纷化解", 12, None, None, None, None, 283),
)
YEAR_BEFORE = (
    LedgerPlan("普法宣传", 8, 8, 21_400, 15_000),
    LedgerPlan("法治讲座", 5, 5, 4_100, 2_400),
    LedgerPlan("以案释法", 3, 3, 1_700, 600),
    LedgerPlan("法律明白人培训", 12, 12, 505),
    LedgerPlan("学法", 12, 12, 396),
    LedgerPlan("公众号推文", 12, 52),
    LedgerPlan("顾问推送", 12, 9_730),
    LedgerPlan("纠纷排查", 12, None, None, None, 301),
    LedgerPlan("纠纷化解", 12, None, None, None, None, 296),
)
SERVICES = ((420, 0), (310, DAYS))
"""How many services a year has, and how many days before today that year ends."""


def fill_ledger(
    session: Session, rng: random.Random, account_id: int, villages: Sequence[int], advisers: Sequence[str], today: date
) -> None:
    """Write the ledger of the 730 days up to `today`."""
    for plans, before in ((THIS_YEAR, 0), (YEAR_BEFORE, DAYS)):
        last = today - timedelta(days=before)
        rows = [facts for plan in plans for facts in _rows(rng, plan, villages, last)]
        ledger.insert_many(session, account_id, rows, "演示", clock.now())
    for number, before in SERVICES:
        last = today - timedelta(days=before)
        for service in (_service(rng, villages, advisers, last) for _ in range(number)):
            service_log.insert_many(session, account_id, [service], service.adviser, clock.now())


def _rows(rng: random.Random, plan: LedgerPlan, villages: Sequence[int], last: date) -> list[ActivityFacts]:
    columns = (plan.sessions, plan.people, plan.materials, plan.found, plan.settled)
    shares = zip(*(_shares(rng, total, plan.rows) for total in columns), strict=True)
    is_local = plan.kind in {"普法宣传", "法治讲座", "以案释法"}
    return [
        ActivityFacts(
            plan.kind,
            last - timedelta(days=int((row + rng.random()) * DAYS / plan.rows)),
            tuple(sorted(rng.sample(list(villages), rng.randrange(1, 4)))) if is_local else (),
            rng.choice(ORGANISERS) if is_local else "司法所",
            rng.choice(THEMES) if is_local else plan.kind,
            *share,
        )
        for row, share in enumerate(shares)
    ]


def _shares(rng: random.Random, total: int | None, rows: int) -> list[int | None]:
    """A total dealt out over rows, unevenly; nothing written where there is none."""
    if total is None:
        return [None] * rows
    weights = [rng.uniform(0.5, 1.5) if total > rows else 1.0 for _ in range(rows)]
    dealt = [int(total * weight / sum(weights)) for weight in weights]
    dealt[0] += total - sum(dealt)
    return list(dealt)


def _service(rng: random.Random, villages: Sequence[int], advisers: Sequence[str], last: date) -> ServiceFacts:
    day = last - timedelta(days=rng.randrange(1, DAYS))
    at = datetime.combine(day, time(rng.randrange(8, 18), rng.choice((0, 15, 30, 45))), clock.CHINA)
    village = rng.randrange(len(villages))
    matter, result = rng.choice(MATTERS)
    adviser = advisers[village // 4 % len(advisers)]
    return ServiceFacts(
        at, villages[village], matter, rng.choice(WAYS[:5]), adviser, rng.choice((1, 1, 1, 2, 3)), result
    )

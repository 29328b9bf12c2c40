"""A town with two villages and somebody who keeps its ledger."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy import Engine

from fzbot.activities import ledger, service_log
from fzbot.activities.columns import LedgerContext
from fzbot.activities.importing import ImportResult, Upload, import_activities, import_services
from fzbot.activities.kinds import DEFAULTS
from fzbot.activities.ledger import Activity, ActivityFacts
from fzbot.activities.service_log import Service, ServiceFacts
from fzbot.audit import Actor
from fzbot.db import writing
from fzbot.people import village
from tests.interactions.new_interactions import make_account

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in China."""
LI = Actor("李四", None)
XLSX_HEADS = ("日期", "类型", "村", "主办单位", "主题", "场次", "人次", "资料份数", "排查件数", "化解件数", "备注")


@dataclass
class Town:
    """An account with villages; every call is a transaction of its own."""

    engine: Engine
    names: tuple[str, ...] = ("红庄村", "马家湾村")
    slug: str = "default"
    villages: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account_id = make_account(self.engine, self.slug)
        with writing(self.engine) as session:
            self.villages = {name: village.add(session, self.account_id, name).id for name in self.names}

    @property
    def context(self) -> LedgerContext:
        return LedgerContext(self.villages, NOW, tuple(kind.name for kind in DEFAULTS))

    def held(self, day: date = date(2026, 11, 20), kind: str = "普法宣传", **more: Any) -> Activity:
        """An activity that was written down."""
        with writing(self.engine) as session:
            return ledger.add(session, self.account_id, ActivityFacts(kind, day, **more), LI, NOW)

    def served(self, village_name: str = "红庄村", at: datetime = NOW, **more: Any) -> Service:
        """A service that was written down."""
        values = {"matter": "问彩礼", "way": "来访", "adviser": "马律师"} | more
        with writing(self.engine) as session:
            facts = ServiceFacts(at=at, village_id=self.villages[village_name], **values)
            return service_log.add(session, self.account_id, facts, LI, NOW)

    def upload(self, content: bytes, may_repeat: bool = False) -> Upload:
        return Upload(content, "台账.xlsx", self.account_id, LI, NOW, may_repeat)

    def import_activities(self, content: bytes, may_repeat: bool = False) -> int:
        return self.import_result(content, may_repeat).imported

    def import_result(self, content: bytes, may_repeat: bool = False) -> ImportResult:
        with writing(self.engine) as session:
            return import_activities(session, self.upload(content, may_repeat), self.context)

    def import_services(self, content: bytes) -> int:
        with writing(self.engine) as session:
            return import_services(session, self.upload(content), self.context).imported


def xlsx(*rows: tuple[object, ...], heads: tuple[str, ...] = XLSX_HEADS) -> bytes:
    """A workbook as somebody fills it in: text, numbers, dates; text that starts with “=” is a formula."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy/m/d"})
    sheet = book.add_worksheet()
    for number, row in enumerate((heads, *rows)):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    book.close()
    return target.getvalue()

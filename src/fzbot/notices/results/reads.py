"""Counting what is opened through a notice's links; nobody is known by it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, Engine, ForeignKey, String, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import clock
from fzbot.db import Base, writing
from fzbot.notices.authoring.notice import Notice
from fzbot.notices.authoring.wording import unmark
from fzbot.people.village import NO_VILLAGE, Village

log = logging.getLogger(__name__)

UNNAMED = 0
"""What the column holds where the link names no village: it is part of the key, so it cannot be NULL."""
NOTICE_PAGE = ""


class NoticeRead(Base):
    """How often a page was opened through a notice on a day. Village 0 where the link names none; entry "" is the notice."""

    __tablename__ = "notice_read"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int]


def read_village() -> ColumnElement[int]:
    """The village of an opening, `NO_VILLAGE` where the link named none."""
    return func.coalesce(func.nullif(NoticeRead.village_id, UNNAMED), NO_VILLAGE)


@dataclass(frozen=True)
class ReadCounter:
    """Counts openings of pages. A page opens also while it cannot be counted."""

    engine: Engine
    now: Callable[[], datetime] = clock.now

    def opened(self, marked: str, entry: str) -> None:
        """Count an opening through an address that carries a mark."""
        if unmark(marked) is None:
            return
        try:
            with writing(self.engine) as session:
                count(session, marked, entry, clock.china_day(self.now()))
        except SQLAlchemyError as error:
            log.warning("an opening was not counted: %s", type(error).__name__)


def count(session: Session, marked: str, entry: str, day: date) -> bool:
    """Count one opening; False where the mark names no notice that there is."""
    found = unmark(marked)
    if found is None or session.get(Notice, found[0]) is None:
        return False
    notice_id, village_id = found
    if village_id is not None and session.get(Village, village_id) is None:
        village_id = None
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"notice_id": notice_id, "village_id": village_id or UNNAMED, "entry": entry[:80], "day": day}
    statement = insert(NoticeRead).values(**values, number=1)
    session.execute(
        statement.on_conflict_do_update(index_elements=list(values), set_={"number": NoticeRead.number + 1})
    )
    return True

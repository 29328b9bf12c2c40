"""Openings of a notice's pages are counted by notice, village and page."""

from datetime import date

import pytest
from sqlalchemy import select

from fzbot.db import reading, writing
from fzbot.notices.authoring.wording import mark, unmark
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.reads import NoticeRead, ReadCounter
from tests.notices.town import Town

DAY = date(2026, 11, 23)


def counted(town: Town) -> dict[tuple[int, int, str], int]:
    with reading(town.engine) as session:
        rows = session.scalars(select(NoticeRead))
        return {(row.notice_id, row.village_id, row.entry): row.number for row in rows}


def test_openings_add_up_by_notice_village_and_page(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    reads = ReadCounter(town.engine, town.clock)
    village = town.villages[0]
    for marked, entry in (
        (f"{id_}", ""),
        (f"{id_}.{village}", "fraud.fake-loan"),
        (f"{id_}.{village}", "fraud.fake-loan"),
    ):
        reads.opened(marked, entry)
    assert counted(town) == {(id_, 0, ""): 1, (id_, village, "fraud.fake-loan"): 2}


@pytest.mark.parametrize("marked", ["", "x", "999", "-1", "1.x", "\u0661", "1.999999999999", "0"])
def test_marks_that_name_nothing_count_nothing(town: Town, marked: str) -> None:
    town.draft(DeliveryMethod.NEXT_REPLY)
    ReadCounter(town.engine, town.clock).opened(marked, "")
    assert counted(town) == {}


def test_a_village_that_is_not_there_counts_as_none(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    ReadCounter(town.engine, town.clock).opened(f"{id_}.99999", "")
    assert counted(town) == {(id_, 0, ""): 1}


def test_a_page_opens_while_the_database_cannot_count(town: Town) -> None:
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE notice_read")
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    ReadCounter(town.engine, town.clock).opened(f"{id_}", "")


def test_marks_go_there_and_back() -> None:
    assert (unmark(mark(12, 3)), unmark(mark(12, None))) == ((12, 3), (12, None))


def test_a_written_row_is_kept(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        session.add(NoticeRead(notice_id=id_, village_id=0, entry="", day=DAY, number=3))
    ReadCounter(town.engine, town.clock).opened(f"{id_}", "")
    assert counted(town) == {(id_, 0, ""): 4}

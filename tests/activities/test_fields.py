"""Reading what people fill in."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.activities import fields as f
from fzbot.errors import LedgerError
from tests.activities.ledger_keeper import NOW

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-01",
        "2026/11/1",
        "2026.11.1",
        "2026年11月1日",
        "２０２６－１１－０１",  # noqa: RUF001
        " 2026-11-01 ",
        "20261101",
        20261101,
        date(2026, 11, 1),
        datetime(2026, 11, 1),  # noqa: DTZ001 - as a spreadsheet gives it
    ],
)
def test_a_day_is_read_however_it_is_written(written: object) -> None:
    assert f.day_until(TODAY)(written) == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-11-24", "还没有到"),
        ("1926-11-01", "太早了"),
        ("2026-13-01", "不是日期"),
        ("2026-11-011", "不是日期"),
        ("11月1日", "不是日期"),
        ("去年", "不是日期"),
        (45000, "不是日期"),
        (True, "不是日期"),
    ],
)
def test_what_is_no_day_is_named(written: object, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        f.day_until(TODAY)(written)


@pytest.mark.parametrize(("written", "number"), [(0, 0), ("12", 12), ("１０", 10), ("1,200", 1200), (35.0, 35)])
def test_a_count_is_a_whole_number(written: object, number: int) -> None:
    assert f.count(written) == number


@pytest.mark.parametrize("written", ["-1", -1, "1.5", 1.5, "200人", "三", True, "=1+1", 10_000_001, "9" * 400, "²"])
def test_what_is_no_count_is_refused(written: object) -> None:
    with pytest.raises(LedgerError, match="整数"):
        f.count(written)


def test_words_lose_what_cannot_be_printed_and_are_masked() -> None:
    read = f.text(10, lambda words: words.replace("秘密", "[遮]"))
    assert read("秘密\x00\u200b\n 好") == "[遮] 好"
    with pytest.raises(LedgerError, match="最多 10 个字，现在 11 个"):
        read("一" * 11)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-01T14:30", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026-11-01 14：30", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026年11月1日14时", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
        ("2026-11-23", NOW),
        (datetime(2026, 11, 1, 14, 30, 59), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_a_moment_is_read_as_china_time(written: object, moment: datetime) -> None:
    assert f.moment_until(NOW)(written) == moment


@pytest.mark.parametrize("written", ["2026-11-23 12:01", "2026-11-24", "2026-11-01 25:00"])
def test_a_moment_to_come_or_wrong_is_refused(written: str) -> None:
    with pytest.raises(LedgerError):
        f.moment_until(NOW)(written)


def test_villages_are_read_from_a_list_or_from_text() -> None:
    read = f.many_villages({"红庄村": 2, "马家湾村": 1})
    assert read("红庄村、马家湾村") == read("马家湾村, 红庄村；红庄村") == read(["红庄村", "马家湾村"]) == (1, 2)
    with pytest.raises(LedgerError, match="没有叫“何家村”的村"):
        read("红庄村、何家村")


def test_every_fault_is_found_at_once_and_empty_fields_are_left_out() -> None:
    fields = (
        f.Field("day", "日期", f.day_until(TODAY), is_required=True),
        f.Field("people", "人次", f.count),
        f.Field("note", "备注", f.text(5)),
        f.Field("theme", "主题", f.text(5)),
    )
    found, faults = f.read_fields(fields, {"day": " ", "people": "x", "note": "", "theme": f.Unreadable("是公式")})
    assert found == {}
    assert [fault.label for fault in faults] == ["日期", "人次", "主题"]
    assert faults[2].words == "是公式"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.none(), st.datetimes()))
def test_whatever_is_filled_in_is_read_or_refused_in_words(value: object) -> None:
    for read in (f.day_until(TODAY), f.moment_until(NOW), f.count, f.text(9), f.one_of(("a",)), f.village({"b": 1})):
        try:
            read(value)
        except LedgerError as error:
            assert str(error)  # noqa: PT017 - either outcome is right

"""An entry as a chat bubble: short lines, the most important first, and nothing local invented."""

from datetime import date
from typing import Any

from fzbot.knowledge.directory import Directory, Hotline, LocalBody
from fzbot.knowledge.entry import Citation, Entry, Point
from fzbot.knowledge.reply import BUBBLE_CHARS, gist_text, reply_text

DAY = date(2027, 6, 1)
HOTLINES = {"110": Hotline(name="报警", use="危险", sure="B", review_by=DAY)}
BLANK = Directory(hotlines=HOTLINES, local={"justice-office": LocalBody(name="司法所", use="调解")})
FILLED = Directory(
    hotlines=HOTLINES, local={"justice-office": LocalBody(name="司法所", use="调解", phone="0954-1", hours="9点到17点")}
)
LINK = "https://town.example/a/loan.unpaid"


def entry(count: int = 3, **changes: Any) -> Entry:
    basis = (Citation.parse("民法典188"),)
    said = tuple(Point(text=f"第{n}点要紧的话，二十个字左右。", basis=basis) for n in range(count))
    fields: dict[str, Any] = {
        "gist": "能要，先催再告。",
        "points": said,
        "steps": ("写清欠多少", "去法院起诉"),
        "channels": ("justice-office",),
    }
    return Entry(id="loan.unpaid", title="题", questions=("问",), reviewed=DAY, review_by=DAY, **(fields | changes))


def test_gist_points_steps_law_and_link_stand_in_this_order() -> None:
    assert reply_text(entry(1), BLANK, LINK) == (
        "能要，先催再告。\n\n· 第0点要紧的话，二十个字左右。\n\n现在这样做：\n1. 写清欠多少\n2. 去法院起诉\n\n"
        f"依据：《民法典》第188条\n找谁：司法所\n全文：{LINK}"
    )


def test_a_number_that_is_to_be_called_first_stands_under_the_gist() -> None:
    urgent = entry(1, steps=("马上打110", "去医院"), channels=("110", "justice-office"))
    assert reply_text(urgent, BLANK).splitlines()[1] == "先打：110报警、司法所"
    assert "找谁" not in reply_text(urgent, BLANK)


def test_points_that_do_not_fit_are_left_to_the_page_but_never_less_than_two() -> None:
    wide = tuple(Point(text=f"第{n}点" + "要紧的话" * 12, practice="做法") for n in range(8))
    many = reply_text(entry(points=wide), BLANK, LINK)
    assert len(many) <= BUBBLE_CHARS + 40
    assert 2 <= many.count("· 第") < 8
    long = entry(3, steps=("长" * 40,) * 5)
    assert reply_text(long, BLANK, LINK).count("· 第") == 2


def test_local_numbers_are_filled_in_or_said_to_be_missing() -> None:
    about = entry(points=(Point(text="电话{justice-office.phone}，上班{justice-office.hours}。", practice="本地"),))
    assert "· 电话0954-1，上班9点到17点。" in reply_text(about, FILLED)
    assert "· 电话还没有填写（先打12345问），上班时间还没有填写。" in reply_text(about, BLANK)


def test_the_short_form_is_the_gist_and_the_first_step() -> None:
    assert gist_text(entry(), BLANK) == "能要，先催再告。\n先这样做：写清欠多少"
    assert gist_text(entry(steps=()), BLANK) == "能要，先催再告。\n找谁：司法所"


def test_what_to_do_in_danger_stands_beside_the_first_step_of_the_short_form_not_in_its_place() -> None:
    careful = entry(steps=("有人堵门打砸：先打110", "写清欠多少"))
    assert gist_text(careful, BLANK) == "能要，先催再告。\n有人堵门打砸：先打110\n先这样做：写清欠多少"
    assert gist_text(entry(steps=("马上打110",)), BLANK) == "能要，先催再告。\n先这样做：马上打110"

"""The handover desk."""

from datetime import timedelta

from sqlalchemy import select

from fzbot.db import reading, writing
from fzbot.handovers.handover import Handover
from fzbot.people.staff import Role
from tests.console.office import Office


def pass_on(office: Office, question: str, village: int | None = None, key: str = "1") -> int:
    with writing(office.engine) as session:
        row = Handover(
            account_id=office.account_id,
            key=key,
            openid_hash="somebody",
            village_id=village,
            question=question,
            state="open",
            asked_at=office.now,
            note="",
        )
        session.add(row)
        session.flush()
        return row.id


def stored(office: Office, handover_id: int) -> Handover:
    with reading(office.engine) as session:
        return session.scalars(select(Handover).where(Handover.id == handover_id)).one()


def test_an_adviser_answers_the_questions_of_own_villages(office: Office) -> None:
    own, other = office.add_village("红庄村"), office.add_village("马家湾村")
    mine, not_mine = pass_on(office, "地被占了", own), pass_on(office, "羊丢了", other, "2")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    page = adviser.look("/handovers").text
    assert "地被占了" in page
    assert "羊丢了" not in page
    assert adviser.look(f"/handovers/{not_mine}").status_code == 404
    assert "还剩 48 小时" in adviser.look(f"/handovers/{mine}").text
    assert "已答复" in adviser.submit(f"/handovers/{mine}", {"action": "answer", "words": "先找村委会调解。"}).text
    row = stored(office, mine)
    assert (row.state, row.answer, row.answered_by) == ("answered", "先找村委会调解。", office.member("wang").id)


def test_a_question_is_answered_once(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    first, second = small_office.sign_in("li"), small_office.sign_in("zhao", Role.EDITOR)
    first.submit(f"/handovers/{number}", {"action": "answer", "words": "先调解。"})
    late = second.submit(f"/handovers/{number}", {"action": "answer", "words": "去法院。"})
    assert "已经有人处理了" in late.text
    assert stored(small_office, number).answer == "先调解。"


def test_bad_answers_are_named_and_nothing_is_lost(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    li = small_office.sign_in("li")
    li.look(f"/handovers/{number}")
    assert "请写答复" in li.submit(f"/handovers/{number}", {"action": "answer", "words": " "}).text
    long = "调解" * 500
    answer = li.submit(f"/handovers/{number}", {"action": "answer", "words": long})
    assert "太长" in answer.text
    assert long in answer.text
    assert "怎么处理的" in li.submit(f"/handovers/{number}", {"action": "close", "words": ""}).text
    li.submit(f"/handovers/{number}", {"action": "close", "words": "已打电话答复"})
    assert stored(small_office, number).note == "已打电话答复"


def test_past_the_window_the_adviser_is_told(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    li = small_office.sign_in("li")
    small_office.now += timedelta(minutes=59)
    assert "还剩 47 小时" in li.look(f"/handovers/{number}").text
    small_office.now += timedelta(hours=48)
    later = small_office.sign_in("zhao", Role.EDITOR)
    assert "已过 48 小时" in later.look(f"/handovers/{number}").text

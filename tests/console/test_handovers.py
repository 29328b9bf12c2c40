"""The handover desk."""

from datetime import timedelta

from sqlalchemy import select

from fzbot.db import reading, writing
from fzbot.handovers.handover import Handover
from fzbot.interactions.store import store
from fzbot.notices.delivery import Delivery
from fzbot.people.staff import Role
from tests.console.office import Office
from tests.interactions.new_interactions import make_row


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


def says(office: Office, ago: timedelta = timedelta()) -> None:
    """The person who asked wrote, some time ago."""
    at = office.now - ago
    row = make_row(office.account_id, f"said {ago}", at=at, day=at.date())
    with office.engine.begin() as connection:
        store(connection, [row])


def sent(office: Office, handover_id: int) -> Delivery:
    with reading(office.engine) as session:
        return session.scalars(select(Delivery).where(Delivery.handover_id == handover_id)).one()


def test_in_the_window_it_is_sent_and_the_adviser_sees_what_is_left(office: Office) -> None:
    number = pass_on(office, "地被占了")
    says(office, timedelta(minutes=59))
    li = office.sign_in("li")
    assert "还剩 47 小时、5 条" in li.look(f"/handovers/{number}").text
    assert "还有 47 小时、5 条" in li.look("/handovers").text
    assert "正在用客服消息发" in li.submit(f"/handovers/{number}", {"action": "answer", "words": "先调解。"}).text
    assert (sent(office, number).way, sent(office, number).state) == ("customer", "queued")
    assert "排队" in li.look("/handovers", state="answered").text


def test_past_the_window_the_adviser_is_told(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    says(small_office, timedelta(hours=49))
    li = small_office.sign_in("li")
    for path in ("/handovers", f"/handovers/{number}"):
        assert "超过 48 小时没有来消息" in li.look(path).text
    answer = li.submit(f"/handovers/{number}", {"action": "answer", "words": "先调解。"})
    assert "下次来消息时，连同回复一起显示" in answer.text
    assert (sent(small_office, number).way, sent(small_office, number).state) == ("contact", "waiting")
    assert "等对方下次来消息时显示" in li.look(f"/handovers/{number}").text


def test_past_the_allowance_the_adviser_is_told(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    says(small_office, timedelta(hours=1))
    common = {"account_id": small_office.account_id, "way": "customer", "openid_hash": "somebody", "people": 1}
    common |= {"state": "accepted", "queued_at": small_office.now, "not_before": small_office.now}
    with writing(small_office.engine) as session:
        session.add_all(Delivery(**common, attempted_at=small_office.now) for _ in range(5))
    li = small_office.sign_in("li")
    assert "5 条用完了" in li.look(f"/handovers/{number}").text


def test_an_account_that_may_not_write_says_so(small_office: Office) -> None:
    number = pass_on(small_office, "地被占了")
    says(small_office)
    small_office.pushes.account_kind = "subscription-unverified"
    assert "本号不能主动发消息" in small_office.sign_in("li").look(f"/handovers/{number}").text

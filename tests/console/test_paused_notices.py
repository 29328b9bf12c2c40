"""A paused notice in the console: what to do is told, and whoever may send it may resume or end it."""

from fzbot.clock import china_day
from fzbot.db import writing
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.sending import pausing
from fzbot.people.staff import Role
from tests.console.office import Office
from tests.console.test_notices import actions, compose, follow, notice, start, step, written

WHY = "本服务器的公网 IP 不在公众平台的 IP 白名单里（错误码 40164）"


def paused(office: Office, *villages: int) -> int:
    """An editor's notice to villages that was paused under way."""
    author, editor = office.sign_in("zhang", Role.EDITOR), office.sign_in("li", Role.EDITOR)
    id_ = written(compose(author, way="template", to="villages", villages=list(villages)))
    step(editor, id_, "approve")
    step(editor, id_, "send", action="now")
    start(office, id_)
    with writing(office.engine) as session:
        pausing.pause(session, id_, WHY)
    return id_


def test_what_to_do_is_told_in_the_list_and_on_its_page_and_it_goes_on(office: Office) -> None:
    red = office.add_village("红庄村")
    follow(office, "o-1", "o-2", village=red)
    id_ = paused(office, red)
    adviser = office.sign_in("wang", Role.ADVISER, (red,))
    assert WHY in adviser.look("/notices").text
    page = adviser.look(f"/notices/{id_}").text
    assert "已暂停" in page
    assert WHY in page
    answer = step(adviser, id_, "resume")
    assert "继续发送了" in answer.text
    assert notice(office, id_).state == NoticeState.SENDING
    assert WHY not in adviser.look("/notices").text
    assert actions(office)[-1] == "notice.resume"


def test_it_may_be_ended_and_only_once(office: Office) -> None:
    red = office.add_village("红庄村")
    follow(office, "o-1", village=red)
    id_ = paused(office, red)
    editor = office.sign_in("zhao", Role.EDITOR)
    assert "没收到的人不会再收到" in step(editor, id_, "end").text
    assert "没有暂停" in step(editor, id_, "resume").text
    assert actions(office)[-1] == "notice.end"


def test_who_may_not_send_it_cannot_resume_it(office: Office) -> None:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    follow(office, "o-1", village=red)
    id_ = paused(office, red, white)
    viewer, adviser = office.sign_in("kan", Role.VIEWER), office.sign_in("wang", Role.ADVISER, (red,))
    for one in (viewer, adviser):
        page = one.look(f"/notices/{id_}").text
        assert WHY in page
        assert "继续发送</button>" not in page
    assert step(adviser, id_, "resume").status_code == 404
    assert step(viewer, id_, "resume").status_code == 403
    assert notice(office, id_).state == NoticeState.PAUSED


def test_an_adviser_of_two_villages_opens_what_went_to_both_down_to_its_rows(office: Office) -> None:
    red, white, black = (office.add_village(name) for name in ("红庄村", "白庄村", "黑庄村"))
    follow(office, "o-1", "o-2", village=red)
    id_ = paused(office, red, white)
    with writing(office.engine) as session:
        made = session.get_one(Notice, id_)
        values = {"account_id": made.account_id, "notice_id": id_, "way": "mass", "state": DeliveryState.ACCEPTED}
        times = {"queued_at": office.now, "not_before": office.now, "day": china_day(office.now)}
        session.add(Delivery(**values, **times, people=5731, msg_id="1", target={"first": 1, "last": 2}))
    both = office.sign_in("wang", Role.ADVISER, (red, white))
    other = office.sign_in("ma", Role.ADVISER, (red, black))
    for chosen in ({}, {"village": -1}):
        assert "5,731" in both.look("/pushes/rows", figure="pushed", **chosen).text
        assert "5,731" not in other.look("/pushes/rows", figure="pushed", **chosen).text

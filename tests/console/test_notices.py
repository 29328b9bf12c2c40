"""Notices in the console: composed, approved, sent, looked at, by those who may."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine, select

from fzbot.answering.snapshot import Snapshot
from fzbot.audit import AuditEvent
from fzbot.clock import CHINA
from fzbot.db import reading, writing
from fzbot.errors import PlatformError
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticeState, NoticeVersion
from fzbot.notices.delivery import Delivery
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import count
from fzbot.notices.sending import enqueue, quota
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from tests.console.office import Clicks, Office, enter
from tests.console.test_activities import jpeg

WORDS = {"title": "停电通知", "text": "明天上午停电。\r\n请提前蓄水。", "entries": "marriage.bride-price"}


def follow(office: Office, *names: str, village: int | None = None) -> None:
    with writing(office.engine) as session:
        for name in names:
            values = {"openid_sealed": office.sealer.seal(name), "followed_at": office.now}
            values |= {"openid_hash": office.sealer.hash(name), "last_message_at": office.now}
            session.add(Follower(account_id=office.account_id, village_id=village, **values))


def compose(browser: Clicks, files: Any = None, **fields: Any) -> Response:
    browser.look("/notices/new")
    return browser.submit("/notices", WORDS | {"way": "mass", "to": "all"} | fields, files=files)


def written(answer: Response) -> int:
    assert answer.status_code == 200, answer.text
    found = re.fullmatch(r"/console/notices/(\d+)", answer.url.path)
    assert found, answer.text
    return int(found[1])


def step(browser: Clicks, id_: int, name: str, version: int = 1, **fields: Any) -> Response:
    browser.look(f"/notices/{id_}")
    return browser.submit(f"/notices/{id_}/{name}", {"version": version, **fields})


def notice(office: Office, id_: int) -> Notice:
    with reading(office.engine) as session:
        return session.get_one(Notice, id_)


def actions(office: Office) -> Sequence[str]:
    with reading(office.engine) as session:
        query = select(AuditEvent.action).where(AuditEvent.action.startswith("notice"))
        return session.scalars(query.order_by(AuditEvent.id)).all()


def start(office: Office, id_: int) -> None:
    """What the worker does first."""
    with writing(office.engine) as session:
        enqueue.start(session, session.get_one(Notice, id_), office.pushes, office.now)
    with writing(office.engine) as session:
        enqueue.add_chunk(session, id_, office.now)


def test_a_notice_is_written_approved_by_another_and_sent(office: Office) -> None:
    red = office.add_village("红庄村")
    follow(office, "o-1", "o-2", village=red)
    adviser, editor = office.sign_in("wang", Role.ADVISER, (red,)), office.sign_in("li", Role.EDITOR)
    id_ = written(compose(adviser, to="villages", villages=[red]))
    page = adviser.look(f"/notices/{id_}").text
    for words in (
        "草稿",
        "选中 <strong>2</strong> 人",
        "本月还剩 <strong>4</strong> 次",
        "要由另一个人审批",
        "wang的姓名",
    ):
        assert words in page
    assert f"http://testserver/a/marriage.bride-price?n={id_}" in page
    assert "自己批自己" in step(adviser, id_, "approve").text
    assert "先审批" in step(adviser, id_, "send", action="now").text
    assert "已审批" in step(editor, id_, "approve").text
    assert "已安排发送" in step(adviser, id_, "send", action="now").text
    assert (notice(office, id_).state, notice(office, id_).scheduled_at) == ("scheduled", office.now)
    assert notice(office, id_).approved_by == office.member("li").id
    assert actions(office) == ["notice.draft", "notice.approve", "notice.schedule"]
    with reading(office.engine) as session:
        assert session.get_one(NoticeVersion, (id_, 1)).text == "明天上午停电。\n请提前蓄水。"
    listed = adviser.look("/notices", tab="ready").text
    assert "停电通知" in listed
    assert "停电通知" not in adviser.look("/notices", tab="draft").text


def test_it_is_scheduled_taken_back_changed_and_withdrawn(office: Office) -> None:
    author, second = office.sign_in("li", Role.EDITOR), office.sign_in("zhao", Role.EDITOR)
    id_ = written(compose(author))
    step(second, id_, "approve")
    local = office.now.astimezone(CHINA).replace(tzinfo=None, microsecond=0)
    for when, words in (
        ("", "请选发送的日期和时间"),
        ("<script>", "请选发送的日期和时间"),
        (local - timedelta(hours=1), "已经过了"),
        (local + timedelta(days=400), "一年以后"),
    ):
        answer = step(author, id_, "send", action="later", when=str(when))
        assert (answer.status_code, words in answer.text) == (422, True), when
    step(author, id_, "send", action="later", when=(local + timedelta(days=1)).isoformat())
    tomorrow = office.now.replace(microsecond=0) + timedelta(days=1)
    assert notice(office, id_).scheduled_at == tomorrow
    assert "已经安排发送" in author.submit(f"/notices/{id_}", WORDS | {"way": "mass", "to": "all", "version": 1}).text
    step(author, id_, "reopen")
    author.look(f"/notices/{id_}/edit")
    answer = author.submit(f"/notices/{id_}", WORDS | {"title": "改了", "way": "mass", "to": "all", "version": 1})
    assert "第 2 版" in answer.text
    stale = step(second, id_, "approve", version=1)
    assert (stale.status_code, "内容刚被人改过" in stale.text) == (422, True)
    stale = author.submit(f"/notices/{id_}", WORDS | {"way": "mass", "to": "all", "version": 1})
    assert (stale.status_code, "内容刚被人改过" in stale.text) == (422, True)
    assert "已撤回" in step(author, id_, "withdraw", version=2).text
    assert notice(office, id_).state == "cancelled"
    assert "撤不回来" in step(author, id_, "withdraw", version=2).text


def test_without_a_second_person_it_is_sent_at_once(
    sqlite_engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path
) -> None:
    office = Office(sqlite_engine, sealer, snapshot, tmp_path, notice_policy=ApprovalPolicy(second_person=False))
    browser = office.sign_in("li", Role.EDITOR)
    id_ = written(compose(browser))
    assert "已安排发送" in step(browser, id_, "send", action="now").text
    assert (notice(office, id_).state, notice(office, id_).approved_by) == ("scheduled", office.member("li").id)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "请写标题和正文"),
        ({"title": "长" * 31}, "标题最多 30 个字"),
        ({"text": "电" * 700}, "太长，微信发不出去"),
        ({"entries": "没有这条"}, "知识库里没有“没有这条”"),
        ({"way": "smoke"}, "请选怎么发"),
        ({"way": ""}, "请选怎么发"),
        ({"to": "villages"}, "请至少选一个村"),
        ({"to": "villages", "villages": ["999"]}, "选了没有的村"),
        ({"to": "villages", "villages": ["1; DROP TABLE"]}, "请至少选一个村"),
        ({"theme": "cooking"}, "没有这个主题"),
    ],
)
def test_what_is_wrong_is_named_and_stays_on_the_form(small_office: Office, fields: Any, words: str) -> None:
    browser = small_office.sign_in("li", Role.EDITOR)
    answer = compose(browser, **{"text": '"><script>', **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    with reading(small_office.engine) as session:
        assert session.scalars(select(Notice)).all() == []


def test_a_picture_is_checked_kept_and_shown(small_office: Office) -> None:
    browser = small_office.sign_in("li", Role.EDITOR)
    answer = compose(browser, {"photo": ("a.jpg", b"<script>alert(1)</script>")})
    assert (answer.status_code, "不是照片" in answer.text) == (422, True)
    answer = compose(browser, {"photo": ("a.jpg", jpeg())}, title="")
    name = re.search(r'name="picture" value="([0-9a-f]{64}\.jpg)"', answer.text)
    assert name, "the picture is not lost with the mistake"
    id_ = written(compose(browser, picture=name[1]))
    shown = browser.get(f"/console/notices/{id_}/picture.jpg")
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"secret place" not in shown.content
    other = written(compose(browser, picture="../../secret.key"))
    assert browser.look(f"/notices/{other}/picture.jpg").status_code == 404


def test_the_form_shows_the_ways_of_the_account(small_office: Office) -> None:
    browser = small_office.sign_in("li", Role.EDITOR)
    page = browser.look("/notices/new").text
    assert "本号为认证服务号：每人每月4次群发" in page
    for way in DeliveryMethod:
        assert f'name="way" value="{way.value}"' in page
    small_office.pushes.account_kind = "subscription-unverified"
    page = browser.look("/notices/new").text
    assert "本号为未认证订阅号：微信不让主动发" in page
    assert re.findall(r'name="way" value="(\w+)"', page) == ["contact", "group"]
    assert "不能用“群发”" in compose(browser).text
    small_office.pushes.account_kind, small_office.pushes.push = "service", None
    assert "没有配置 AppSecret" in compose(browser).text


def test_the_calendar_proposes_and_a_template_fills_the_form(small_office: Office) -> None:
    red = small_office.add_village("红庄村")
    small_office.now = small_office.now.replace(month=11, day=23, hour=4)  # noon in China
    adviser = small_office.sign_in("wang", Role.ADVISER, (red,))
    page = adviser.look("/notices").text
    assert "国家宪法日" in page
    assert "还有 8 天" in page
    form = adviser.look("/notices/new", template="constitution-week").text
    assert re.search(r'name="title" value="[^"]+"', form)
    assert re.search(rf'name="villages" value="{red}" checked', form)
    assert 'value="all"' not in form
    assert adviser.look("/notices/new", template="../../etc/passwd").status_code == 200


def test_whom_it_would_reach_is_told_while_composing(office: Office) -> None:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    follow(office, "o-1", "o-2", village=red)
    follow(office, "o-3", village=white)
    adviser = office.sign_in("wang", Role.ADVISER, (red,))
    ask = {"way": "mass", "to": "villages", "villages": [red]}
    assert "选中 <strong>2</strong> 人" in adviser.look("/notices/audience", **ask).text
    assert "现在能收到的 <strong>0</strong> 人" in adviser.look("/notices/audience", **ask | {"way": "customer"}).text
    assert "只能发给您服务的村" in adviser.look("/notices/audience", **ask | {"villages": [red, white]}).text
    assert "只能发给您服务的村" in adviser.look("/notices/audience", way="mass", to="all").text
    assert "请选怎么发" in adviser.look("/notices/audience", to="villages", villages=red).text
    with writing(office.engine) as session:
        quota.stop(session, office.account_id, DeliveryMethod.MASS, office.now + timedelta(hours=1), "微信说太快")
        for _ in range(4):
            quota.take_mass(session, office.account_id, office.pushes.kind(1), (red,), office.now)
    page = adviser.look("/notices/audience", **ask).text
    assert "还剩 <strong>0</strong> 次，现在发不出去" in page
    assert "微信说太快" in page


def test_of_several_who_press_send_at_once_one_sends(office: Office) -> None:
    author, second = office.sign_in("li", Role.EDITOR), office.sign_in("zhao", Role.EDITOR)
    id_ = written(compose(author))
    step(second, id_, "approve")
    for browser in (author, second):
        browser.look(f"/notices/{id_}")
    with ThreadPoolExecutor(8) as pool:
        fields = {"version": 1, "action": "now"}
        sent = [pool.submit(browser.submit, f"/notices/{id_}/send", fields) for browser in (author, second) * 4]
        codes = [answer.result().status_code for answer in sent]
    assert sorted(codes) == [200] + [422] * 7
    assert actions(office) == ["notice.draft", "notice.approve", "notice.schedule"]


def test_the_county_tries_out_whom_a_notice_of_an_account_would_reach(small_office: Office) -> None:
    east = small_office.add_account("east", "东乡")
    small_office.add_staff("east", Role.EDITOR, account_id=east)
    editor = small_office.browser()
    enter(editor, "east")
    editor.look("/password")
    id_ = written(compose(editor))
    follow(small_office, "o-1")
    county = small_office.sign_in("admin", Role.ADMIN)
    assert f"audience?notice={id_}&amp;" in county.look(f"/notices/{id_}/edit").text
    ask = {"way": "mass", "to": "all"}
    assert "选中 <strong>0</strong> 人" in county.look("/notices/audience", notice=id_, **ask).text
    assert "选中 <strong>1</strong> 人" in county.look("/notices/audience", **ask).text
    assert small_office.sign_in("li", Role.EDITOR).look("/notices/audience", notice=id_, **ask).status_code == 404


def test_an_adviser_writes_to_own_villages_only_and_sees_their_part(office: Office) -> None:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    follow(office, "o-1", village=red)
    follow(office, "o-2", "o-3", village=white)
    adviser, editor = office.sign_in("wang", Role.ADVISER, (red,)), office.sign_in("li", Role.EDITOR)
    for fields in ({"to": "all"}, {"to": "villages", "villages": [red, white]}):
        assert "只能发给您服务的村" in compose(adviser, **fields).text
    town = written(compose(editor, title="全镇", way="contact"))
    theirs = written(compose(editor, title="白庄的", to="villages", villages=[white]))
    page = adviser.look("/notices").text
    assert "全镇" in page
    assert "白庄的" not in page
    assert adviser.look(f"/notices/{theirs}").status_code == 404
    assert adviser.look(f"/notices/{town}/edit").status_code == 404
    for name in ("approve", "send", "withdraw", "reopen", "stop", "preview"):
        assert step(adviser, town, name).status_code == 404
    assert adviser.submit(f"/notices/{town}", WORDS | {"version": 1}).status_code == 404
    step(office.sign_in("zhao", Role.EDITOR), town, "approve")
    step(editor, town, "send", action="now")
    start(office, town)
    page = adviser.look(f"/notices/{town}").text
    assert "只算您服务的村" in page
    assert re.findall(r'<div class="value">(\d+)</div>', page)[0] == "1"
    assert re.findall(r'<div class="value">(\d+)</div>', editor.look(f"/notices/{town}").text)[0] == "3"


def test_a_viewer_sees_and_neither_writes_nor_sends(small_office: Office) -> None:
    id_ = written(compose(small_office.sign_in("li", Role.EDITOR)))
    viewer = small_office.sign_in("zhang", Role.VIEWER)
    assert "写通知" not in viewer.look("/notices").text
    page = viewer.look(f"/notices/{id_}").text
    assert "停电通知" in page
    for words in ("审批通过", "撤回作废", "现在发送", "修改", "登记转发", "发给我预览"):
        assert words not in page
    assert viewer.look("/notices/new").status_code == 403
    assert viewer.submit("/notices", WORDS | {"way": "mass", "to": "all"}).status_code == 403
    assert viewer.submit(f"/notices/{id_}/send", {"version": 1, "action": "now"}).status_code == 403


def test_another_account_sees_nothing_of_it(small_office: Office) -> None:
    id_ = written(compose(small_office.sign_in("li", Role.EDITOR)))
    east = small_office.add_account("east", "东乡")
    small_office.add_staff("east", Role.EDITOR, account_id=east)
    browser = small_office.browser()
    enter(browser, "east")
    assert "停电通知" not in browser.look("/notices").text
    for path in ("", "/edit", "/long.jpg", "/picture.jpg"):
        assert browser.look(f"/notices/{id_}{path}").status_code == 404


def test_a_preview_goes_to_ones_own_phone(small_office: Office) -> None:
    browser = small_office.sign_in("li", Role.EDITOR)
    id_ = written(compose(browser))
    assert "请填您自己的微信号" in step(browser, id_, "preview").text
    assert "已发到您的微信" in step(browser, id_, "preview", wechat_name="li-wx").text
    ((text, name),) = small_office.push.previews
    assert (text.startswith("【停电通知】\n明天上午停电。"), name) == (True, "li-wx")
    with reading(small_office.engine) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "notice.preview")).one()
    assert "li-wx" not in str(vars(event))
    small_office.push.refusal = PlatformError("对方没有关注本公众号（43004）", 43004)
    answer = step(browser, id_, "preview", wechat_name="li-wx")
    assert (answer.status_code, "对方没有关注本公众号" in answer.text) == (422, True)
    small_office.pushes.account_kind = "service-unverified"
    assert "发给我预览" not in browser.look(f"/notices/{id_}").text
    assert "不能预览" in step(browser, id_, "preview", wechat_name="li-wx").text


def test_the_page_tells_fates_receipts_and_readings(office: Office) -> None:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    author, second = office.sign_in("li", Role.EDITOR), office.sign_in("zhao", Role.EDITOR)
    id_ = written(compose(author, way="customer"))
    step(second, id_, "approve")
    common = {"account_id": office.account_id, "notice_id": id_, "way": "customer", "queued_at": office.now}
    common |= {"not_before": office.now}
    with writing(office.engine) as session:
        for number, (village, state, reason, delivered) in enumerate(
            [(red, "delivered", "", 1), (red, "accepted", "", 0), (white, "failed", "对方拒收", 0)]
        ):
            more = {"people": 1, "people_delivered": delivered, "openid_hash": str(number), "reason": reason}
            session.add(Delivery(**common, village_id=village, state=state, **more))
        session.get_one(Notice, id_).state = NoticeState.PARTLY
        session.flush()
        for mark, entry in ((f"{id_}.{red}", ""), (f"{id_}.{red}", "marriage.bride-price"), (str(id_), "")):
            count(session, mark, entry, office.now.date())
    page = author.look(f"/notices/{id_}").text
    assert re.findall(r'<div class="value">(\d+)</div>', page) == ["3", "2", "1", "3", "0"]
    for words in ("部分发出", "没发成 1 人：对方拒收", "通知页 2 次", "彩礼", "红庄村", "不分村"):
        assert words in page
    assert "3人" not in page
    assert re.search(r"停电通知</a>.*?3<span.*?2<span.*?1<span.*?3<span", author.look("/notices").text, re.DOTALL)


def test_an_adviser_of_two_villages_sees_a_batch_that_went_to_both(small_office: Office) -> None:
    both = small_office.add_village("红庄村"), small_office.add_village("白庄村")
    adviser, half = small_office.sign_in("wang", Role.ADVISER, both), small_office.sign_in("ma", Role.ADVISER, both[:1])
    id_ = written(compose(adviser, to="villages", villages=list(both)))
    common = {"account_id": small_office.account_id, "notice_id": id_, "way": "mass", "state": "delivered"}
    common |= {"queued_at": small_office.now, "not_before": small_office.now, "people": 5, "people_delivered": 4}
    with writing(small_office.engine) as session:
        session.add(Delivery(**common))
        session.get_one(Notice, id_).state = NoticeState.SENT
    assert re.findall(r'<div class="value">(\d+)</div>', adviser.look(f"/notices/{id_}").text)[:3] == ["5", "5", "4"]
    assert "4<span" in adviser.look("/notices").text
    assert "4<span" not in half.look("/notices").text
    assert "发得怎么样" not in half.look(f"/notices/{id_}").text


def test_what_waits_for_the_next_contact_is_stopped(office: Office) -> None:
    follow(office, "o-1", "o-2")
    author, second = office.sign_in("li", Role.EDITOR), office.sign_in("zhao", Role.EDITOR)
    id_ = written(compose(author, way="contact"))
    assert "只有正在随回复显示的" in step(author, id_, "stop").text
    step(second, id_, "approve")
    step(author, id_, "send", action="now")
    start(office, id_)
    assert "等村民来消息" in author.look(f"/notices/{id_}").text
    assert "已停止" in step(author, id_, "stop").text
    with reading(office.engine) as session:
        assert session.scalars(select(Delivery.state)).all() == ["cancelled", "cancelled"]
    assert actions(office)[-1] == "notice.stop"


def test_a_forward_is_typed_in_counted_apart_and_taken_back(office: Office) -> None:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    adviser = office.sign_in("wang", Role.ADVISER, (red,))
    other = office.sign_in("ma", Role.ADVISER, (red,))
    id_ = written(compose(adviser, way="group", to="villages", villages=[red]))
    assert "还没有审批" in step(adviser, id_, "forwards", village=red, group="便民群", people="200").text
    step(other, id_, "approve")
    page = adviser.look(f"/notices/{id_}").text
    assert f"http://testserver/n/{id_}?n={id_}.{red}" in page
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"village": red, "group": "便民群", "people": "两百"}, "填数字"),
        ({"village": red, "group": "便民群", "people": "501"}, "1 到 500"),
        ({"village": red, "group": " ", "people": "200"}, "请填群名"),
        ({"village": "", "group": "便民群", "people": "200"}, "哪个村的群"),
        ({"village": white, "group": "便民群", "people": "200"}, "不归您负责"),
    ]
    for fields, words in wrong:
        answer = step(adviser, id_, "forwards", **fields)
        assert (answer.status_code, words in answer.text) == (422, True), fields
    good: dict[str, Any] = {"village": red, "group": "便民群", "people": "200"}
    page = step(adviser, id_, "forwards", **good).text
    assert "已登记" in page
    assert re.findall(r'<div class="value">(\d+)</div>', page) == ["0", "0", "0", "0", "200"]
    assert "今天已经登记过" in step(adviser, id_, "forwards", **good).text
    assert notice(office, id_).state == "sent"
    with reading(office.engine) as session:
        forward = session.scalars(select(Forward.id)).one()
    assert step(other, id_, f"forwards/{forward}/remove").status_code == 404
    assert "已删除" in step(adviser, id_, f"forwards/{forward}/remove").text
    assert actions(office)[-2:] == ["notice.forward", "notice.forward.remove"]


def test_a_long_picture_is_drawn_where_a_font_is_found(small_office: Office) -> None:
    author, second = small_office.sign_in("li", Role.EDITOR), small_office.sign_in("zhao", Role.EDITOR)
    id_ = written(compose(author, {"photo": ("a.jpg", jpeg())}, way="group"))
    assert author.look(f"/notices/{id_}/long.jpg").status_code == 404
    step(second, id_, "approve")
    if small_office.services.font is None:
        assert "没有中文字体" in author.look(f"/notices/{id_}").text
        return
    answer = author.look(f"/notices/{id_}/long.jpg")
    assert (answer.headers["content-type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_without_a_font_there_is_copy_text_only(
    sqlite_engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path
) -> None:
    office = Office(sqlite_engine, sealer, snapshot, tmp_path, notice_policy=ApprovalPolicy(second_person=False))
    object.__setattr__(office.services, "font", None)
    browser = office.sign_in("li", Role.EDITOR)
    id_ = written(compose(browser))
    step(browser, id_, "send", action="now")
    page = browser.look(f"/notices/{id_}").text
    assert "没有中文字体" in page
    assert "long.jpg" not in page
    assert "详细：http://testserver/n/" in page
    assert browser.look(f"/notices/{id_}/long.jpg").status_code == 404

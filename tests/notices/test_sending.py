"""From a due notice to the platform: who gets what, once, and what is written down of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fzbot.db import reading, writing
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience, size
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, Indeterminate, OutboundMessage, Postponed, Refused, RetryAfter, SendResult
from fzbot.notices.sending import enqueue, next_reply, outbox, quota
from fzbot.notices.sending.outbox import Lease, RetryPolicy
from fzbot.people import erasure
from fzbot.people.follower import Follower
from tests.notices.town import PICTURE, SEALER, Town

FIRST_VILLAGE = 0


def test_each_follower_in_the_window_gets_it_once(town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    town.follow("o-silent", village=0)
    town.follow("o-gone", village=0, unfollowed_at=town.clock())
    for name in ("o-1", "o-2", "o-gone"):
        town.says(name)
    id_ = town.schedule(DeliveryMethod.CUSTOMER, Audience((town.villages[0],)))
    town.work()
    town.work()
    assert town.push.reached == ["o-1", "o-2"]
    assert "骗局" in town.push.messages[0].text
    assert f"https://town.example/a/fraud.fake-loan?n={id_}.{town.villages[0]}" in town.push.messages[0].text
    assert town.states(id_) == {"accepted": 2}
    assert town.notice(id_).state == NoticeState.SENT


def test_villages_and_themes_choose_the_audience(town: Town) -> None:
    town.follow("o-1", village=0)
    town.follow("o-2", village=1)
    town.follow("o-3", "o-4")
    town.says("o-1", entry="fraud.fake-loan")
    town.says("o-3", entry="fraud.brushing")
    town.says("o-4", entry="fraud.brushing", ago=timedelta(days=200))
    with reading(town.engine) as session:

        def people(audience: Audience, way: DeliveryMethod = DeliveryMethod.TEMPLATE) -> tuple[int, int]:
            found = size(session, town.account, audience, way, town.clock())
            return found.people, found.reachable

        assert people(Audience()) == (4, 4)
        assert people(Audience((town.villages[0], town.villages[1]))) == (2, 2)
        assert people(Audience(theme="fraud")) == (2, 2)
        assert people(Audience((town.villages[0],), "fraud")) == (1, 1)
        assert people(Audience(theme="marriage")) == (0, 0)
        assert people(Audience(), DeliveryMethod.CUSTOMER) == (4, 2)
        assert people(Audience(), DeliveryMethod.GROUP) == (4, 0)


def test_a_window_holds_five_messages_and_48_hours(town: Town) -> None:
    town.follow("o-1", "o-late")
    town.says("o-late", ago=timedelta(hours=47, minutes=59))
    town.says("o-1")
    for _ in range(6):
        town.clock.pass_by(seconds=30)
        town.schedule(DeliveryMethod.CUSTOMER)
        town.work()
    reached = town.push.reached
    assert (reached.count("o-1"), reached.count("o-late")) == (5, 1)
    assert [row.state for row in town.deliveries() if row.reason.startswith("对方超过 48 小时")] == [
        DeliveryState.FAILED
    ]


def test_a_new_message_opens_the_window_again(town: Town) -> None:
    town.follow("o-1")
    for _ in range(2):
        town.clock.pass_by(seconds=1)
        town.says("o-1")
        for _ in range(5):
            town.clock.pass_by(seconds=30)
            town.schedule(DeliveryMethod.CUSTOMER)
            town.work()
    assert len(town.push.messages) == 10


def test_followers_added_meanwhile_or_chunks_repeated_make_no_second_delivery(town: Town) -> None:
    town.follow(*(f"o-{number}" for number in range(25)))
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    with writing(town.engine) as session:
        enqueue.start(session, notices.find(session, id_), town.pushes, town.clock())
        assert enqueue.add_chunk(session, id_, town.clock(), size=10) == 10
    with writing(town.engine) as session:
        notices.find(session, id_).enqueued_to = 0  # a worker that died before it wrote down how far it was
    for _ in range(4):
        with writing(town.engine) as session:
            enqueue.add_chunk(session, id_, town.clock(), size=10)
    assert len(town.deliveries(id_)) == 25
    town.work()
    assert len(town.push.reached) == len(set(town.push.reached)) == 25


def test_a_refusal_is_final_and_says_why(town: Town) -> None:
    town.follow("o-1", "o-2")
    town.push.fate = lambda message: Refused("对方已取消关注", 43004) if message.openids == ("o-1",) else Accepted("7")
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    assert town.states(id_) == {"failed": 1, "accepted": 1}
    assert town.notice(id_).state == NoticeState.PARTLY
    failed = next(row for row in town.deliveries() if row.state == DeliveryState.FAILED)
    assert (failed.code, failed.reason) == (43004, "对方已取消关注")


def test_a_notice_that_reached_nobody_failed_and_says_why(town: Town) -> None:
    town.follow("o-1")
    town.push.fate = lambda _: Refused("公众号被限制", 50002)
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    assert (town.notice(id_).state, town.notice(id_).note) == (NoticeState.FAILED, "公众号被限制")


def test_a_busy_platform_is_asked_again_later_and_not_without_end(town: Town) -> None:
    town.follow("o-1")
    town.push.fate = lambda _: Postponed("微信系统繁忙", RetryAfter.SOON, -1)
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    for _ in range(12):
        town.work()
        town.clock.pass_by(minutes=11)
    assert len(town.push.messages) == RetryPolicy().most_attempts
    assert town.notice(id_).state == NoticeState.PAUSED
    assert "试了 8 次没有成功：微信系统繁忙" in town.notice(id_).note


@pytest.mark.parametrize(("pause", "wait"), [(RetryAfter.MINUTE, {"minutes": 1}), (RetryAfter.DAY, {"hours": 12})])
def test_a_limit_stops_the_way_for_the_account_until_it_is_over(
    town: Town, pause: RetryAfter, wait: dict[str, float]
) -> None:
    town.follow(*(f"o-{number}" for number in range(40)))
    fates: Iterator[SendResult] = iter([Postponed("调用太快", pause, 45011)])
    town.push.fate = lambda _: next(fates, Accepted())
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    before = len(town.push.messages)
    assert before < 40 + 1
    town.work()
    assert len(town.push.messages) == before
    town.clock.pass_by(**wait)
    town.work()
    assert town.states(id_) == {"accepted": 40}
    assert len(town.push.messages) == 41


def test_a_minute_takes_no_more_than_its_allowance(town: Town) -> None:
    town.follow(*(f"o-{number}" for number in range(50)))
    town.schedule(DeliveryMethod.TEMPLATE)
    town.work(per_minute=20)
    assert len(town.push.messages) == 20
    town.clock.pass_by(minutes=1)
    town.work(per_minute=20)
    assert len(town.push.messages) == 40
    town.clock.pass_by(minutes=1)
    town.work(per_minute=20)
    assert len(set(town.push.reached)) == 50


def test_what_is_unclear_is_never_sent_again(town: Town) -> None:
    town.follow("o-1")
    town.says("o-1")
    town.push.fate = lambda _: Indeterminate("微信平台没有回话")
    id_ = town.schedule(DeliveryMethod.CUSTOMER)
    for _ in range(5):
        town.work()
        town.clock.pass_by(hours=5)
    assert len(town.push.messages) == 1
    assert town.states(id_) == {"unknown": 1}
    assert town.notice(id_).state == NoticeState.FAILED


def test_an_unclear_mass_send_is_cleared_up_under_the_same_id(town: Town) -> None:
    town.follow("o-1", "o-2")
    fates: Iterator[SendResult] = iter(
        [Indeterminate("没有回话"), Postponed("还在处理", RetryAfter.SOON, 45066), Accepted("4711")]
    )
    town.push.fate = lambda _: next(fates)
    id_ = town.schedule(DeliveryMethod.MASS)
    for _ in range(4):
        town.work()
        town.clock.pass_by(minutes=10)
    assert len({message.client_id for message in town.push.messages}) == 1
    assert len(town.push.messages) == 3
    (row,) = town.deliveries(id_)
    assert (row.state, row.msg_id) == (DeliveryState.ACCEPTED, "4711")
    assert town.notice(id_).state == NoticeState.SENT


def test_after_a_day_the_platform_forgets_ids_and_nothing_is_repeated(town: Town) -> None:
    town.follow("o-1", "o-2")
    town.push.fate = lambda _: Indeterminate("没有回话")
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    town.clock.pass_by(hours=23, minutes=30)
    town.work()
    assert len(town.push.messages) == 1
    (row,) = town.deliveries(id_)
    assert (row.state, row.reconcile_at) == (DeliveryState.UNKNOWN, None)
    assert town.notice(id_).state == NoticeState.FAILED


def test_a_dead_workers_claims_are_queued_again_and_its_attempts_become_unknown(town: Town) -> None:
    town.follow("o-1", "o-2")
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    dead = town.worker()
    dead._begin()
    now = town.clock()
    with writing(town.engine) as session:
        ids = outbox.claim(session, Lease("dead", now, now + timedelta(seconds=60)), 10, ())
        assert outbox.mark_attempt(session, "dead", ids[:1], now) == {ids[0]}
    town.work()
    assert town.push.messages == []
    town.clock.pass_by(seconds=61)
    town.work()
    assert town.push.reached == ["o-2"]
    assert town.states(id_) == {"unknown": 1, "accepted": 1}


def test_a_worker_whose_lease_went_to_another_sends_nothing(town: Town) -> None:
    town.follow("o-1")
    town.schedule(DeliveryMethod.TEMPLATE)
    slow = town.worker()
    slow._begin()
    now = town.clock()
    with writing(town.engine) as session:
        ids = outbox.claim(session, Lease("slow", now, now + timedelta(seconds=60)), 10, ())
    town.clock.pass_by(seconds=61)
    town.work()
    slow.sender.send("slow", ids)
    assert town.push.reached == ["o-1"]


def test_an_answer_that_comes_after_the_lease_is_still_written_down(town: Town) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.TEMPLATE)

    def stall(_: OutboundMessage) -> SendResult:
        town.clock.pass_by(seconds=70)
        with writing(town.engine) as session:
            outbox.sweep(session, RetryPolicy(), town.clock())
        assert town.states(id_) == {"unknown": 1}
        return Accepted("9")

    town.push.fate = stall
    town.work()
    assert town.states(id_) == {"accepted": 1}


def test_workers_never_claim_the_same_rows(town: Town) -> None:
    town.follow(*(f"o-{number}" for number in range(30)))
    town.schedule(DeliveryMethod.TEMPLATE)
    town.worker()._begin()
    now = town.clock()
    claimed: list[int] = []
    for name in ("a", "b", "c", "d"):
        with writing(town.engine) as session:
            claimed += outbox.claim(session, Lease(name, now, now + timedelta(seconds=60)), 10, ())
    assert len(claimed) == len(set(claimed)) == 30


def test_somebody_erased_before_it_is_sent_gets_nothing(town: Town) -> None:
    town.follow("o-1", "o-2")
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.worker()._begin()
    with writing(town.engine) as session:
        erasure.erase(session, town.account, SEALER.hash("o-1"))
    town.work()
    assert town.push.reached == ["o-2"]
    assert "已删除个人信息" in next(row.reason for row in town.deliveries(id_) if row.state == DeliveryState.FAILED)


def test_without_a_key_to_the_platform_nothing_can_be_sent(town: Town) -> None:
    town.follow("o-1")
    town.pushes.push = None
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    assert (town.notice(id_).state, town.deliveries()) == (NoticeState.PAUSED, [])
    assert "没有配置 AppSecret" in town.notice(id_).note


@pytest.mark.parametrize(
    ("kind", "way", "words"),
    [
        ("subscription-unverified", DeliveryMethod.MASS, "本号是未认证订阅号，不能用“群发”"),
        ("service-unverified", DeliveryMethod.CUSTOMER, "本号是未认证服务号，不能用“客服消息”"),
        ("subscription", DeliveryMethod.TEMPLATE, "本号是认证订阅号，不能用“模板消息”"),
    ],
)
def test_the_accounts_kind_decides_the_ways(town: Town, kind: str, way: DeliveryMethod, words: str) -> None:
    town.follow("o-1", "o-2")
    town.pushes.account_kind = kind
    id_ = town.schedule(way)
    town.work()
    assert (town.notice(id_).state, town.notice(id_).note) == (NoticeState.FAILED, words)
    assert town.push.messages == []


def test_a_notice_waits_for_its_time(town: Town) -> None:
    town.follow("o-1")
    id_ = town.draft(DeliveryMethod.TEMPLATE)
    with writing(town.engine) as session:
        notice = notices.find(session, id_)
        notices.approve(session, notice, notices.ApprovalPolicy(), town.second, town.clock())
        notices.schedule(session, notice, town.clock() + timedelta(hours=2), town.author, town.clock())
    town.work()
    assert town.push.messages == []
    town.clock.pass_by(hours=2)
    town.work()
    assert town.push.reached == ["o-1"]


def test_a_draft_article_carries_the_picture(town: Town) -> None:
    words = NoticeText("标题", "正文", (), "cover.png")
    id_ = town.schedule(DeliveryMethod.DRAFT, words=words)
    town.work()
    (message,) = town.push.messages
    assert (message.picture, message.title, message.body, message.openids) == (PICTURE, "标题", "正文", ())
    assert town.notice(id_).state == NoticeState.SENT


def test_an_error_of_the_quota_keeps_everything_from_being_sent(town: Town) -> None:
    town.follow("o-1", "o-2")
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE quota_use")
    id_ = town.schedule(DeliveryMethod.MASS)
    worker = town.worker()
    with pytest.raises(Exception, match="quota_use"):
        worker.tick()
    assert town.push.messages == []
    assert town.notice(id_).state == NoticeState.SCHEDULED


def test_stops_and_minutes_are_kept_for_all_workers(town: Town) -> None:
    now = town.clock()
    with writing(town.engine) as session:
        assert quota.take_rate(session, town.account, "person", 10, 8, now) == 8
        assert quota.take_rate(session, town.account, "person", 10, 8, now) == 2
        assert quota.take_rate(session, town.account, "person", 10, 8, now) == 0
        assert quota.take_rate(session, town.account, "person", 10, 8, now + timedelta(minutes=1)) == 8
        quota.stop(session, town.account, DeliveryMethod.MASS, now + timedelta(hours=1), "次数用完")
        quota.stop(session, town.account, DeliveryMethod.MASS, now + timedelta(minutes=1), "太快")
    with reading(town.engine) as session:
        (found,) = quota.stopped(session, now + timedelta(minutes=30)).values()
        assert (found.way, found.reason) == ("mass", "太快")
        assert quota.stopped(session, now + timedelta(hours=2)) == {}


def test_a_follower_who_leaves_before_the_list_is_sent_is_left_out(town: Town) -> None:
    town.follow("o-1", "o-2", "o-3", village=0)
    town.follow("o-4", village=1)
    town.schedule(DeliveryMethod.MASS, Audience(tuple(town.villages)))
    town.worker()._begin()
    with writing(town.engine) as session:
        gone = session.scalars(select(Follower.id).where(Follower.openid_hash == SEALER.hash("o-2"))).one()
        session.execute(update(Follower).where(Follower.id == gone).values(unfollowed_at=town.clock()))
    town.work()
    assert [message.openids for message in town.push.messages] == [("o-1", "o-3", "o-4")]


def test_rows_of_two_accounts_do_not_mix(town: Town) -> None:
    town.follow("o-1")
    town.says("o-1")
    id_ = town.schedule(DeliveryMethod.CUSTOMER)
    town.work()
    with reading(town.engine) as session:
        rows = session.scalars(select(Delivery).where(Delivery.account_id != town.account)).all()
    assert (rows, town.states(id_)) == ([], {"accepted": 1})


@pytest.mark.parametrize(
    "fate", [Refused("没有权限", 48001), Refused("次数用完", 45028), Postponed("忙", RetryAfter.SOON, -1)]
)
def test_a_refused_repeat_does_not_say_that_the_first_was_not_sent(town: Town, fate: SendResult) -> None:
    town.follow("o-1", "o-2")
    fates: Iterator[SendResult] = iter([Indeterminate("没有回话"), fate, fate, Accepted("4711")])
    town.push.fate = lambda _: next(fates)
    id_ = town.schedule(DeliveryMethod.MASS)
    for _ in range(5):
        town.work()
        town.clock.pass_by(minutes=10)
    assert town.states(id_) == {"accepted": 1}
    assert len({message.client_id for message in town.push.messages}) == 1


def test_what_is_stopped_is_shown_to_nobody_else(town: Town) -> None:
    town.follow("o-1", "o-2", "o-3")
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        enqueue.start(session, session.get_one(Notice, id_), town.pushes, town.clock())
    with writing(town.engine) as session:
        assert enqueue.add_chunk(session, id_, town.clock(), size=2) == 2
        assert next_reply.stop(session, id_, town.clock()) == 2
    town.work()
    assert town.states(id_) == {"cancelled": 2}
    assert town.notice(id_).state == NoticeState.FAILED

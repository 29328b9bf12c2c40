"""What a follower asks of the account itself: joining a village, seeing and erasing what is kept, reaching a person."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from fzbot.conversation import wording
from fzbot.conversation.requests import Request, RequestKind, request_of
from fzbot.db import reading, writing
from fzbot.handovers.handover import Handover
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import MessageKind
from fzbot.people import village
from fzbot.people.follower import Follower
from fzbot.statistics.interaction_counts import interaction_counts
from fzbot.statistics.scope import Scope, Span
from fzbot.web.rate_limiter import RateLimiter
from tests.conversation.villager import Villager


def handed_over(engine: Engine) -> list[Handover]:
    with reading(engine) as session:
        return list(session.scalars(select(Handover).order_by(Handover.id)))


@pytest.mark.parametrize(
    ("text", "wish", "words"),
    [
        ("我是红庄村的", RequestKind.JOIN, "红庄村"),
        ("我是红庄村。", RequestKind.JOIN, "红庄村"),
        ("我家在马家湾村", RequestKind.JOIN, "马家湾村"),
        ("查询我的信息", RequestKind.SHOW, ""),
        ("删除我的信息！", RequestKind.ERASE, ""),
        ("确认删除", RequestKind.ERASE_SURELY, ""),
        ("转人工", RequestKind.HUMAN, ""),
        ("转人工：我家的地被修路占了", RequestKind.HUMAN, "我家的地被修路占了"),
        ("转人工 急", RequestKind.HUMAN, ""),
    ],
)
def test_requests_are_understood(text: str, wish: RequestKind, words: str) -> None:
    assert request_of(text) == Request(wish, words)


@pytest.mark.parametrize(
    "text",
    [
        "我是红庄村的，邻居占了我家地怎么办",
        "问律师费多少钱",
        "彩礼怎么退",
        "怎么删除征信记录",
        "我的信息被卖了咋办",
        "",
    ],
)
def test_questions_are_no_requests(text: str) -> None:
    assert request_of(text) is None


def test_an_item_of_the_menu_may_stand_for_words(villager: Villager) -> None:
    villager.sends(MessageKind.CLICK, event_key="say:转人工").gets("我家的地被修路占了")
    assert villager.last_row().kind == "click"
    villager.sends(MessageKind.CLICK, event_key="say:菜单").gets("1. ")
    villager.sends(MessageKind.CLICK, event_key="say:查询我的信息").gets("3. 从 ")
    villager.sends(MessageKind.CLICK, event_key="say:").gets("1. ")
    assert handed_over(villager.engine) == []


def test_a_follower_joins_a_village_by_saying_so(villager: Villager) -> None:
    with writing(villager.engine) as session:
        own = village.add(session, villager.account_id, "红庄村").id
    villager.asks("我是红庄村的").gets("红庄村的乡亲")
    villager.asks("彩礼怎么退")
    assert villager.last_row().village_id == own


def test_a_village_nobody_knows_is_answered_like_any_words(villager: Villager) -> None:
    villager.asks("我是外星村的")
    assert "乡亲" not in villager.reply
    assert villager.last_row().decision is not None


def test_a_follower_sees_what_is_kept(villager: Villager) -> None:
    villager.asks("彩礼怎么退").asks("查询我的信息").gets("1 次互动", "没有登记")


def test_erasing_needs_a_second_word_and_keeps_the_counts(villager: Villager) -> None:
    villager.asks("彩礼怎么退").asks("转人工 我家的地被修路占了")
    villager.asks("删除我的信息").gets("确认删除")
    villager.asks("确认删除").gets("已删除")
    with reading(villager.engine) as session:
        rows = session.scalars(select(Interaction).order_by(Interaction.id)).all()
        assert session.scalars(select(Follower)).all() == []
    assert [row.question for row in rows] == [None, None, None, "确认删除"]
    assert rows[0].entry is not None
    assert len({row.openid_hash for row in rows[:3]}) == 1
    (passed,) = handed_over(villager.engine)
    assert passed.question == ""
    villager.asks("查询我的信息").gets("0 次互动")


def test_the_last_question_is_passed_to_an_adviser(villager: Villager) -> None:
    villager.asks("今年苹果卖多少钱").gets("转人工", decision="unknown")
    villager.asks("转人工").gets("已转给法律顾问", "今年苹果卖多少钱", entry="chat.human")
    (passed,) = handed_over(villager.engine)
    assert (passed.question, passed.state, passed.village_id) == ("今年苹果卖多少钱", "open", None)


def test_a_question_passed_on_is_masked_and_knows_its_village(villager: Villager) -> None:
    with writing(villager.engine) as session:
        own = village.add(session, villager.account_id, "红庄村").id
    villager.asks("我是红庄村的").asks("转人工 我家地被占了，我电话13895401234").gets("红庄村的法律顾问")
    (passed,) = handed_over(villager.engine)
    assert (passed.question, passed.village_id) == ("我家地被占了，我电话[电话]", own)


@pytest.mark.parametrize(
    "words", ["我电话138 9540 1234，地被占了", "我身份证六四零三零二一九九零零一零一一二三四，地被占了"]
)
def test_what_a_confirmation_quotes_is_masked_in_the_stored_reply(villager: Villager, words: str) -> None:
    villager.asks(f"转人工 {words}").gets("已转给", "地被占了")
    row = villager.last_row()
    for stored in (row.question or "", row.reply):
        assert "9540" not in stored
        assert "一九九零" not in stored
        assert "地被占了" in stored


def test_without_a_question_the_villager_is_told_how(villager: Villager) -> None:
    villager.asks("转人工").gets("请把要问的事发过来")
    assert handed_over(villager.engine) == []


def test_danger_comes_before_passing_on_and_is_passed_on_too(villager: Villager) -> None:
    villager.asks("转人工 老公正在打我，我躲在厕所里").gets("110", decision="urgent")
    assert len(handed_over(villager.engine)) == 1


def test_who_writes_too_fast_is_asked_to_wait_except_in_danger(villager: Villager) -> None:
    for _ in range(30):
        villager.asks("彩礼怎么退")
    villager.asks("彩礼怎么退").gets("太快了")
    villager.asks("老公正在打我").gets("110", decision="urgent")
    other = Villager(villager.conversation, villager.engine, villager.account_id, openid="o-other")
    other.asks("彩礼怎么退").gets("依据：")


@pytest.fixture
def hasty(villager: Villager) -> Villager:
    """A villager who writes while the clock stands still."""
    conversation = replace(villager.conversation, rate_limiter=RateLimiter(30, clock=lambda: 0.0))
    return Villager(conversation, villager.engine, villager.account_id)


def test_of_three_hundred_messages_in_a_second_only_those_that_were_read_are_consultations(hasty: Villager) -> None:
    for number in range(300):
        hasty.asks("谢谢" if number < 299 else "我不想活了")
    with reading(hasty.engine) as session:
        rows = session.scalars(select(Interaction).order_by(Interaction.id)).all()
        day = rows[0].day
        counted = interaction_counts(session, Scope((hasty.account_id,)), Span(day, day))
    assert (counted.interactions, counted.questions, counted.people) == (300, 30, 1)
    assert [row.decision for row in rows[30:]] == [None] * 269 + ["urgent"]
    assert {row.kind for row in rows[30:]} == {"throttled"}
    assert "12356" in hasty.reply


def test_what_waits_for_a_follower_is_not_spent_on_a_request_to_wait(hasty: Villager) -> None:
    for _ in range(30):
        hasty.asks("谢谢")
    assert hasty.asks("谢谢").reply == wording.TOO_FAST


def test_the_pace_recovers() -> None:
    now = 0.0
    pace = RateLimiter(30, clock=lambda: now)
    assert [pace.allows("a") for _ in range(31)] == [True] * 30 + [False]
    now = 2.0
    assert [pace.allows("a"), pace.allows("a")] == [True, False]

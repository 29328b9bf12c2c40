"""What waits for a follower rides with the next reply: it fits, nobody in danger is bothered, and it comes once."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from fzbot.conversation.message import Message
from fzbot.conversation.pending_items import DIVIDER, PendingItem, Recipient, Reply, append_pending
from fzbot.conversation.turn import Conversation
from fzbot.db import writing
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.knowledge.reply import PASSIVE_LIMIT
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.wording import Links, NoticeText
from fzbot.notices.delivery import DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import next_reply
from fzbot.notices.sending.next_reply import NextReplyItems
from tests.conversation.villager import Villager
from tests.notices.town import NOON, Town

CONTACT = Recipient(1, "somebody", "key")


@dataclass(frozen=True)
class Waiting:
    id: int
    full: str
    short: str = ""
    is_answer: bool = False


@dataclass
class FakeRiders:
    rows: Sequence[PendingItem]
    lost: frozenset[int] = frozenset()
    boarded: list[int] = field(default_factory=list)
    broken: bool = False

    def waiting(self, account_id: int, person: str, key: str) -> Sequence[PendingItem]:
        if self.broken:
            raise OperationalError("", {}, Exception())
        assert (account_id, person, key) == (1, "somebody", "key")
        return self.rows

    def claim(self, ids: Collection[int], key: str, now: datetime) -> frozenset[int]:
        assert (key, now) == ("key", NOON)
        self.boarded += ids
        return frozenset(ids) - self.lost


def ride(reply: Reply, *rows: Waiting, **more: object) -> str:
    riders = FakeRiders(rows, **more)  # type: ignore[arg-type]
    text = append_pending(reply, riders, CONTACT, NOON)
    assert len(text.encode()) <= PASSIVE_LIMIT
    return text


def test_a_notice_comes_after_the_reply() -> None:
    assert ride(Reply("彩礼这样退。"), Waiting(1, "【通知】明天停电")) == f"彩礼这样退。{DIVIDER}【通知】明天停电"


def test_where_the_whole_does_not_fit_a_line_leads_to_it() -> None:
    text = ride(Reply("答" * 400), Waiting(1, "【通知】" + "长" * 400, "【通知】点开看"))
    assert text == "答" * 400 + DIVIDER + "【通知】点开看"


def test_what_does_not_fit_at_all_waits() -> None:
    riders = FakeRiders([Waiting(1, "【通知】" + "长" * 400)])
    assert append_pending(Reply("答" * 400), riders, CONTACT, NOON) == "答" * 400
    assert riders.boarded == []


def test_an_advisers_answer_comes_first_and_the_reply_makes_room() -> None:
    text = ride(Reply("答" * 500, "https://town.example/a/x"), Waiting(1, "顾问答复：" + "复" * 400, is_answer=True))
    assert text.startswith("顾问答复：复")
    assert text.endswith("https://town.example/a/x")


def test_a_very_long_answer_is_shown_alone() -> None:
    answer = "顾问答复：" + "复" * 600
    assert ride(Reply("您好" * 300), Waiting(1, answer, is_answer=True)) == answer


def test_somebody_in_danger_reads_the_whole_reply() -> None:
    urgent = Reply("马上打110。" * 40, is_urgent=True)
    answer = Waiting(1, "顾问答复：" + "复" * 500, is_answer=True)
    assert ride(urgent, answer) == urgent.text
    assert ride(urgent, replace(answer, full="复")).endswith(urgent.text)


def test_several_ride_as_far_as_they_fit() -> None:
    rows = [Waiting(1, "短通知"), Waiting(2, "长" * 700), Waiting(3, "又一条", "又")]
    assert ride(Reply("答"), *rows) == f"答{DIVIDER}短通知{DIVIDER}又一条"


def test_what_another_reply_took_does_not_ride() -> None:
    assert ride(Reply("答"), Waiting(1, "甲"), Waiting(2, "乙"), lost=frozenset({1})) == f"答{DIVIDER}乙"


def test_a_database_that_is_away_costs_the_notice_not_the_reply() -> None:
    assert ride(Reply("答"), Waiting(1, "甲"), broken=True) == "答"


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


@pytest.fixture
def riding(conversation: Conversation, town: Town) -> Conversation:
    riders = NextReplyItems(town.engine, Links("https://town.example"), clock=lambda: 0.0)
    riders._looked_at = -100
    return replace(conversation, pending_items=riders)


WORDS = NoticeText("停电通知", "明天上午停电。", ("marriage.bride-price",))


def test_a_waiting_notice_is_shown_once_to_each(riding: Conversation, town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY, Audience((town.villages[0],)), WORDS)
    town.work()
    assert town.states(id_) == {"waiting": 2}
    villager = Villager(riding, town.engine, town.account, "o-1")
    link = f"https://town.example/a/marriage.bride-price?n={id_}.{town.villages[0]}"
    villager.asks("谢谢").gets("【停电通知】\n明天上午停电。", link)
    assert "停电" not in villager.asks("谢谢").reply
    town.work()
    assert town.states(id_) == {"accepted": 1, "waiting": 1}
    assert "停电" not in villager.asks("谢谢").reply


def test_a_repeated_post_shows_the_same_reply_again(riding: Conversation, town: Town) -> None:
    town.follow("o-1")
    town.schedule(DeliveryMethod.NEXT_REPLY, words=WORDS)
    town.work()
    message = Message(town.account, "o-1", MessageKind.TEXT, "the same post", riding.now(), "谢谢")
    first = riding.reply_to(message)
    assert "停电" in first
    assert riding.reply_to(message) == first


def test_parallel_posts_show_it_once(riding: Conversation, town: Town) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY, words=WORDS)
    town.work()
    Villager(riding, town.engine, town.account, "o-2").asks("谢谢")  # now it is known that something waits
    posts = [
        Message(town.account, "o-1", MessageKind.TEXT, f"parallel {one}", riding.now(), "谢谢") for one in range(8)
    ]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(riding.reply_to, [*posts, *posts]))
    shown = ["停电" in reply for reply in replies]
    assert sum(shown[:8]) == 1
    assert shown[:8] == shown[8:]
    town.work()
    assert town.states(id_) == {"accepted": 1}


def test_a_reply_that_never_left_gives_the_notice_back(riding: Conversation, town: Town) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY, words=WORDS)
    town.work()
    (row,) = town.deliveries(id_)
    riding.pending_items.claim([row.id], "the key of a post that died", town.clock())
    town.work()
    assert town.states(id_) == {"claimed": 1}
    town.clock.pass_by(hours=25)
    town.work()
    assert town.states(id_) == {"waiting": 1}


def test_a_kiosk_shows_nobodys_notices(riding: Conversation, town: Town) -> None:
    town.follow("o-1")
    town.schedule(DeliveryMethod.NEXT_REPLY, words=WORDS)
    town.work()
    message = Message(town.account, "o-1", MessageKind.TEXT, "p", riding.now(), "谢谢", channel=Channel.KIOSK)
    assert "停电" not in riding.reply_to(message)


def test_what_nobody_came_for_lapses_and_what_is_stopped_is_shown_to_no_more(town: Town) -> None:
    town.follow("o-1")
    first, second = (town.schedule(DeliveryMethod.NEXT_REPLY, words=WORDS) for _ in range(2))
    town.work()
    with writing(town.engine) as session:
        assert next_reply.stop(session, second, town.clock()) == 1
    town.clock.pass_by(days=31)
    town.work()
    assert (town.states(first), town.states(second)) == ({"failed": 1}, {"cancelled": 1})
    assert [row.state for row in town.deliveries(first)] == [DeliveryState.FAILED]

"""Dialogues, as villagers hold them."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.message import Message
from fzbot.conversation.turn import Conversation
from fzbot.interactions.message_kind import MessageKind
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.statutes.repository import StatuteRepository
from tests.conversation.villager import Clock, Villager


def test_a_question_gets_its_answer_with_steps_basis_and_link(villager: Villager) -> None:
    villager.asks("彩礼能不能要回来").gets(
        "现在这样做：",
        "依据：",
        "找谁：",
        "https://town.example/a/marriage.bride-price",
        "接着想问（回数字）：",
        entry="marriage.bride-price",
        decision="answer",
    )


def test_a_related_question_is_picked_by_number(villager: Villager, snapshot: Snapshot) -> None:
    villager.asks("彩礼能不能要回来")
    second = snapshot.entries["marriage.bride-price"].related[1]
    villager.asks("2").gets(snapshot.entries[second].answer[:20], entry=second, decision="answer")


def test_numbers_are_understood_as_people_write_them(villager: Villager, snapshot: Snapshot) -> None:
    first = snapshot.entries["marriage.bride-price"].related[0]
    for pick in ("1", "１", "一", "第一个", "选1", "1。", "第1条吧"):
        villager.asks("彩礼能不能要回来")
        villager.asks(pick).gets(entry=first)


def test_a_number_out_of_range_says_the_range_and_keeps_the_offer(villager: Villager) -> None:
    villager.asks("彩礼能不能要回来")
    villager.asks("9").gets("请回 1 到 3 的数字")
    villager.asks("1").gets(decision="answer")


def test_a_number_with_nothing_to_pick_explains_how_to_ask(villager: Villager) -> None:
    villager.asks("3").gets("没有可以按数字选的", "菜单")


def test_the_menu_leads_to_topics_and_topics_to_answers(villager: Villager, snapshot: Snapshot) -> None:
    villager.sends(MessageKind.SUBSCRIBE).gets("您好，我是普法小助手", "1. 结婚离婚、彩礼")
    villager.asks("1").gets("【结婚离婚、彩礼】", "1. " + snapshot.entries["marriage.bride-price"].title)
    villager.asks("1").gets(entry="marriage.bride-price", decision="answer")


def test_a_question_counts_on_the_day_it_was_written(villager: Villager, clock: Clock) -> None:
    clock.moment = datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC)  # two seconds before midnight in China
    message = Message(villager.account_id, villager.openid, MessageKind.TEXT, "one post", clock(), "彩礼能不能要回来")
    first = villager.conversation.reply_to(message)
    clock.pass_by(seconds=5)
    assert villager.conversation.reply_to(message) == first
    assert villager.last_row().day == date(2026, 11, 30)


def test_the_offer_is_over_after_thirty_minutes(villager: Villager, clock: Clock) -> None:
    villager.asks("菜单")
    clock.pass_by(minutes=29)
    villager.asks("1").gets("【结婚离婚、彩礼】")
    clock.pass_by(minutes=31)
    villager.asks("1").gets("没有可以按数字选的")


def test_basis_phones_and_more_are_about_the_last_answer(villager: Villager) -> None:
    villager.asks("彩礼能不能要回来")
    villager.asks("依据").gets("《民法典》", "《彩礼规定》", entry="marriage.bride-price")
    villager.asks("电话是多少").gets("12348", entry="marriage.bride-price")
    villager.asks("再详细点").gets("https://town.example/a/marriage.bride-price")


def test_local_numbers_that_nobody_filled_in_are_said_to_be_missing(villager: Villager) -> None:
    villager.asks("彩礼能不能要回来")
    villager.asks("电话").gets("未填写")


def test_without_a_last_answer_basis_asks_which(villager: Villager) -> None:
    villager.asks("依据").gets("请先问一个问题")


def test_what_nobody_can_match_goes_to_people(villager: Villager) -> None:
    villager.asks("量子力学薛定谔方程怎么解").gets("拿不准", "12348", "村法律顾问", "未填写", decision="unknown")
    assert villager.last_row().question == "量子力学薛定谔方程怎么解"


def test_thanks_and_a_human(villager: Villager) -> None:
    villager.asks("谢谢").gets(entry="chat.thanks", decision="chat")
    villager.asks("转人工").gets("12348", entry="chat.human", decision="chat")


def test_a_greeting_shows_the_menu(villager: Villager) -> None:
    villager.asks("你好").gets("1. 结婚离婚、彩礼", entry="chat.greeting", decision="chat")
    villager.asks("2").gets("【遗产、遗嘱】")


def test_a_complaint_is_recorded_against_the_answer_and_offers_others(villager: Villager) -> None:
    villager.asks("彩礼能不能要回来")
    villager.asks("不对").gets("记下了", "1. ", entry="chat.complaint", decision="chat")
    assert villager.last_row().about_entry == "marriage.bride-price"
    villager.asks("1").gets(decision="answer")
    assert villager.last_row().entry != "marriage.bride-price"


def test_a_complaint_out_of_the_blue_is_taken_too(villager: Villager) -> None:
    villager.asks("答非所问").gets("记下了", "12348", entry="chat.complaint")


def test_danger_comes_first(villager: Villager) -> None:
    villager.asks("我不想活了")
    assert "12356" in villager.reply.split("\n")[0]
    villager.gets(entry="channel.crisis", decision="urgent")
    villager.asks("老公正在打我，救命")
    assert "110" in villager.reply.split("\n")[0]
    villager.gets(decision="urgent")
    villager.asks("我刚给骗子转了五万块钱咋办")
    assert "110" in villager.reply.split("\n")[0]
    villager.gets(entry="fraud.just-cheated", decision="urgent")


def test_two_villagers_do_not_share_what_was_offered(villager: Villager) -> None:
    villager.asks("菜单")
    other = Villager(villager.conversation, villager.engine, villager.account_id, openid="o-other")
    other.asks("1").gets("没有可以按数字选的")


def test_another_worker_goes_on_with_the_conversation(
    villager: Villager, engine: Engine, spool: Spool, sealer: Sealer, snapshot: Snapshot, clock: Clock
) -> None:
    villager.asks("菜单")
    recorder = Recorder(engine, spool)
    worker = Conversation(
        engine,
        recorder,
        sealer,
        CurrentSnapshot(snapshot),
        StatuteRepository(engine),
        "https://town.example",
        villager.conversation.erasures,
        clock,
    )
    Villager(worker, engine, villager.account_id).asks("2").gets("【遗产、遗嘱】")
    recorder.close()


def test_follow_ups_are_understood_about_the_last_answer(villager: Villager) -> None:
    villager.asks("劳动仲裁怎么申请").gets(entry="labor.arbitration")
    villager.asks("那要多少钱").gets("不收费", entry="labor.arbitration")
    villager.asks("要多久").gets("45", entry="labor.arbitration")
    villager.asks("去哪办").gets("仲裁", entry="labor.arbitration")
    villager.asks("需要什么材料").gets(entry="labor.arbitration")


def test_the_same_words_alone_are_not_a_follow_up(villager: Villager) -> None:
    villager.asks("那要多少钱")
    assert villager.last_row().decision in {"suggest", "unknown"}


def test_a_picture_or_an_empty_text_is_answered_kindly(villager: Villager) -> None:
    villager.sends(MessageKind.IMAGE).gets("图片我看不懂", "打给我")
    villager.asks("   ").gets("没有看到文字")


def test_leaving_and_coming_back_is_kept_with_the_follower(villager: Villager, engine: Engine) -> None:
    villager.sends(MessageKind.SUBSCRIBE)
    villager.sends(MessageKind.UNSUBSCRIBE)
    assert villager.reply == ""
    with engine.connect() as connection:
        followed, left = connection.execute(text("SELECT followed_at, unfollowed_at FROM follower")).one()
    assert followed is not None
    assert left is not None
    villager.sends(MessageKind.SUBSCRIBE)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT unfollowed_at FROM follower")).scalar_one() is None


def test_while_the_database_is_away_questions_are_still_answered(
    sqlite_engine: Engine, spool: Spool, sealer: Sealer, snapshot: Snapshot, clock: Clock, tmp_path: Path
) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("ALTER TABLE interaction RENAME TO gone"))
        connection.execute(text("ALTER TABLE session RENAME TO gone_too"))
    recorder = Recorder(sqlite_engine, spool)
    conversation = Conversation(
        engine=sqlite_engine,
        recorder=recorder,
        sealer=sealer,
        current_snapshot=CurrentSnapshot(snapshot),
        statutes=StatuteRepository(sqlite_engine),
        public_url="https://town.example",
        erasures=ErasureLog(tmp_path / "erasures.jsonl"),
        now=clock,
    )
    villager = Villager(conversation, sqlite_engine, 1)
    assert "依据：" in villager.asks("彩礼能不能要回来").reply
    assert "没有可以按数字选的" in villager.asks("1").reply
    recorder.close()
    assert spool.depth > 0

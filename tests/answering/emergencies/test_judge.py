"""Which number a reply begins with, and what outvotes a weak cue."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from fzbot.answering.decision import Candidate, DecisionKind, Thresholds
from fzbot.answering.emergencies.judge import EmergencyJudge
from fzbot.answering.emergencies.rules import EmergencyRules
from fzbot.answering.ranking.vectors import EncodedText, Sparse
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.wording import URGENT_FIRST
from fzbot.knowledge.entry import Danger, Entry

HERE = Path(__file__).parent
FIRST = {
    Danger.VIOLENCE: "110",
    Danger.CHILD: "110",
    Danger.CONFINED: "110",
    Danger.ELDER: "110",
    Danger.FRAUD: "110",
    Danger.SUICIDE: "12356",
    Danger.LIFE: "120",
}
RULES = EmergencyRules("""
strong: ['正在']
calm: ['去年|判几年']
rules:
  - {danger: violence, entry: tort.assault, any: ['打我']}
  - {danger: life, entry: tort.gone, any: ['落水']}
""")
NOTHING = EncodedText(Sparse(np.array([], np.int32), np.array([], np.float32)), np.ones(2, np.float32))


def entry(id_: str, urgent: Danger | None = None) -> Entry:
    day = date(2026, 12, 1)
    return Entry(id=id_, title="题", questions=("问",), gist="答", urgent=urgent, reviewed=day, review_by=day)


ASSAULT, CALM = entry("tort.assault", Danger.VIOLENCE), entry("labor.wages")


def danger(*readings: str, best: Candidate | None = None, own: Entry | None = None) -> Danger | None:
    judge = EmergencyJudge(RULES, None, frozenset({"tort.assault"}), Thresholds.shipped())
    return judge.judge(readings, NOTHING, best, own).warning


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def is_right(decided: Danger | None, expected: str) -> bool:
    return decided is not None and FIRST[decided] in {FIRST[Danger(one)] for one in expected.split(",")}


def test_every_danger_names_its_number_first() -> None:
    assert set(FIRST) == set(URGENT_FIRST) == set(Danger)
    for which, line in URGENT_FIRST.items():
        assert (
            min((line.find(number), number) for number in ("110", "120", "12356") if number in line)[1] == FIRST[which]
        )


def test_a_cue_is_heard_in_the_words_as_written_and_as_mended() -> None:
    assert danger("他大我", "他打我") is Danger.VIOLENCE
    assert danger("他打我", "他大我") is Danger.VIOLENCE
    assert danger("他大我") is None


@pytest.mark.parametrize("text", ["去年他打我", "他打我判几年"])
def test_the_past_and_the_law_outvote_a_weak_cue_but_not_a_strong_one(text: str) -> None:
    assert danger(text) is None
    assert danger(f"{text},他正在砸门") is Danger.VIOLENCE


def test_a_sure_calm_entry_outvotes_a_weak_cue() -> None:
    assert danger("他打我", best=Candidate(CALM, 0.98)) is None
    assert danger("他打我", best=Candidate(CALM, 0.9)) is Danger.VIOLENCE
    assert danger("他打我", best=Candidate(ASSAULT, 0.98)) is Danger.VIOLENCE
    assert danger("他正在打我", best=Candidate(CALM, 0.98)) is Danger.VIOLENCE


def test_our_own_question_about_no_danger_is_calm() -> None:
    assert danger("他打我", own=CALM) is None
    assert danger("他打我", own=ASSAULT) is Danger.VIOLENCE


def test_a_cue_whose_entry_is_gone_is_still_warned_of() -> None:
    assert danger("有人落水") is Danger.LIFE


def test_nearly_all_emergencies_get_the_right_number_first(snapshot: Snapshot) -> None:
    texts = rows("first_number.tsv")
    wrong = [text for text, expected in texts if not is_right(snapshot.decide(text).danger, expected)]
    assert len(wrong) <= len(texts) * 0.03, wrong


def test_calm_messages_and_small_talk_are_seldom_warned(snapshot: Snapshot) -> None:
    texts = rows("calm_or_chat.tsv")
    warned = {text: kind for text, kind in texts if snapshot.decide(text).danger}
    for which, bound in (("calm", 0.05), ("chat", 0.03)):
        assert sum(kind == which for kind in warned.values()) <= sum(kind == which for _, kind in texts) * bound, warned


@pytest.mark.parametrize(
    "text", ["给我讲个笑话", "晚安", "头一个", "第1个", "嗯", "邻居堵路、不让通行", "砸东西、砍别人树"]
)
def test_small_talk_picks_and_our_own_titles_are_not_warned(snapshot: Snapshot, text: str) -> None:
    assert snapshot.decide(text).danger is None


@pytest.mark.parametrize(
    "text",
    [
        "我弟弟失踪八年了能申请死亡吗",
        "两口子打架派出所罚了五百合理吗",
        "超生罚款交了还被拉黑",
        "和别人签的土地转让合同被法院认定为地役权",
        "昨天开资取不出来，卡被法院冻结",
        "修车没打紧螺丝出了事故",
    ],
)
def test_what_is_past_or_about_the_law_is_no_alarm(snapshot: Snapshot, text: str) -> None:
    assert snapshot.decide(text).kind is not DecisionKind.URGENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("娃把老鼠药吃了", Danger.LIFE),
        ("全家吃了蘑菇吐得不行", Danger.LIFE),
        ("我妈喝了敌敌畏", Danger.LIFE),
        ("路上翻车了人压在下面", Danger.LIFE),
        ("我爸老年痴呆昨天走丢了", Danger.ELDER),
        ("老奶奶瘫床上三天没人管没吃饭", Danger.ELDER),
        ("一个老奶奶在路边雪地里躺着", Danger.ELDER),
    ],
)
def test_life_and_elders_are_heard(snapshot: Snapshot, text: str, expected: Danger) -> None:
    decision = snapshot.decide(text)
    assert (decision.kind, decision.danger) == (DecisionKind.URGENT, expected)


def test_a_swindle_is_no_beating(snapshot: Snapshot) -> None:
    decision = snapshot.decide("贷款叫我先打保证金")
    assert (decision.danger, decision.best.id) == (Danger.FRAUD, "fraud.fake-loan")

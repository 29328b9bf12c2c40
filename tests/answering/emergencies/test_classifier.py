"""Emergencies that no cue foresaw are heard by their likeness to examples, and what only sounds alarming is not."""

from pathlib import Path

import numpy as np
import pytest

from fzbot.answering.decision import DecisionKind
from fzbot.answering.emergencies.classifier import EmergencyKind, train
from fzbot.answering.emergencies.judge import LIKE
from fzbot.answering.explain import explain
from fzbot.answering.ranking.vectors import EncodedText, Sparse
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.preview import preview_reply
from fzbot.errors import KnowledgeError
from fzbot.knowledge import lexicon
from fzbot.knowledge.entry import Danger
from fzbot.settings import shipped_knowledge
from fzbot.statutes.repository import StatuteRepository
from tests.conftest import SHARED

HERE = Path(__file__).parent
ASSAULT, CRISIS = EmergencyKind(Danger.VIOLENCE, "tort.assault"), EmergencyKind(Danger.SUICIDE, "channel.crisis")


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def seen(*ids: int) -> EncodedText:
    return EncodedText(Sparse(np.array(ids, np.int32), np.ones(len(ids), np.float32)), np.ones(2, np.float32))


def test_most_emergencies_in_words_never_seen_get_the_numbers_to_call_first(snapshot: Snapshot) -> None:
    unheard = [text for text, _ in lines("urgent_unseen.tsv") if snapshot.decide(text).danger is None]
    assert len(unheard) <= 11, unheard  # 5 %; cues alone leave 40 % unheard


def test_few_calm_messages_in_words_never_seen_get_them(snapshot: Snapshot) -> None:
    warned = [text for (text,) in lines("calm_unseen.txt") if snapshot.decide(text).danger]
    assert len(warned) <= 11, warned


def test_what_is_much_like_an_emergency_is_answered_as_one_and_explained(snapshot: Snapshot) -> None:
    text = "她把窗户都封死了 说就睡一觉"
    decision = snapshot.decide(text)
    assert (decision.kind, decision.danger, decision.best.id) == (DecisionKind.URGENT, Danger.SUICIDE, "channel.crisis")
    assert LIKE in explain(snapshot, text).text


def test_pills_poured_out_are_met_with_somebody_to_talk_to(snapshot: Snapshot) -> None:
    text = "药都倒出来了 就搁在我面前"
    assert snapshot.decide(text).danger is Danger.SUICIDE
    assert preview_reply(snapshot, StatuteRepository(), "", text).startswith("⚠️ 先别一个人扛着。现在就打 12356")


def test_the_reply_is_built_on_the_fraud_that_fits(snapshot: Snapshot) -> None:
    decision = snapshot.decide("网上贷款要我先交解冻费，我刚转了三千，人家把我拉黑了")
    assert decision.kind is DecisionKind.URGENT
    assert decision.best.id in {"fraud.fake-loan", "fraud.just-cheated"}


def test_questions_of_entries_about_no_danger_are_no_emergency_by_likeness(snapshot: Snapshot) -> None:
    harmless = [entry for entry in snapshot.entries.values() if not entry.urgent and entry.theme != "fraud"]
    calm = [text for entry in harmless for text in entry.questions[::10]]
    danger_by_cue = {text for text in calm if snapshot.trained.emergencies.rules.check(snapshot.normalise(text).text)}
    assert [text for text in calm if snapshot.decide(text).danger and text not in danger_by_cue] == []
    assert len(danger_by_cue) <= len(calm) / 40


@pytest.mark.skipif(not SHARED.exists(), reason="the shared questions are not here")
def test_false_alarms_on_real_questions_are_at_most_one_percent(snapshot: Snapshot) -> None:
    rows = [line.split("\t") for line in (SHARED / "questions/dev.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    urgent = [(text, labels, snapshot.decide(text)) for _, labels, text in rows]
    false = [
        (text, labels)
        for text, labels, decision in urgent
        if decision.kind is DecisionKind.URGENT and decision.best.need not in labels.split(",")
    ]
    assert len(false) <= len(rows) / 100, false
    assert sum(decision.danger is not None for _, _, decision in urgent) <= len(rows) / 25


def test_the_examples_say_nothing_twice_and_lead_to_entries(snapshot: Snapshot) -> None:
    found = lexicon.load(shipped_knowledge() / "lexicon")
    texts = [*(emergency.text for emergency in found.emergencies), *found.calm]
    assert len(found.emergencies) >= 1650
    assert len(found.calm) >= 1700
    assert len(set(texts)) == len(texts)
    assert {emergency.entry for emergency in found.emergencies} <= snapshot.entries.keys()


def test_a_malformed_example_is_named_by_its_line(tmp_path: Path) -> None:
    for path in (shipped_knowledge() / "lexicon").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "emergencies.txt").write_text("# 例句\n救命\tdrowning\ttort.assault\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"emergencies\.txt 第 2 行.*violence、fraud"):
        lexicon.load(tmp_path)


def test_a_folder_of_an_earlier_release_has_no_examples(tmp_path: Path) -> None:
    for path in (shipped_knowledge() / "lexicon").iterdir():
        if path.name not in {"emergencies.txt", "calm.txt"}:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    found = lexicon.load(tmp_path)
    assert (found.emergencies, found.calm) == ((), ())


def test_kinds_are_told_apart_by_their_examples() -> None:
    examples = [(seen(0, 2), ASSAULT)] * 5 + [(seen(1, 3), CRISIS)] * 5
    classifier = train(examples, [seen(4), seen(5)] * 5, features=6)
    assert classifier
    assert classifier.kind(seen(0)) == ASSAULT
    assert classifier.kind(seen(1)) == CRISIS
    assert classifier.likeness(seen(0, 2)) > 0 > classifier.likeness(seen(4))


def test_without_examples_there_is_nothing_to_recognise() -> None:
    assert train([], [seen(0)], features=6) is None
    assert train([(seen(0), CRISIS)], [], features=6) is None


def test_a_single_kind_is_the_only_one() -> None:
    classifier = train([(seen(0), CRISIS), (seen(0, 1), CRISIS)], [seen(2), seen(3)], features=6)
    assert classifier
    assert classifier.kind(seen(2)) == CRISIS

"""One list of figures: every surface shows what it says, and the document repeats it word for word."""

from pathlib import Path

from fzbot.answering.decision import DecisionKind
from fzbot.interactions.message_kind import MessageKind
from fzbot.notices.results.counts import Tally
from fzbot.statistics.figures.figure import Figure, Surface
from fzbot.statistics.figures.notices import NOTICES, of_notices
from fzbot.statistics.figures.registry import BY_KEY, FIGURES, shown_on
from fzbot.statistics.interaction_counts import InteractionCounts
from fzbot.statistics.labels import decision_label, kind_label
from fzbot.statistics.recorded import Recorded

DOCUMENT = Path(__file__).parents[2] / "docs" / "statistics.zh-CN.md"


def line_of(figure: Figure) -> str:
    places = "、".join(surface.value for surface in Surface if surface in figure.shown_on)
    return f"| {figure.name} | {figure.unit or '%'} | {figure.meaning} | {figure.source.value} | {places} |"


def test_the_document_has_every_figure_and_no_other() -> None:
    table = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert table == ["| 数字 | 单位 | 口径 | 取自 | 哪里能看到 |", *map(line_of, FIGURES)]


def test_keys_and_names_tell_figures_apart() -> None:
    assert len(BY_KEY) == len({figure.name for figure in FIGURES}) == len(FIGURES)


def test_every_decision_is_counted_somewhere() -> None:
    assert {kind for kind in DecisionKind if kind.value not in BY_KEY} == {DecisionKind.ANSWER}
    assert BY_KEY["answered"].name == DecisionKind.ANSWER.label


def test_people_to_turn_to_and_direct_answers_are_on_every_surface() -> None:
    for surface in Surface:
        assert {"handed-over", "answered"} <= {figure.key for figure in shown_on(surface)}


def test_direct_answers_are_those_in_danger_too_and_small_talk_is_not_part_of_the_whole() -> None:
    decisions = {"answer": 4, "suggest": 2, "unknown": 1, "chat": 9, "urgent": 1}
    recorded = Recorded(InteractionCounts(kinds={"text": 16, "voice": 1, "scan": 2}, decisions=decisions))
    rate = BY_KEY["direct-rate"]
    assert (BY_KEY["answered"].value(recorded), rate.value(recorded), rate.share(recorded)) == (5, 5, 5 / 8)
    assert (BY_KEY["questions"].value(recorded), BY_KEY["interactions"].value(recorded)) == (17, 19)


def test_a_rate_of_nothing_is_no_number() -> None:
    assert [BY_KEY[key].number(Recorded()) for key in ("direct-rate", "settled-rate")] == [None, None]


def test_figures_of_notices_are_the_counts_of_their_name() -> None:
    recorded = of_notices(Tally(notices=1, pushed=2, accepted=3, delivered=4, read=5, groups=6, forwarded=7))
    assert [figure.value(recorded) for figure in NOTICES] == [1, 2, 3, 4, 5, 6, 7]


def test_what_another_version_stored_is_shown_as_it_is() -> None:
    assert [decision_label("urgent"), decision_label("guess")] == ["紧急提醒", "guess"]
    assert [kind_label(MessageKind.SCAN), kind_label("dream")] == ["扫码", "dream"]

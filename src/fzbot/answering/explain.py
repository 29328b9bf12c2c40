"""Why a question is decided as it is, readable by staff: step 6 of answering."""

from collections.abc import Sequence
from dataclasses import dataclass

from fzbot.answering.alarms import HEARD_FROM, WARNED_FROM, Judged
from fzbot.answering.decide import Decision, DecisionKind
from fzbot.answering.score import GENERAL, SIDES, Scored
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.vectors import Floats
from fzbot.knowledge.entry import Entry

SHOWN = 5

NAMES = {
    "words": "按词分类",
    "characters": "按字分类",
    "sounds": "按音分类",
    "gap": "分类差距",
    "theme": "主题",
    "meaning": "意思相近",
    "meaning_gap": "意思差距",
    "nearest": "最近问法",
    "ratio": "字面相似",
    "always": "基数",
    "best_machine": "最高分类",
    "best_meaning": "最高意思",
    "best_nearest": "最近距离",
    "unknown": "生词比例",
    "short": "过短",
}
DECISIONS = {
    DecisionKind.ANSWER: "直接回答",
    DecisionKind.SUGGEST: "给出选项",
    DecisionKind.UNKNOWN: "转给人",
    DecisionKind.CHAT: "闲谈",
    DecisionKind.URGENT: "紧急",
}


@dataclass(frozen=True)
class Explanation:
    """The whole way from the words to the decision; `text` tells it in full."""

    words: tuple[str, ...]
    alarm: str
    candidates: tuple[tuple[Entry, Scored], ...]
    none: float
    verdict: str
    text: str


def explain(snapshot: Snapshot, text: str) -> Explanation:
    """Why a question is decided as it is."""
    question = snapshot.normalise(text)
    scoring = snapshot.score(question)
    entries = list(snapshot.entries.values())
    candidates = tuple((entries[found.entry], found) for found in scoring.candidates[:SHOWN])
    best = next(iter(snapshot.candidates(question, scoring)), None)
    judged = snapshot.judge(question, scoring.look.seen, best)
    alarm = _alarm(judged)
    verdict = _verdict(snapshot, snapshot.decide(text))
    words = tuple(snapshot.tokeniser.words(question.text))
    general = _weighed(GENERAL, scoring.look.general, snapshot.blend.none)
    lines = [
        f"原话：{text}",
        f"规整：{question.text}",
        f"问的部分：{question.asking}",
        f"分词：{' / '.join(words)}",
        f"紧急线索：{alarm}",
        "候选：",
        *(_candidate(snapshot, number, entry, one) for number, (entry, one) in enumerate(candidates, start=1)),
        f"  都不是　可能性 {scoring.none:.1%}（{general}）",
        f"判定：{verdict}",
    ]
    return Explanation(words, alarm, candidates, scoring.none, verdict, "\n".join(lines))


def _alarm(judged: Judged) -> str:
    """What raised the alarm and where it leads, and how like an emergency the message is."""
    found = judged.alarm
    means = f"“{found.cue}” → {found.entry}（{found.danger}）" if found else "没有"
    warned = f"，先给电话（{judged.warning}）" if judged.warning else ""
    return f"{means}{warned}；像紧急例句的程度 {judged.likeness:.1f}（到 {WARNED_FROM:.1f} 先给电话，到 {HEARD_FROM:.1f} 就算紧急）"


def _candidate(snapshot: Snapshot, number: int, entry: Entry, found: Scored) -> str:
    sides = _weighed(SIDES, found.sides, snapshot.blend.sides)
    return (
        f"  {number}. {entry.id} {entry.title}　可能性 {found.probability:.1%}\n"
        f"     最近的问法：{found.nearest or '没有'}\n"
        f"     各项得分×权重：{sides}"
    )


def _weighed(names: Sequence[str], values: Floats, weights: dict[str, float]) -> str:
    pairs = zip(names, values.tolist(), strict=True)
    return "，".join(f"{NAMES[name]} {value:.2f}×{weights[name]:.2f}" for name, value in pairs)


def _verdict(snapshot: Snapshot, decision: Decision) -> str:
    blend = snapshot.blend
    return (
        f"{DECISIONS[decision.kind]}（第一名到 {blend.answer_from:.0%} 直接回答；"
        f"前三名合计到 {blend.suggest_from:.0%} 给出选项；否则转给人）"
    )

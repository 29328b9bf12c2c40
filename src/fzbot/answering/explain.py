"""Why a question is decided as it is, readable by staff: step 6 of answering."""

from collections.abc import Sequence
from dataclasses import dataclass

from fzbot.answering.decision import Decision, DecisionKind, Thresholds
from fzbot.answering.emergencies.judge import Judgement
from fzbot.answering.ranking.ranker import CONTEXT_FEATURES, FEATURES, RankedCandidate
from fzbot.answering.ranking.vectors import Floats
from fzbot.answering.snapshot import Snapshot
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
    "best_classifier": "最高分类",
    "best_meaning": "最高意思",
    "best_nearest": "最近距离",
    "unknown": "生词比例",
    "short": "过短",
}


@dataclass(frozen=True)
class Explanation:
    """The whole way from the words to the decision; `text` tells it in full."""

    words: tuple[str, ...]
    alarm: str
    candidates: tuple[tuple[Entry, RankedCandidate], ...]
    none: float
    verdict: str
    text: str


def explain(snapshot: Snapshot, text: str) -> Explanation:
    """Why a question is decided as it is."""
    question = snapshot.normalise(text)
    ranking = snapshot.rank(question)
    entries = list(snapshot.entries.values())
    candidates = tuple((entries[found.entry], found) for found in ranking.candidates[:SHOWN])
    best = next(iter(snapshot.candidates(question, ranking)), None)
    judged = snapshot.judge(question, ranking.evidence.encoded, best)
    alarm = _alarm(judged)
    verdict = _verdict(snapshot.decide(text))
    words = tuple(snapshot.tokeniser.words(question.text))
    context = _weighed(CONTEXT_FEATURES, ranking.evidence.context, snapshot.model.context)
    lines = [
        f"原话：{text}",
        f"规整：{question.text}",
        f"问的部分：{question.asking}",
        f"分词：{' / '.join(words)}",
        f"紧急线索：{alarm}",
        "候选：",
        *(_candidate(snapshot, number, entry, one) for number, (entry, one) in enumerate(candidates, start=1)),
        f"  都不是　可能性 {ranking.none:.1%}（{context}）",
        f"判定：{verdict}",
    ]
    return Explanation(words, alarm, candidates, ranking.none, verdict, "\n".join(lines))


def _alarm(judged: Judgement) -> str:
    """What raised the alarm and where it leads, and how like an emergency the message is."""
    found = judged.alarm
    means = f"“{found.cue}” → {found.entry}（{found.danger}）" if found else "没有"
    warned = f"，先给电话（{judged.warning}）" if judged.warning else ""
    bounds = Thresholds.shipped()
    warn, alarm = f"到 {bounds.warn_from:.1f} 先给电话", f"到 {bounds.alarm_from:.1f} 就算紧急"
    return f"{means}{warned}；像紧急例句的程度 {judged.likeness:.1f}（{warn}，{alarm}）"


def _candidate(snapshot: Snapshot, number: int, entry: Entry, found: RankedCandidate) -> str:
    features = _weighed(FEATURES, found.features, snapshot.model.features)
    return (
        f"  {number}. {entry.id} {entry.title}　可能性 {found.probability:.1%}\n"
        f"     最近的问法：{found.nearest or '没有'}\n"
        f"     各项得分×权重：{features}"
    )


def _weighed(names: Sequence[str], values: Floats, weights: dict[str, float]) -> str:
    pairs = zip(names, values.tolist(), strict=True)
    return "，".join(f"{NAMES[name]} {value:.2f}×{weights[name]:.2f}" for name, value in pairs)


def _verdict(decision: Decision) -> str:
    bounds = Thresholds.shipped()
    return (
        f"{decision.kind.label}（第一名到 {bounds.answer_from:.0%} {DecisionKind.ANSWER.label}；"
        f"前三名合计到 {bounds.suggest_from:.0%} {DecisionKind.SUGGEST.label}；否则{DecisionKind.UNKNOWN.label}）"
    )

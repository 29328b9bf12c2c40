"""Fitting the model: conditional logistic regression over candidates and “none”, and thresholds by stated cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bench.questions import Labelled
from fzbot.answering.decision import Candidate
from fzbot.answering.ranking.ranker import CONTEXT_FEATURES, FEATURES, RankingModel
from fzbot.answering.snapshot import Snapshot

COST_WRONG, COST_UNANSWERED, COST_SUGGESTED = 10.0, 3.0, 1.0
COST_USELESS, COST_INTRUSIVE = 4.5, 2.0
"""Suggestions without the right one waste more of a villager's time than an honest “I do not know” does."""
RIDGE = 0.02
MOST_WRONG = 0.035
"""Somewhat below the promised 5 %: thresholds that were chosen on questions look better on them than on others."""
MOST_WRONG_LIKELY = 0.25
"""Of replies that are only likely."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What the ranker saw of one question: candidates' features, the context view, which candidates are right."""

    question: Labelled
    features: Array
    context: Array
    right: NDArray[np.bool_]
    entries: tuple[str, ...]


def evidence_of(snapshot: Snapshot, questions: Sequence[Labelled]) -> list[Evidence]:
    """Evidence at each question once; fitting and cross-validation reuse it."""
    entries = list(snapshot.entries.values())
    found = []
    for question in questions:
        normalised = snapshot.normalise(question.text)
        seen = snapshot.ranker.collect(snapshot.encoders, normalised)
        right = np.array([question.is_answered_by(entries[number]) for number in seen.candidates])
        ids = tuple(entries[number].id for number in seen.candidates)
        found.append(Evidence(question, seen.features.astype(float), seen.context.astype(float), right, ids))
    return found


def fit(data: Sequence[Evidence], ridge: float = RIDGE) -> RankingModel:
    """Weights that maximise the likelihood of the right candidates (or of “none”), with an L2 penalty."""
    scale_features = np.concatenate([evidence.features for evidence in data]).std(axis=0) + 1e-6
    scale_context = np.array([evidence.context for evidence in data]).std(axis=0)
    scale_context[scale_context < 1e-6] = 1.0

    def loss(weights: Array) -> tuple[float, Array]:
        total, gradient = 0.0, np.zeros_like(weights)
        for evidence in data:
            rows = np.zeros((len(evidence.features) + 1, len(weights)))
            rows[:-1, : len(FEATURES)] = evidence.features / scale_features
            rows[-1, len(FEATURES) :] = evidence.context / scale_context
            right = np.append(evidence.right, not evidence.right.any())
            logits = rows @ weights
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            mass = chances[right].sum()
            total -= np.log(mass + 1e-12)
            gradient += rows.T @ (chances - np.where(right, chances, 0) / (mass + 1e-12))
        size = len(data)
        penalised = weights.copy()
        penalised[len(FEATURES)] = 0.0
        return total / size + ridge * float(penalised @ penalised), gradient / size + 2 * ridge * penalised

    start = np.zeros(len(FEATURES) + len(CONTEXT_FEATURES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    features = dict(zip(FEATURES, (found[: len(FEATURES)] / scale_features).tolist(), strict=True))
    context = dict(zip(CONTEXT_FEATURES, (found[len(FEATURES) :] / scale_context).tolist(), strict=True))
    return RankingModel(features=features, context=context)


@dataclass(frozen=True)
class Outcome:
    """A question with its candidates ranked: probabilities and which are right, best first."""

    evidence: Evidence
    chances: Array
    right: NDArray[np.bool_]
    order: tuple[str, ...]


def predict(model: RankingModel, evidence: Evidence) -> Outcome:
    """What a model makes of a evidence; the same arithmetic as the ranker's."""
    logits = np.append(
        evidence.features @ [model.features[side] for side in FEATURES],
        evidence.context @ [model.context[g] for g in CONTEXT_FEATURES],
    )
    chances = np.exp(logits - logits.max())
    chances = (chances / chances.sum())[:-1]
    order = np.argsort(-chances, kind="stable")
    return Outcome(evidence, chances[order], evidence.right[order], tuple(evidence.entries[i] for i in order))


def cross_validated(data: Sequence[Evidence], folds: int = 10, seed: int = 7) -> list[Outcome]:
    """Outcomes of every question under a model that was fitted without it."""
    fold = np.random.default_rng(seed).permutation(len(data)) % folds
    found: list[Outcome | None] = [None] * len(data)
    for number in range(folds):
        model = fit([evidence for evidence, f in zip(data, fold, strict=True) if f != number])
        for position in np.flatnonzero(fold == number):
            found[position] = predict(model, data[int(position)])
    return [outcome for outcome in found if outcome is not None]


def alarmed(snapshot: Snapshot, outcome: Outcome) -> Outcome:
    """An outcome as people get it: the entry that an alarm is met with comes first, and is certain."""
    question = outcome.evidence.question
    normalised = snapshot.normalise(question.text)
    seen = snapshot.ranker.encode(snapshot.encoders, normalised)
    best = Candidate(snapshot.entries[outcome.order[0]], float(outcome.chances[0]))
    alarm = snapshot.judge(normalised, seen, best).alarm
    if alarm is None:
        return outcome
    rest = [number for number, id_ in enumerate(outcome.order) if id_ != alarm.entry]
    return replace(
        outcome,
        chances=np.append(1.0, outcome.chances[rest]),
        right=np.append(question.is_answered_by(snapshot.entries[alarm.entry]), outcome.right[rest]),
        order=(alarm.entry, *(outcome.order[number] for number in rest)),
    )


def kind_of(outcome: Outcome, answer_from: float, suggest_from: float) -> str:
    """`answer`, `suggest` or `unknown` under thresholds; small talk counts as unknown here."""
    if len(outcome.chances) and outcome.chances[0] >= answer_from:
        return "unknown" if outcome.order[0].startswith("chat.") else "answer"
    return "suggest" if outcome.chances[:3].sum() >= suggest_from else "unknown"


def cost_of(outcome: Outcome, answer_from: float, suggest_from: float) -> float:
    """Wrong direct answer 10, unanswered 3, suggestion with the right one 1, without it 4.5, out of scope 2, right 0."""
    kind = kind_of(outcome, answer_from, suggest_from)
    if kind == "answer":
        return 0.0 if outcome.right[0] else COST_WRONG
    if not outcome.evidence.question.is_in_scope:
        return COST_INTRUSIVE if kind == "suggest" else 0.0
    if kind == "suggest":
        return COST_SUGGESTED if outcome.right[:3].any() else COST_USELESS
    return COST_UNANSWERED


def thresholds(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The cheapest pair of thresholds under which wrong direct answers stay below `MOST_WRONG` of direct ones.

    Where no threshold keeps that bound, the one that comes nearest to it.
    """
    grid = np.round(np.arange(0.2, 0.995, 0.01), 2)
    shares = [wrong_share(outcomes, value) for value in grid]
    bound = max(MOST_WRONG, min(shares))
    allowed = [value for value, share in zip(grid, shares, strict=True) if share <= bound]
    pairs = ((answer, suggest) for answer in allowed for suggest in np.arange(0.05, 0.8, 0.05))
    best = min(pairs, key=lambda pair: sum(cost_of(outcome, *pair) for outcome in outcomes))
    return round(float(best[0]), 2), round(float(best[1]), 2)


def likely_from(outcomes: Sequence[Outcome], answer_from: float) -> float:
    """The lowest threshold from which the replies below `answer_from` are wrong no more often than `MOST_WRONG_LIKELY`."""
    for value in np.round(np.arange(0.2, answer_from, 0.01), 2):
        likely = [o for o in outcomes if value <= o.chances[0] < answer_from and not o.order[0].startswith("chat.")]
        if likely and sum(not o.right[0] for o in likely) <= MOST_WRONG_LIKELY * len(likely):
            return float(value)
    return answer_from


def wrong_share(outcomes: Sequence[Outcome], answer_from: float) -> float:
    """The share of wrong ones among direct answers; 0 when there are none."""
    direct = [outcome for outcome in outcomes if kind_of(outcome, answer_from, 2.0) == "answer"]
    return sum(not outcome.right[0] for outcome in direct) / len(direct) if direct else 0.0

"""Fitting the blend: conditional logistic regression over candidates and “none”, and thresholds by stated cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bench.questions import Labelled
from fzbot.answering.decide import Candidate
from fzbot.answering.score import GENERAL, SIDES, Blend
from fzbot.answering.snapshot import Snapshot

COST_WRONG, COST_UNANSWERED, COST_SUGGESTED = 10.0, 3.0, 1.0
COST_USELESS, COST_INTRUSIVE = 4.5, 2.0
"""Suggestions without the right one waste more of a villager's time than an honest “I do not know” does."""
RIDGE = 0.02
MOST_WRONG = 0.035
"""Somewhat below the promised 5 %: thresholds that were chosen on questions look better on them than on others."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """What the scorer saw of one question: candidates' sides, the general view, which candidates are right."""

    question: Labelled
    sides: Array
    general: Array
    right: NDArray[np.bool_]
    entries: tuple[str, ...]


def looks(snapshot: Snapshot, questions: Sequence[Labelled]) -> list[Look]:
    """Look at each question once; fitting and cross-validation reuse it."""
    entries = list(snapshot.entries.values())
    found = []
    for question in questions:
        normalised = snapshot.normalise(question.text)
        seen = snapshot.scorer.look(snapshot.readers, normalised)
        right = np.array([question.is_answered_by(entries[number]) for number in seen.candidates])
        ids = tuple(entries[number].id for number in seen.candidates)
        found.append(Look(question, seen.sides.astype(float), seen.general.astype(float), right, ids))
    return found


def fit(data: Sequence[Look], ridge: float = RIDGE) -> Blend:
    """Weights that maximise the likelihood of the right candidates (or of “none”), with an L2 penalty."""
    scale_sides = np.concatenate([look.sides for look in data]).std(axis=0) + 1e-6
    scale_general = np.array([look.general for look in data]).std(axis=0)
    scale_general[scale_general < 1e-6] = 1.0

    def loss(weights: Array) -> tuple[float, Array]:
        total, gradient = 0.0, np.zeros_like(weights)
        for look in data:
            rows = np.zeros((len(look.sides) + 1, len(weights)))
            rows[:-1, : len(SIDES)] = look.sides / scale_sides
            rows[-1, len(SIDES) :] = look.general / scale_general
            right = np.append(look.right, not look.right.any())
            logits = rows @ weights
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            mass = chances[right].sum()
            total -= np.log(mass + 1e-12)
            gradient += rows.T @ (chances - np.where(right, chances, 0) / (mass + 1e-12))
        size = len(data)
        penalised = weights.copy()
        penalised[len(SIDES)] = 0.0
        return total / size + ridge * float(penalised @ penalised), gradient / size + 2 * ridge * penalised

    start = np.zeros(len(SIDES) + len(GENERAL))
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    sides = dict(zip(SIDES, (found[: len(SIDES)] / scale_sides).tolist(), strict=True))
    none = dict(zip(GENERAL, (found[len(SIDES) :] / scale_general).tolist(), strict=True))
    return Blend(sides=sides, none=none, answer_from=1.0, suggest_from=1.0)


@dataclass(frozen=True)
class Outcome:
    """A question with its candidates ranked: probabilities and which are right, best first."""

    look: Look
    chances: Array
    right: NDArray[np.bool_]
    order: tuple[str, ...]


def predict(blend: Blend, look: Look) -> Outcome:
    """What a blend makes of a look; the same arithmetic as the scorer's."""
    logits = np.append(
        look.sides @ [blend.sides[side] for side in SIDES], look.general @ [blend.none[g] for g in GENERAL]
    )
    chances = np.exp(logits - logits.max())
    chances = (chances / chances.sum())[:-1]
    order = np.argsort(-chances, kind="stable")
    return Outcome(look, chances[order], look.right[order], tuple(look.entries[i] for i in order))


def cross_validated(data: Sequence[Look], folds: int = 10, seed: int = 7) -> list[Outcome]:
    """Outcomes of every question under a blend that was fitted without it."""
    fold = np.random.default_rng(seed).permutation(len(data)) % folds
    found: list[Outcome | None] = [None] * len(data)
    for number in range(folds):
        blend = fit([look for look, f in zip(data, fold, strict=True) if f != number])
        for position in np.flatnonzero(fold == number):
            found[position] = predict(blend, data[int(position)])
    return [outcome for outcome in found if outcome is not None]


def alarmed(snapshot: Snapshot, outcome: Outcome) -> Outcome:
    """An outcome as people get it: the entry that an alarm is met with comes first, and is certain."""
    question = outcome.look.question
    normalised = snapshot.normalise(question.text)
    seen = snapshot.scorer.seen(snapshot.readers, normalised)
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
    if not outcome.look.question.is_in_scope:
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


def wrong_share(outcomes: Sequence[Outcome], answer_from: float) -> float:
    """The share of wrong ones among direct answers; 0 when there are none."""
    direct = [outcome for outcome in outcomes if kind_of(outcome, answer_from, 2.0) == "answer"]
    return sum(not outcome.right[0] for outcome in direct) / len(direct) if direct else 0.0

"""How right fzbot is on labelled real questions, beside three baselines on the same entries.

    python -m bench.accuracy [SET…] [--errors] [--skip-baselines]     (default: dev; also held-out, dialect, or a labelled file)

fzbot's rows: `as shipped` uses the weights in the package; `cross-validated` fits them anew on nine tenths and measures on the
rest, which is the honest figure for questions that the weights were fitted on. Urgent replies count as direct answers.
"""

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench import baselines
from bench.fitting import (
    Outcome,
    alarmed,
    cost_of,
    cross_validated,
    evidence_of,
    kind_of,
    predict,
    thresholds,
    wrong_share,
)
from bench.questions import Labelled, named
from fzbot.answering.decision import DecisionKind, Thresholds
from fzbot.answering.snapshot import Snapshot
from fzbot.settings import shipped_knowledge

RESAMPLES = 2000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", default=["dev"])
    parser.add_argument("--errors", action="store_true", help="list every question whose first candidate is wrong")
    parser.add_argument("--skip-baselines", action="store_true")
    arguments = parser.parse_args()
    questions = named(*arguments.sets)
    snapshot = Snapshot.of_folder(shipped_knowledge(), Path(tempfile.gettempdir()) / "fzbot-bench")
    needs = {entry.need for entry in snapshot.entries.values()}
    covered = [q for q in questions if not q.is_in_scope or q.needs & needs]
    in_scope = [q for q in questions if q.is_in_scope]
    print(f"questions {len(questions)}, in scope {len(in_scope)}, entries {len(snapshot.entries)}")
    print(
        f"coverage: {sum(bool(q.needs & needs) for q in in_scope) / len(in_scope):.1%} of in-scope questions have an entry\n"
    )

    data = evidence_of(snapshot, covered)
    shipped = [alarmed(snapshot, predict(snapshot.model, evidence)) for evidence in data]
    validated = [alarmed(snapshot, outcome) for outcome in cross_validated(data)]
    answer_from, suggest_from = thresholds(validated)
    print(f"{'':28}{'top-1':>18}{'top-3':>18}{'direct':>8}{'wrong of direct':>17}{'OOS not direct':>16}{'cost':>7}")
    pair = (Thresholds.shipped().answer_from, Thresholds.shipped().suggest_from)
    report("fzbot as shipped", shipped, pair)
    report("fzbot cross-validated", validated, (answer_from, suggest_from))
    if not arguments.skip_baselines:
        compare(snapshot, covered)
    alarms(snapshot, questions)
    by_area(validated, (answer_from, suggest_from))
    reliability(validated)
    risk_coverage(validated)
    confusions(validated, arguments.errors)


def report(name: str, outcomes: Sequence[Outcome], pair: tuple[float, float]) -> None:
    """One row of the main table."""
    inside = [outcome for outcome in outcomes if outcome.evidence.question.is_in_scope]
    outside = [outcome for outcome in outcomes if not outcome.evidence.question.is_in_scope]
    direct = [outcome for outcome in outcomes if kind_of(outcome, *pair) == "answer"]
    quiet = sum(kind_of(outcome, *pair) != "answer" for outcome in outside) / len(outside) if outside else float("nan")
    cost = sum(cost_of(outcome, *pair) for outcome in outcomes) / len(outcomes)
    print(
        f"{name:28}{interval(inside, lambda o: top(o, 1)):>18}{interval(inside, lambda o: top(o, 3)):>18}"
        f"{len(direct) / len(outcomes):8.1%}{wrong_share(outcomes, pair[0]):17.1%}{quiet:16.1%}{cost:7.2f}"
        f"   (answer from {pair[0]:.2f}, suggest from {pair[1]:.2f})"
    )


def top(outcome: Outcome, count: int) -> bool:
    """Whether one of the first `count` needs is right; entries of one need count as one."""
    firsts: dict[str, bool] = {}
    for entry, right in zip(outcome.order, outcome.right, strict=True):
        need = ".".join(entry.split(".")[:2])
        firsts[need] = firsts.get(need, False) or bool(right)
        if len(firsts) == count:
            break
    return any(firsts.values())


def interval(outcomes: Sequence[Outcome], measure: Callable[[Outcome], bool]) -> str:
    """A share with its 95 % bootstrap interval."""
    if not outcomes:
        return "-"
    values = np.array([measure(outcome) for outcome in outcomes], float)
    draws = np.random.default_rng(1).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return f"{values.mean():.3f} [{low:.2f},{high:.2f}]"


def compare(snapshot: Snapshot, questions: Sequence[Labelled]) -> None:
    """The baselines' rows: they always answer with their first candidate, or say nothing when they have none."""
    entries = list(snapshot.entries.values())
    rankers = {
        "keyword containment": baselines.keywords(entries),
        "rapidfuzz WRatio": baselines.extract_one(entries),
        "TF-IDF over jieba words": baselines.tfidf(entries),
    }
    inside = [q for q in questions if q.is_in_scope]
    outside = [q for q in questions if not q.is_in_scope]
    for name, rank in rankers.items():
        ranked = [(q, rank(q.text)) for q in inside]
        first = sum(bool(found) and q.is_answered_by(found[0]) for q, found in ranked)
        third = sum(any(q.is_answered_by(entry) for entry in found[:3]) for q, found in ranked)
        loud = sum(bool(rank(q.text)) for q in outside)
        direct = sum(bool(found) for _, found in ranked) + loud
        wrong = (direct - first) / direct if direct else 0.0
        quiet = 1 - loud / len(outside) if outside else float("nan")
        shares = f"{first / len(inside):>18.3f}{third / len(inside):>18.3f}"
        print(f"{name:28}{shares}{direct / len(questions):8.1%}{wrong:17.1%}{quiet:16.1%}")


def alarms(snapshot: Snapshot, questions: Sequence[Labelled]) -> None:
    """How often an urgent cue fires, and how often on a question that its entry does not answer."""
    fired = [(q, snapshot.decide(q.text)) for q in questions]
    urgent = [(q, decision) for q, decision in fired if decision.kind is DecisionKind.URGENT]
    false = [q for q, decision in urgent if not q.is_answered_by(decision.best)]
    print(
        f"\nurgent: {len(urgent)} of {len(questions)}, {len(false)} on questions labelled otherwise ({len(false) / len(questions):.1%})"
    )


def by_area(outcomes: Sequence[Outcome], pair: tuple[float, float]) -> None:
    """The main figures per area."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.evidence.question.area].append(outcome)
    print(f"\n{'area':12}{'n':>5}{'top-1':>20}{'top-3':>20}{'direct':>8}{'wrong':>7}")
    for area, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        direct = [outcome for outcome in group if kind_of(outcome, *pair) == "answer"]
        wrong = sum(not outcome.right[0] for outcome in direct)
        inside = group if group[0].evidence.question.is_in_scope else []
        shares = f"{interval(inside, lambda o: top(o, 1)):>20}{interval(inside, lambda o: top(o, 3)):>20}"
        print(f"{area:12}{len(group):5}{shares}{len(direct):8}{wrong:7}")


def reliability(outcomes: Sequence[Outcome]) -> None:
    """How often the first candidate is right, by the probability it was given."""
    print(f"\n{'probability':14}{'n':>5}{'mean':>8}{'right':>8}")
    edges = [0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.01]
    for low, high in pairwise(edges):
        group = [outcome for outcome in outcomes if low <= outcome.chances[0] < high]
        if group:
            mean = np.mean([outcome.chances[0] for outcome in group])
            right = np.mean([outcome.right[0] for outcome in group])
            print(f"{low:.2f}-{min(high, 1):.2f}     {len(group):5}{mean:8.2f}{right:8.2f}")


def risk_coverage(outcomes: Sequence[Outcome]) -> None:
    """What each threshold would give: the curve from which ours is chosen."""
    print(f"\n{'answer from':12}{'direct':>8}{'wrong of direct':>17}{'cost':>7}")
    for threshold in (*np.arange(0.3, 0.96, 0.05), 0.96, 0.97, 0.98, 0.99):
        direct = sum(kind_of(outcome, threshold, 2.0) == "answer" for outcome in outcomes)
        cost = min(
            sum(cost_of(outcome, threshold, suggest) for outcome in outcomes) / len(outcomes)
            for suggest in np.arange(0.05, 0.8, 0.05)
        )
        print(f"{threshold:<12.2f}{direct / len(outcomes):8.1%}{wrong_share(outcomes, threshold):17.1%}{cost:7.2f}")


def confusions(outcomes: Sequence[Outcome], every: bool) -> None:
    """The most confused pairs with the likely reason, and, when asked for, every wrong question."""
    pairs: Counter[tuple[str, str, str]] = Counter()
    for outcome in outcomes:
        if outcome.right[0] or not outcome.evidence.question.is_in_scope:
            continue
        wanted = outcome.evidence.question.label.split(",")[0]
        pairs[wanted, outcome.order[0], reason(outcome)] += 1
    print("\nmost confused (wanted → first candidate: reason)")
    for (wanted, got, why), number in pairs.most_common(20):
        print(f"  {number} {wanted} → {got}: {why}")
    if every:
        for outcome in outcomes:
            if not outcome.right[0] and outcome.evidence.question.is_in_scope:
                question = outcome.evidence.question
                print(
                    f"\n{question.text}\n   {question.label} | {[f'{i} {c:.2f}' for i, c in zip(outcome.order[:3], outcome.chances, strict=False)]} {reason(outcome)}"
                )


def reason(outcome: Outcome) -> str:
    """Why the first candidate is wrong, as far as the numbers tell."""
    if not outcome.right.any():
        return "missing wording (not among the candidates)"
    place = int(np.flatnonzero(outcome.right)[0])
    if outcome.chances[0] - outcome.chances[place] < 0.15:
        return "close call (label debatable or wrong model)"
    return "wrong token or missing wording"


if __name__ == "__main__":
    main()

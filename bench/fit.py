"""Fit the model's weights and thresholds on labelled questions and write them into the package.

    python -m bench.fit [SET…] [--thresholds SET]      (default: aside golden, thresholds on tune)

The encoder may not have learned from these sets: the weights would trust it too much. Thresholds are chosen with urgent replies
as direct answers.
"""

import argparse
import tempfile
from pathlib import Path

from bench.fitting import alarmed, evidence_of, fit, likely_from, predict, thresholds
from bench.questions import named
from fzbot.answering import decision
from fzbot.answering.decision import Thresholds
from fzbot.answering.ranking import ranker
from fzbot.answering.ranking.ranker import RankingModel
from fzbot.answering.snapshot import Snapshot
from fzbot.settings import shipped_knowledge

MODEL = Path(ranker.__file__).parent / "model.json"
THRESHOLDS = Path(decision.__file__).parent / "thresholds.json"


def main() -> None:
    """Fit on all sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["aside", "golden"])
    parser.add_argument("--thresholds", default="tune")
    options = parser.parse_args()
    snapshot = Snapshot.of_folder(shipped_knowledge(), Path(tempfile.gettempdir()) / "fzbot-bench")
    data = evidence_of(snapshot, named(*options.sets))
    model = fit(data)
    rounded = RankingModel(
        features={name: round(value, 4) for name, value in model.features.items()},
        context={name: round(value, 4) for name, value in model.context.items()},
    )
    chosen_on = evidence_of(snapshot, named(options.thresholds))
    outcomes = [alarmed(snapshot, predict(rounded, evidence)) for evidence in chosen_on]
    answer_from, suggest_from = thresholds(outcomes)
    found = {
        "answer_from": answer_from,
        "suggest_from": suggest_from,
        "likely_from": likely_from(outcomes, answer_from),
    }
    bounds = Thresholds.shipped().model_copy(update=found)
    for path, made in ((MODEL, rounded), (THRESHOLDS, bounds)):
        path.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
        print(made.model_dump_json(indent=2))


if __name__ == "__main__":
    main()

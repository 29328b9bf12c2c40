"""Fit the model's weights and thresholds on labelled questions and write them into the package.

    python -m bench.fit [SET…]      (default: dev held-out dialect)

Thresholds are chosen on cross-validated probabilities, with urgent replies as direct answers.
"""

import argparse
import tempfile
from pathlib import Path

from bench.fitting import alarmed, cross_validated, evidence_of, fit, thresholds
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
    parser.add_argument("sets", nargs="*", default=["dev", "held-out", "dialect"])
    options = parser.parse_args()
    snapshot = Snapshot.of_folder(shipped_knowledge(), Path(tempfile.gettempdir()) / "fzbot-bench")
    data = evidence_of(snapshot, named(*options.sets))
    answer_from, suggest_from = thresholds([alarmed(snapshot, outcome) for outcome in cross_validated(data)])
    model = fit(data)
    rounded = RankingModel(
        features={name: round(value, 4) for name, value in model.features.items()},
        context={name: round(value, 4) for name, value in model.context.items()},
    )
    bounds = Thresholds.shipped().model_copy(update={"answer_from": answer_from, "suggest_from": suggest_from})
    for path, made in ((MODEL, rounded), (THRESHOLDS, bounds)):
        path.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
        print(made.model_dump_json(indent=2))


if __name__ == "__main__":
    main()

"""Fit the blend's weights and thresholds on labelled questions and write them into the package.

    python -m bench.fit [SET…]      (default: dev held-out dialect)

Thresholds are chosen on cross-validated probabilities, with urgent replies as direct answers.
"""

import argparse
import tempfile
from pathlib import Path

from bench.fitting import alarmed, cross_validated, fit, looks, thresholds
from bench.questions import named
from fzbot.answering import score
from fzbot.answering.snapshot import Snapshot
from fzbot.settings import shipped_knowledge

TARGET = Path(score.__file__).parent / "blend.json"


def main() -> None:
    """Fit on all sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["dev", "held-out", "dialect"])
    options = parser.parse_args()
    snapshot = Snapshot.of_folder(shipped_knowledge(), Path(tempfile.gettempdir()) / "fzbot-bench")
    data = looks(snapshot, named(*options.sets))
    answer_from, suggest_from = thresholds([alarmed(snapshot, outcome) for outcome in cross_validated(data)])
    blend = fit(data).model_copy(update={"answer_from": answer_from, "suggest_from": suggest_from})
    rounded = blend.model_copy(
        update={
            "sides": {side: round(value, 4) for side, value in blend.sides.items()},
            "none": {side: round(value, 4) for side, value in blend.none.items()},
        }
    )
    TARGET.write_text(rounded.model_dump_json(indent=2) + "\n", encoding="utf-8")
    print(rounded.model_dump_json(indent=2))


if __name__ == "__main__":
    main()

"""Metrics of several server processes add up in a folder, which the metrics library has to know of before it is loaded."""

import os
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare(folder: Path) -> None:
    """Give the server processes an empty folder to add up their counts in; before `fzbot.runtime.metrics` is imported."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)
    os.environ[FOLDER_VARIABLE] = str(folder)

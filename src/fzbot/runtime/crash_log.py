"""Where an unexpected error of a command is written: its types and places, never its words."""

import logging
from pathlib import Path

from fzbot.runtime.logs import JsonLines

FILE = "errors.log"


def note(error: BaseException, folder: Path) -> Path | None:
    """Append the error to the log in `folder`; None when that cannot be written."""
    fields = {
        "name": __name__,
        "msg": "unexpected",
        "levelname": "CRITICAL",
        "exc_info": (type(error), error, error.__traceback__),
    }
    path = folder / FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(JsonLines().format(logging.makeLogRecord(fields)) + "\n")
    except OSError:
        return None
    return path

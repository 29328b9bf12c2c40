"""Logs as lines of JSON with the number of the request, and without anything of a person.

What people write travels in the words of exceptions and in the arguments of other libraries' messages. So an exception
is logged by its types and the places it passed, and a foreign message without its arguments; our own say what is safe.
"""

import json
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

OURS = ("fzbot", "uvicorn")
FRAMES = 12

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request that is being served; empty outside of one."""

log = logging.getLogger(__name__)


def configure() -> None:
    """Send every log of this process to standard error in this form; once in each process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "httpx", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _unhandled
    threading.excepthook = lambda hook: _unhandled(hook.exc_type, hook.exc_value, hook.exc_traceback)


class JsonLines(logging.Formatter):
    """One line of JSON a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if number := request_id.get():
            said["request"] = number
        said |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            said["error"] = _types(record.exc_info[1])
            said["where"] = _places(record.exc_info[2])
        return json.dumps(said, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    return str(record.msg).partition("\n")[0]


def _types(error: BaseException) -> list[str]:
    named = [type(error).__qualname__]
    cause = error.__cause__ or error.__context__
    return named + (_types(cause) if cause is not None else [])


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        log.critical("unhandled", exc_info=(kind, error, trace))

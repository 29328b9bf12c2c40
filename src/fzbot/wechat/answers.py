"""Reading the platform's answers: what it leaves out, or says in a way that nobody can use, is an unclear answer."""

import json
import re
from typing import Any

from fzbot.errors import PlatformError, PlatformUnclearError
from fzbot.wechat.error_policy import explain

MOST_NUMBER = 2**31 - 1
ID_CHARS = 32
"""How long an id of a message may be to be kept."""
_ID = re.compile(r"[\x21-\x7e]+")
_NUMBER = re.compile(r"-?[0-9]{1,10}")

Answer = dict[str, Any]


def parse(status: int, content: bytes) -> Answer:
    """The object that an answer is; `PlatformError` when it says that the call was refused, and nothing was done."""
    if status >= 500:
        raise PlatformUnclearError(f"微信平台出错（HTTP {status}）")
    if status != 200:
        raise PlatformError(f"微信平台没有接受（HTTP {status}），请检查 FZBOT_WECHAT_API_BASE")
    try:
        answer = json.loads(content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise PlatformUnclearError("微信平台的回话读不懂") from error
    if not isinstance(answer, dict):
        raise PlatformUnclearError("微信平台的回话读不懂")
    code = _code(answer)
    if code:
        raise PlatformError(explain(code, str(answer.get("errmsg", ""))), code, answer)
    return answer


def done(answer: Answer) -> Answer:
    """An answer to a call that answers no more than `errcode` 0; without it nobody knows whether it was carried out."""
    if answer.get("errcode") is None:
        raise _missing("errcode")
    return answer


def text(answer: Answer, name: str, most: int = ID_CHARS) -> str:
    """A field that is a printable word or a number, as text."""
    value = answer.get(name)
    said = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _ID.fullmatch(said) or len(said) > most:
        raise _missing(name)
    return said


def number(answer: Answer, name: str, most: int = MOST_NUMBER) -> int:
    """A field that is a whole number, not negative; one written as text is taken too."""
    value = _whole(answer.get(name))
    if value is None or not 0 <= value <= most:
        raise _missing(name)
    return value


def part(answer: Answer, name: str) -> Answer:
    """A field that is an object."""
    value = answer.get(name)
    if not isinstance(value, dict):
        raise _missing(name)
    return value


def parts(answer: Answer, name: str) -> list[Answer]:
    """A field that is a list of objects."""
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _missing(name)
    return value


def _code(answer: Answer) -> int:
    if answer.get("errcode") is None:
        return 0
    code = _whole(answer["errcode"])
    if code is None or abs(code) > MOST_NUMBER:
        raise PlatformUnclearError("微信平台的回话读不懂（errcode 不是数字）")
    return code


def _whole(value: object) -> int | None:
    """A whole number, also one written as text; None for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _missing(name: str) -> PlatformUnclearError:
    return PlatformUnclearError(f"微信平台的回话里没有能用的 {name}")

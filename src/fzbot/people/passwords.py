"""Passwords: argon2id hashes (RFC 9106), worked out by few threads at once, and which passwords anybody would try first."""

import re
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fzbot.errors import StaffError
from fzbot.runtime.bulkhead import Bulkhead

SHORTEST = 10
LEAST_DIFFERENT = 5
RUN = 6
"""So many characters in a row of a keyboard, of the alphabet or of the digits are no secret."""
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "q1w2e3r4t5y6",
)
_WORDS = re.compile(
    r"password|passwd|pa55w[o0]rd|p@ssw[o0]rd|admin|administrator|root|letmein|welcome|iloveyou|woaini|fzbot|pufa|sifa|sifaju|sifasuo|falv|"
    r"zhongguo|beijing|huawei|tencent|wechat|weixin|abc123|a123456|qq123456|test|guest|user|login|changeme|monkey|dragon"
)
_REST = 6
"""So many characters must be left of a password when what anybody would try is taken out."""

_hasher = PasswordHasher()
_TURNS = Bulkhead(waiting=12, seconds=5.0, busy="这会儿登录的人太多，请过几秒再试")
"""Hashing takes time and 64 MB on purpose: one at a time, so that a flood of sign-ins leaves the messages alone."""


def hash_password(password: str, login: str = "") -> str:
    """The argon2id hash; `StaffError` for a password that is too weak, `BusyError` when too many wait."""
    _refuse_weak(password, login)
    with _TURNS.entered():
        return _hasher.hash(password)


def verifies(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed; `BusyError` when too many wait. Takes a while: hold no transaction."""
    with _TURNS.entered():
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """A password to be handed over once: no letters that look alike, about 80 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


@lru_cache(maxsize=1)
def nobody() -> str:
    """What is verified where no such staff member exists, so that the time taken tells nothing."""
    return _hasher.hash(secrets.token_hex(8))


def _refuse_weak(password: str, login: str) -> None:
    if len(password) < SHORTEST or len(set(password)) < LEAST_DIFFERENT:
        raise StaffError(f"密码至少 {SHORTEST} 个字符，不要用重复的字符")
    if _is_common(password.lower(), login.lower()):
        raise StaffError("这个密码太常见，别人一猜就中。换一个：几个不相干的词连起来最好记，如“大枣-三轮-青砖-07”")


def _is_common(password: str, login: str) -> bool:
    rest = _WORDS.sub("", password)
    if len(login) > 3:
        rest = rest.replace(login, "")
    for row in _ROWS:
        for line in (row, row[::-1]):
            for size in range(len(line), RUN - 1, -1):
                for start in range(len(line) - size + 1):
                    rest = rest.replace(line[start : start + size], "")
    rest = re.sub(r"(.)\1{2,}", "", rest)  # aaa
    rest = re.sub(r"(?:19|20)\d{2}", "", rest)  # a year
    return len(rest) < _REST

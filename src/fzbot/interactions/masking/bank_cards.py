"""Bank cards and accounts: told by the Luhn digit, by how cards begin, or by the words before."""

import re

from fzbot.interactions.masking.placeholders import BANK_CARD
from fzbot.interactions.masking.runs import Run
from fzbot.interactions.masking.spans import Span

_CUE = re.compile(
    r"(?:银行卡|卡号|账号|帐号|账户|帐户|储蓄卡|借记卡|信用卡|工资卡|存折|收款卡|对公|一卡通|社保卡|惠农卡|卡片|卡"
    r"|[工农建中交招邮]行|邮储|邮政|信用社|农商行?|银行|转到|转给|打到|打入|汇到|汇入|存到|收款)[^\d。]{0,8}$"
)
_LONGEST, _SHORTEST = 19, 16


def read(run: Run, first: int) -> tuple[int, Span] | None:
    """A card of 16 to 19 digits; where the words before say so, an account of 12 to 22."""
    has_cue = bool(_CUE.search(run.before(first)))
    counts = (*range(22, 19, -1), *range(19, 11, -1)) if has_cue else range(_LONGEST, _SHORTEST - 1, -1)
    for count in counts:
        end = run.reach(first, count)
        if end is not None and _is_card(run, first, end, has_cue):
            return end, Span(run.places[first][0], run.places[end - 1][1], BANK_CARD)
    return None


def _is_card(run: Run, first: int, end: int, has_cue: bool) -> bool:
    number = run.joined(first, end)
    if end == first + 1:
        return has_cue or _begins_like_card(number) or (number[0] in "3456789" and _luhn(number))
    if run.is_list(first, end) and len(number) < _LONGEST:
        return False
    if has_cue:
        return len(number) >= _SHORTEST or max(map(len, run.groups[first:end])) >= 3
    if run.is_spaced_out(first, end):
        return _luhn(number) or number.startswith("62")
    lengths = [len(group) for group in run.groups[first:end]]
    in_groups = len(set(lengths[:-1])) == 1 and lengths[0] >= 3 and lengths[-1] <= max(lengths[0], 13)
    is_whole = lengths == [4, 4, 4, 4, 3] and number[0] in "456"
    return in_groups and number[0] in "3456789" and (is_whole or _luhn(number) or number.startswith("62"))


def _begins_like_card(number: str) -> bool:
    if number.startswith(("62", "60")):
        return True
    return number[0] in "459" and len(number) in (16, 19)


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

"""Picking from what was offered: by number, by place in the list (“头一个”), or by what it is about (“就是民政局那个”)."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from fzbot.knowledge.folding import fold

_NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九十", start=1)}
_TAIL = r"(?:吧|呢|啊|呀|哩|嘛|就行|就好)*"
_LEAD = r"(?:就是|就|是|我?(?:选|要|看|问|点|说)的?(?:就?是)?)?"
_NUMBER = re.compile(
    r"(?:我?(?:选|要|看|回|问|点))?第?(?P<number>\d{1,2}|[一二三四五六七八九十])(?:个|条|号|项|吧|呢)*"
)
_PLACE = re.compile(
    _LEAD
    + r"(?P<place>头一|第一|最上面|上面|上头|前面|中间|当中|倒数第[一二三]|最后一?|末了|末尾|最下面|下面|下头|后面)"
    + r"的?(?:那|这)?(?:个|条|项|一个|一条)?"
    + _TAIL
)
_PLACES = {
    "中": 1,
    "最后": -1,
    "末": -1,
    "最下": -1,
    "下": -1,
    "后": -1,
    "倒数第一": -1,
    "倒数第二": -2,
    "倒数第三": -3,
}
_ABOUT = re.compile(_LEAD + r"(?P<about>.{1,16}?)的?(?:那|这)(?:个|条|项|一个|一条|种)" + _TAIL)
SURE = 75
"""How like a title (0 to 100, rapidfuzz's partial ratio) the words of a pick must be."""
AHEAD = 10
"""By how much the best title must lead the second."""


def picked_number(text: str) -> int | None:
    """The number somebody picks with `2`, `第二个`, `选2`; None when the text is no pick."""
    match = _NUMBER.fullmatch(fold(text))
    if match is None:
        return None
    number = match["number"]
    return _NUMERALS[number] if number in _NUMERALS else int(number)


def picked_by_words(text: str, offered: Sequence[Sequence[str]]) -> int | None:
    """Which of the offered ones (from 1) the words mean; None for none.

    Each of them is given by its texts, the most telling first: its title, its gist, its points.
    """
    folded = fold(text)
    if not offered:
        return None
    if place := _PLACE.fullmatch(folded):
        return _at(place["place"], len(offered))
    about = described(text)
    return _named(about, offered) if about else None


def described(text: str) -> str | None:
    """What “就是……那个” says of the thing meant; None for other words."""
    found = _ABOUT.fullmatch(fold(text))
    return found["about"] if found else None


def _at(place: str, count: int) -> int | None:
    steps = next((steps for word, steps in _PLACES.items() if place.startswith(word)), 0)
    position = steps if steps >= 0 else count + steps
    return position + 1 if 0 <= position < count else None


def _named(about: str, offered: Sequence[Sequence[str]]) -> int | None:
    for level in range(max(map(len, offered))):
        holding = [number for number, texts in enumerate(offered, 1) if level < len(texts) and about in texts[level]]
        if len(holding) == 1:
            return holding[0]
    ranked = sorted(
        ((fuzz.partial_ratio(about, texts[0]), number) for number, texts in enumerate(offered, 1)), reverse=True
    )
    lead = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0)
    return ranked[0][1] if ranked[0][0] >= SURE and lead >= AHEAD else None

"""From what was typed or said to text that can be compared: step 1 of answering."""

import re
import unicodedata
from dataclasses import dataclass

import opencc

from fzbot.answering.text.replacer import Replacer
from fzbot.knowledge.lexicon import Lexicon

_NOISE = re.compile(r"[^\w，。？！；：、,.?!;:%]+|_")
_EDGE = " ，。？！；：、,.?!;:~"
_SENTENCE = re.compile(r"[^，。？！；,?!;]+[，。？！；,?!;]*")
_HANZI = "[\\u3400-\\u9fff]"
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""What is not seen, or only drawn over a character: zero widths, marks of direction, tags, strokes. They part no words."""
_GAP = re.compile(rf"(?<={_HANZI})(?:[^\w，。？！；：、,?!;:%《》〈〉「」『』“”‘’\"'()【】\[\]{{}}<>]|_)+(?={_HANZI})")
"""Blanks, dots, stars and pictures between two Chinese characters: somebody wants not to be read, or is in tears."""
_SINGLES = re.compile(rf"(?<!{_HANZI}){_HANZI}\W+{_HANZI}(?!{_HANZI})")
"""Two characters side by side that each stand alone."""
_BETWEEN = re.compile(rf"(?<={_HANZI})\W+(?={_HANZI})")
_WORD = re.compile(r"\w+")
PIECE_CHARS = 2
"""Where the pieces between punctuation are no longer than this on average, nobody punctuates."""
_STUTTER = re.compile(r"(.{2,}?)\1+")
_ASKS = re.compile(
    r"[?？吗么呢]|怎|如何|什么|多少|多久|多长|(?<![前这好十那有近头])几[天年个月岁]|哪|谁|能不能|可不可以|可以|能否|可否|是否|是不是|要不要|"
    r"有没有|该不该|会不会|合不合|应该|请问|咨询|合法|违法|犯法|算不算|属于|有权|有效|需要|想要|想问|办|判"
)
STORY_CHARS = 24
LAST_CLAUSES = 1


@dataclass(frozen=True)
class NormalisedQuestion:
    """A normalised question. `asking` is the part that asks; in a short question it is all of `text`.

    `written` is what `text` was before its spelling was mended.
    """

    raw: str
    text: str
    asking: str
    written: str

    @property
    def story(self) -> str:
        """The rest: what happened."""
        return self.text.replace(self.asking, " ") if self.asking != self.text else ""


class Normaliser:
    """Applies width, script, dialect, homophones and filler, and finds the asking part."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._simplify = opencc.OpenCC("t2s").convert
        self._replace = Replacer(lexicon.homophones | lexicon.dialect)
        filler = sorted(lexicon.filler, key=len, reverse=True)
        either = "|".join(map(re.escape, filler))
        self._head = re.compile(rf"^(?:(?:{either})[{re.escape(_EDGE)}]*)+")
        self._tail = re.compile(rf"(?:[{re.escape(_EDGE)}]*(?:{either}))+[{re.escape(_EDGE)}]*$")

    def __call__(self, raw: str) -> NormalisedQuestion:
        """Normalise one question. What is nothing but filler keeps its words."""
        text = _together(_GAP.sub("", visible(raw).lower()))
        text = self._simplify(text)
        text = _NOISE.sub(" ", text).strip(_EDGE)
        bare = self._tail.sub("", self._head.sub("", text)).strip(_EDGE)
        text = self._replace(bare or text)
        return NormalisedQuestion(raw, text, asking_part(text), text)


def visible(raw: str) -> str:
    """What is to be seen of a text, in one width."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))


def _together(text: str) -> str:
    """A text without the punctuation that somebody put between its characters."""
    if not _SINGLES.search(text):
        return text
    sizes = [len(piece) for piece in _WORD.findall(text)]
    is_taken_apart = sizes.count(1) * 2 >= len(sizes) and sum(sizes) <= PIECE_CHARS * len(sizes)
    return _BETWEEN.sub("", text) if is_taken_apart else text


def asking_part(text: str) -> str:
    """The clauses that ask, of a long story; all of a short question."""
    if len(text) <= STORY_CHARS:
        return text
    clauses = _SENTENCE.findall(text)
    asking = [clause for clause in clauses if _ASKS.search(clause)]
    asking = asking or clauses[-LAST_CLAUSES:]
    return "".join(asking).strip()

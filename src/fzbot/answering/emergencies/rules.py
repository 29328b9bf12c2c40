"""Urgent cues: life and limb, violence now, being cheated now, suicide, a child or an old person lost, being locked up."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain, count
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fzbot.answering.text.replacer import Replacer
from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Danger

_parser: Any = import_module("re._parser")
# The commonest characters of questions: a pattern had better not be woken by them.
_COMMON = frozenset(
    "我的了吗有一是么在不婚怎人个要年离办以没子现可公法方能问后家这他该还到证请上出想给和多好老孩女下结被月房钱去们理时什来生产分过诉如起司费会你前样说两工合但权用果男买同经开为手地都就户回天需保院情行事发小车万名款里对养三因律期自做打十资把应二"
)


class Finder:
    """Searches one text; a pattern that several rules share is only looked for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, re.Match[str] | None] = {}

    def __call__(self, pattern: str) -> re.Match[str] | None:
        """Where the text fits the pattern first."""
        if pattern not in self._found:
            self._found[pattern] = _compiled(pattern).search(self._text)
        return self._found[pattern]


class Rule(BaseModel):
    """One of `any`, each of `also` and none of `unless`: the reply is built on `entry` and names `danger`'s numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    danger: Danger
    entry: str
    any: tuple[str, ...]
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def stands(self, find: Finder) -> bool:
        """Whether, one of `any` being found, nothing is missing and nothing speaks against it."""
        return all(map(find, self.also)) and not any(map(find, self.unless))


@dataclass(frozen=True)
class Alarm:
    """An urgent cue that was found: what it is and which words told it. A strong one is never outvoted."""

    danger: Danger
    entry: str
    cue: str
    is_strong: bool = False


class EmergencyRules:
    """The rules of `knowledge/lexicon/urgent.yaml`, in order: the first that fits decides.

    Reading them takes a while, so what was read is kept with the snapshot; there a pattern is compiled when it is first needed.
    """

    def __init__(self, text: str) -> None:
        """Read and try the rules; `KnowledgeError` when one is malformed."""
        parts: dict[str, str] = {}
        try:
            raw: dict[str, Any] = yaml.safe_load(text) or {}
            self._mend = Replacer(raw.get("misheard", {}))
            for name, pattern in raw.get("parts", {}).items():
                parts[name] = f"(?:{_expand(pattern, parts)})"
            self.rules = tuple(_rule(rule, parts) for rule in raw.get("rules", []))
            self._strong = _either(raw.get("strong", ()), parts)
            self._calm = _either(raw.get("calm", ()), parts)
        except (yaml.YAMLError, re.error, ValidationError, AttributeError, KeyError, TypeError) as error:
            raise KnowledgeError(f"lexicon/urgent.yaml 有错：{error}") from error
        self._wakes: dict[str, int] = {}
        numbers = count()
        self._cues = [
            (rule, [(self._bit(pattern, next(numbers)), pattern) for pattern in rule.any]) for rule in self.rules
        ]

    def check(self, text: str) -> Alarm | None:
        """The alarm that a normalised text raises, if any."""
        text = self._mend(text)
        awake = 1
        for char in text:
            awake |= self._wakes.get(char, 0)
        find = Finder(text)
        for rule, cues in self._cues:
            found = next((match for bit, pattern in cues if awake & bit and (match := find(pattern))), None)
            if found and rule.stands(find):
                return Alarm(rule.danger, rule.entry, found[0], bool(self._strong and find(self._strong)))
        return None

    def is_calm(self, text: str) -> bool:
        """Whether a normalised text tells of the past or asks what the law says: that outvotes a weak cue."""
        return bool(self._calm and _compiled(self._calm).search(self._mend(text)))

    def _bit(self, pattern: str, number: int) -> int:
        """The bit that wakes a pattern: set by the characters it needs, so that few patterns are searched for."""
        chars = _required(_parser.parse(pattern, _compiled(pattern).flags))
        if chars is None:
            return 1
        bit = 2 << number
        for char in chars:
            self._wakes[char] = self._wakes.get(char, 0) | bit
        return bit


def _rule(raw: dict[str, Any], parts: dict[str, str]) -> Rule:
    patterns = {key: [_expand(pattern, parts) for pattern in raw.get(key, ())] for key in ("any", "also", "unless")}
    for pattern in chain.from_iterable(patterns.values()):
        _compiled(pattern)  # a malformed one is found here, not when somebody needs help
    return Rule.model_validate(raw | patterns)


def _either(patterns: Sequence[str], parts: dict[str, str]) -> str:
    """One pattern for any of several; none at all is never found."""
    either = "|".join(f"(?:{_expand(pattern, parts)})" for pattern in patterns)
    _compiled(either)
    return either


def _expand(pattern: str, parts: dict[str, str]) -> str:
    """Put in the named parts: `{now}` stands for the pattern of that name."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match[1]], pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Patterns may run over several lines: blanks in them mean nothing."""
    return re.compile(pattern, re.VERBOSE)


def _required(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """Characters of which every match of a parsed pattern has at least one; `None` when that cannot be told."""
    found = [chars for step in parsed if (chars := _required_by(*step))]
    return min(found, key=_commonness, default=None)


def _commonness(chars: frozenset[str]) -> int:
    return len(chars) + 20 * len(chars & _COMMON)


def _required_by(step: Any, value: Any) -> frozenset[str] | None:
    match str(step):
        case "LITERAL":
            return frozenset(chr(value))
        case "IN" if all(str(kind) == "LITERAL" for kind, _ in value):
            return frozenset(chr(code) for _, code in value)
        case "SUBPATTERN":
            return _required(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT" if value[0] > 0:
            return _required(value[2])
        case "BRANCH":
            branches = [_required(branch) for branch in value[1]]
            return frozenset[str]().union(*branches) if all(branches) else None  # type: ignore[arg-type]
    return None

"""Urgent cues: violence now, being cheated now, suicide, a child missing or abused, being locked up. Checked first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fzbot.answering.replacing import Replacer
from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Danger

_parser: Any = import_module("re._parser")


class Finder:
    """Searches one text; a pattern that several rules share is only looked for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[int, re.Match[str] | None] = {}  # by id: hashing a pattern takes longer than searching

    def __call__(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Where the text fits the pattern first."""
        key = id(pattern)
        if key not in self._found:
            self._found[key] = pattern.search(self._text)
        return self._found[key]


class Rule(BaseModel):
    """One of `any`, each of `also` and none of `unless`: the reply is built on `entry` and names `danger`'s numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    danger: Danger
    entry: str
    any: tuple[re.Pattern[str], ...]
    also: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()

    def fits(self, find: Finder) -> re.Match[str] | None:
        """The cue found in a normalised text, unless something is missing or speaks against it."""
        found = next((match for pattern in self.any if (match := find(pattern))), None)
        if found is None or not all(map(find, self.also)) or any(map(find, self.unless)):
            return None
        return found


@dataclass(frozen=True)
class Alarm:
    """An urgent cue that was found: what it is and which words told it."""

    danger: Danger
    entry: str
    cue: str


class Urgency:
    """The rules of `knowledge/lexicon/urgent.yaml`, in order: the first that fits decides."""

    def __init__(self, text: str) -> None:
        """Compile the rules; `KnowledgeError` when one is malformed."""
        parts: dict[str, str] = {}
        try:
            raw: dict[str, Any] = yaml.safe_load(text) or {}
            self._mend = Replacer(raw.get("misheard", {}))
            for name, pattern in raw.get("parts", {}).items():
                parts[name] = f"(?:{_expand(pattern, parts)})"
            self.rules = tuple(_rule(rule, parts) for rule in raw.get("rules", []))
        except (yaml.YAMLError, re.error, ValidationError, AttributeError, KeyError, TypeError) as error:
            raise KnowledgeError(f"lexicon/urgent.yaml 有错：{error}") from error
        self._always, self._wakes = _wakers(self.rules)

    def check(self, text: str) -> Alarm | None:
        """The alarm that a normalised text raises, if any."""
        text = self._mend(text)
        awake = self._always
        for char in text:
            awake |= self._wakes.get(char, 0)
        find = Finder(text)
        for number, rule in enumerate(self.rules):
            if awake >> number & 1 and (found := rule.fits(find)):
                return Alarm(rule.danger, rule.entry, found[0])
        return None


def _rule(raw: dict[str, Any], parts: dict[str, str]) -> Rule:
    patterns = {key: [_compiled(_expand(p, parts)) for p in raw.get(key, ())] for key in ("any", "also", "unless")}
    return Rule.model_validate(raw | patterns)


def _expand(pattern: str, parts: dict[str, str]) -> str:
    """Put in the named parts: `{now}` stands for the pattern of that name."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match[1]], pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Patterns may run over several lines: blanks in them mean nothing. Equal ones are one object."""
    return re.compile(pattern, re.VERBOSE)


def _wakers(rules: Iterable[Rule]) -> tuple[int, dict[str, int]]:
    """For each character the rules (as bits) worth trying when a text has it, and those always worth trying.

    Most questions have none of a rule's characters, so that its costly patterns are not tried.
    """
    always, wakes = 0, dict[str, int]()
    for number, rule in enumerate(rules):
        for pattern in rule.any:
            chars = _required(_parser.parse(pattern.pattern, pattern.flags))
            if chars is None:
                always |= 1 << number
            for char in chars or ():
                wakes[char] = wakes.get(char, 0) | 1 << number
    return always, wakes


def _required(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """Characters of which every match of a parsed pattern has at least one; `None` when that cannot be told."""
    found = [chars for step in parsed if (chars := _required_by(*step))]
    return min(found, key=len) if found else None


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

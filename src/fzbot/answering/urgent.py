"""Urgent cues: violence now, being cheated now, suicide, a child missing or abused, being locked up. Checked first."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Danger


class Rule(BaseModel):
    """When one of `any` is found and none of `unless`, the reply is built on `entry` and names `danger`'s numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    danger: Danger
    entry: str
    any: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()

    def fits(self, text: str) -> re.Match[str] | None:
        """The cue found in a normalised text, unless something speaks against it."""
        found = next((match for pattern in self.any if (match := pattern.search(text))), None)
        if found is None or any(pattern.search(text) for pattern in self.unless):
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
            for name, pattern in raw.get("parts", {}).items():
                parts[name] = f"(?:{_expand(pattern, parts)})"
            self.rules = tuple(
                Rule.model_validate(
                    rule | {key: [_expand(p, parts) for p in rule.get(key, [])] for key in ("any", "unless")}
                )
                for rule in raw.get("rules", [])
            )
        except (yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
            raise KnowledgeError(f"lexicon/urgent.yaml 有错：{error}") from error

    def check(self, text: str) -> Alarm | None:
        """The alarm that a normalised text raises, if any."""
        for rule in self.rules:
            found = rule.fits(text)
            if found:
                return Alarm(rule.danger, rule.entry, found[0])
        return None


def _expand(pattern: str, parts: dict[str, str]) -> str:
    """Put in the named parts: `{now}` stands for the pattern of that name."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match[1]], pattern)

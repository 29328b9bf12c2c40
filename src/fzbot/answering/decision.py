"""What to do with the candidates: answer, suggest, or send the person to people: step 5 of answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from fzbot.knowledge.entry import Danger, Entry

SUGGESTED = 3
"""How many titles a suggestion offers."""


class Thresholds(BaseModel):
    """Every bound that a decision depends on: `thresholds.json`, chosen by measured cost (`bench/fit.py`, decision 0001)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_from: float
    """The probability of the best candidate from which it is the answer."""
    likely_from: float
    """That from which it is rather the answer than anything else, and is told in short with others to pick."""
    suggest_from: float
    """The probability that the first `SUGGESTED` candidates hold the answer, from which they are offered."""
    chat_from: float
    """Small talk that is none does no harm, so it needs less certainty than law."""
    calm_from: float
    """The probability from which a calm entry outvotes a weak cue."""
    like_from_chars: int
    """How many characters a message has at least that is judged by its likeness to emergencies."""
    story_from_chars: int
    """The length from which a weak cue no longer decides the answer: people tell of a blow in a story about their divorce."""
    alarm_from: float
    """How like known emergencies a message without a cue must be to be one."""
    warn_from: float
    """How like them it must be for its reply, whatever that is, to begin with the numbers to call."""
    entry_from: float
    """The probability from which an alarm's reply is built on the best candidate rather than on the cue's own entry."""

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> "Thresholds":
        """Those that came with this release."""
        return cls.model_validate_json((Path(__file__).parent / "thresholds.json").read_text(encoding="utf-8"))


class DecisionKind(StrEnum):
    """How a message is met."""

    ANSWER = "answer"
    LIKELY = "likely"
    SUGGEST = "suggest"
    UNKNOWN = "unknown"
    CHAT = "chat"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """What staff read."""
        return _LABELS[self]

    @property
    def is_direct(self) -> bool:
        """Whether it counts as answered directly: the part of the share of direct answers."""
        return self in {DecisionKind.ANSWER, DecisionKind.URGENT}

    @property
    def is_about_law(self) -> bool:
        """Whether it counts as decided: the whole of the share of direct answers; small talk is left out."""
        return self is not DecisionKind.CHAT


_LABELS = {
    DecisionKind.ANSWER: "直接解答",
    DecisionKind.LIKELY: "大致解答",
    DecisionKind.SUGGEST: "给出选项",
    DecisionKind.UNKNOWN: "未解答",
    DecisionKind.CHAT: "闲谈",
    DecisionKind.URGENT: "紧急提醒",
}
"""A new kind says here what staff read, above whether it counts as direct, and in `statistics.figures` what is counted."""

DIRECT_KINDS = tuple(kind for kind in DecisionKind if kind.is_direct)
"""As queries take them."""


@dataclass(frozen=True)
class Candidate:
    """An entry and the probability (0 to 1) that it answers."""

    entry: Entry
    score: float


@dataclass(frozen=True)
class Decision:
    """What was decided, with the candidates behind it, best first.

    The reply begins with the numbers for the `danger`, if one is set: always for urgent ones, for others when there may be one.
    """

    kind: DecisionKind
    candidates: tuple[Candidate, ...]
    danger: Danger | None = None

    @property
    def best(self) -> Entry:
        """The best candidate's entry; there is one unless the decision is `unknown`."""
        return self.candidates[0].entry

    @property
    def score(self) -> float:
        """The best candidate's probability; 0 when there is none."""
        return self.candidates[0].score if self.candidates else 0.0


def decide_kind(candidates: Sequence[Candidate], thresholds: Thresholds) -> DecisionKind:
    """How a message without danger is met, by its candidates, best first."""
    if not candidates:
        return DecisionKind.UNKNOWN
    best = candidates[0]
    if best.entry.is_chat:
        return DecisionKind.CHAT if best.score >= thresholds.chat_from else DecisionKind.UNKNOWN
    if best.score >= thresholds.answer_from:
        return DecisionKind.ANSWER
    if best.score >= thresholds.likely_from:
        return DecisionKind.LIKELY
    if sum(candidate.score for candidate in candidates[:SUGGESTED]) >= thresholds.suggest_from:
        return DecisionKind.SUGGEST
    return DecisionKind.UNKNOWN

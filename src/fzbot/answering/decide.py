"""What to do with the candidates: answer, suggest, or send the person to people: step 5 of answering."""

from dataclasses import dataclass
from enum import StrEnum

from fzbot.knowledge.entry import Danger, Entry


class DecisionKind(StrEnum):
    """How a message is met."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    UNKNOWN = "unknown"
    CHAT = "chat"
    URGENT = "urgent"


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

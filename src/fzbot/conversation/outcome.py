"""What comes of one message: the words to say, how they were found, and the state to go on with."""

from dataclasses import dataclass

from fzbot.answering.decision import DecisionKind
from fzbot.conversation.session import ConversationState
from fzbot.people.village import Village


@dataclass(frozen=True)
class HandoverRequest:
    """A question that is passed to an adviser, masked, and the asker's village."""

    question: str
    village_id: int | None


@dataclass(frozen=True)
class TurnOutcome:
    """What to say, how it was decided, and the state to go on with (None leaves topic and menu as they are)."""

    text: str
    decision: DecisionKind | None = None
    entry: str | None = None
    score: float | None = None
    about_entry: str | None = None
    state: ConversationState | None = None
    said: str = ""
    """The question to remember; empty where nothing was asked."""
    joins: Village | None = None
    """The village that the follower joins."""
    hands_over: HandoverRequest | None = None
    forgotten_as: str | None = None
    """The name that leads nowhere, once the follower is erased."""
    is_throttled: bool = False
    """Whether it came too fast to be read as more than a possible emergency."""

"""What stored kinds and decisions are called; rows of another version may hold one that this version does not know."""

from fzbot.answering.decision import DecisionKind
from fzbot.interactions.message_kind import MessageKind


def decision_label(stored: str) -> str:
    """What staff read of a decision."""
    return DecisionKind(stored).label if stored in set(DecisionKind) else stored


def kind_label(stored: str) -> str:
    """What staff read of a message's kind."""
    return MessageKind(stored).label if stored in set(MessageKind) else stored

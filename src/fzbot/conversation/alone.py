"""The reply to one question out of any conversation: for trying the knowledge base out."""

from fzbot import clock
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.answers import Answers
from fzbot.conversation.fitting import clean, fit
from fzbot.conversation.message import Kind, Message
from fzbot.conversation.session import State
from fzbot.statutes.lookup import Shelf


def reply_alone(snapshot: Snapshot, shelf: Shelf, public_url: str, text: str) -> str:
    """What somebody who asks this first would read. Nothing is counted."""
    message = Message(0, "", Kind.TEXT, "", clock.now(), text=clean(text))
    outcome = Answers(snapshot, public_url, State, shelf).to(message)
    link = f"{public_url}/a/{outcome.entry}" if outcome.entry else ""
    return fit(clean(outcome.text), link)

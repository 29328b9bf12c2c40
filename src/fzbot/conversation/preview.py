"""The reply to one question out of any conversation: for trying the knowledge base out."""

from fzbot import clock
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.message import Message
from fzbot.conversation.passive_text import sanitize, truncate
from fzbot.conversation.responder import Responder
from fzbot.interactions.message_kind import MessageKind
from fzbot.statutes.repository import StatuteRepository


def preview_reply(snapshot: Snapshot, statutes: StatuteRepository, public_url: str, text: str) -> str:
    """What somebody who asks this first would read. Nothing is counted."""
    message = Message(0, "", MessageKind.TEXT, "", clock.now(), text=sanitize(text))
    outcome = Responder(snapshot, public_url, statutes, message.sent_at).to(message)
    link = f"{public_url}/a/{outcome.entry}" if outcome.entry else ""
    return truncate(sanitize(outcome.text), link)

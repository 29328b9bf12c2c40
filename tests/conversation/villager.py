"""A villager who talks with the bot: `villager.asks("彩礼怎么退").gets(entry="marriage.bride-price")`."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from fzbot import db
from fzbot.conversation.message import Message
from fzbot.conversation.turn import Conversation
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import MessageKind

_posts = itertools.count()


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    moment: datetime

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Villager:
    conversation: Conversation
    engine: Engine
    account_id: int
    openid: str = "o-villager"
    reply: str = field(default="", init=False)

    def asks(self, words: str) -> "Villager":
        return self.sends(MessageKind.TEXT, text=words)

    def sends(self, kind: MessageKind, text: str = "", event_key: str = "") -> "Villager":
        message = Message(
            self.account_id, self.openid, kind, f"post {next(_posts)}", self.conversation.now(), text, event_key
        )
        self.reply = self.conversation.reply_to(message)
        return self

    def gets(self, *parts: str, entry: str | None = None, decision: str | None = None) -> "Villager":
        """Check the words of the reply and the row that was counted for it."""
        for part in parts:
            assert part in self.reply, f"{part!r} not in: {self.reply}"
        row = self.last_row()
        assert row.reply == self.reply
        if entry is not None:
            assert row.entry == entry
        if decision is not None:
            assert row.decision == decision
        return self

    def last_row(self) -> Interaction:
        with db.reading(self.engine) as session:
            return session.scalars(select(Interaction).order_by(Interaction.id.desc()).limit(1)).one()

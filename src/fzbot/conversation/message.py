"""A villager's message and what makes two posts of it the same."""

from dataclasses import dataclass
from datetime import datetime

from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.knowledge.menu import SAY


@dataclass(frozen=True)
class Message:
    """One message or event. `post_id` is equal for posts that are repeats of one another, and only for those."""

    account_id: int
    openid: str
    kind: MessageKind
    post_id: str
    sent_at: datetime
    text: str = ""
    event_key: str = ""
    channel: Channel = Channel.WECHAT
    scene: str = ""
    """The village's scene where the channel stands in a village; followers have theirs from joining."""
    title: str = ""
    """What a forwarded link or card is called; its text is the title and the description."""

    @property
    def words(self) -> str:
        """What was said: written, spoken, forwarded, or by tapping an item of the menu that stands for words."""
        if self.kind is MessageKind.CLICK and self.event_key.startswith(SAY):
            return self.event_key.removeprefix(SAY)
        is_read = self.is_question or self.kind is MessageKind.LINK
        return self.text if is_read else ""

    @property
    def is_question(self) -> bool:
        """Whether it carries words to answer."""
        return self.kind.is_question and bool(self.text.strip())

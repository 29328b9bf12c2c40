"""Every table there is; importing this makes `METADATA` complete."""

from fzbot.conversation.session import ConversationSession
from fzbot.db import Base
from fzbot.interactions.interaction import Interaction
from fzbot.people.account import Account
from fzbot.people.follower import Follower
from fzbot.people.village import Village
from fzbot.statutes.article import ArticleRow

TABLES = (Account, Village, Follower, ConversationSession, Interaction, ArticleRow)
METADATA = Base.metadata

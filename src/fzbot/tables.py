"""Imports every module that defines a table, so that `Base.metadata` knows them all."""

from fzbot.conversation.session import ConversationSession
from fzbot.interactions.interaction import Interaction
from fzbot.people.account import Account
from fzbot.people.follower import Follower
from fzbot.people.village import Village

TABLES = (Account, Village, Follower, ConversationSession, Interaction)

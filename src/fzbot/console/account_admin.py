"""What the console asks of the platform besides sending; `wechat` implements it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from fzbot.knowledge.menu import Menu
from fzbot.notices.delivery_methods import AccountKind


class AccountAdmin(Protocol):
    """Accounts on the platform: their menu, tags and QR codes. What calls the platform may raise `PlatformError`."""

    @property
    def menu(self) -> Callable[[], Menu]:
        """Reads the configured menu; `KnowledgeError` when it does not fit."""

    def kind(self, account_id: int) -> AccountKind:
        """What kind of account it is."""

    def obstacle(self, account_id: int) -> str:
        """Why menu and tags cannot be managed, in Chinese; empty where they can."""

    def menu_differences(self, account_id: int) -> list[str]:
        """How the platform's menu differs from the configured one, in Chinese."""

    def put_menu(self, account_id: int) -> None:
        """Put the configured menu on the platform."""

    def tag_differences(self, account_id: int) -> list[str]:
        """How the platform's tags differ from the villages, in Chinese."""

    def synchronise_tags(self, account_id: int, now: datetime) -> int:
        """Bring the platform's tags in step with the villages; returns how many followers were tagged or freed."""

    def makes_codes(self, account_id: int) -> bool:
        """Whether there are QR codes that carry a village."""

    def code(self, account_id: int, scene: str) -> str:
        """The words of a QR code through which followers come with a scene."""

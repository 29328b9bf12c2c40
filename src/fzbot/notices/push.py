"""What the outbox asks of a platform; `wechat` implements it."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod


@dataclass(frozen=True)
class OutboundMessage:
    """What goes to one follower (`openids` holds one), to a list of them, to a village's tag, or to all."""

    way: DeliveryMethod
    client_id: str
    title: str
    text: str
    link: str
    day: date
    openids: tuple[str, ...] = ()
    village_id: int | None = None
    to_all: bool = False
    body: str = ""
    picture: bytes | None = None


class RetryAfter(Enum):
    """How long to wait after the platform asked for it."""

    SOON = "soon"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True)
class Accepted:
    """The platform took it; `msg_id` is what a receipt will name (empty where none comes), `note` whom it does not reach."""

    msg_id: str = ""
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """The platform did not take it and never will."""

    reason: str
    code: int | None = None


@dataclass(frozen=True)
class Postponed:
    """The platform did not take it now."""

    reason: str
    pause: RetryAfter
    code: int | None = None


@dataclass(frozen=True)
class Paused:
    """The platform took neither this one nor will it take others, until a person has mended what `reason` says."""

    reason: str
    code: int | None = None


@dataclass(frozen=True)
class Indeterminate:
    """Nobody can say whether the platform took it."""

    reason: str


SendResult = Accepted | Refused | Postponed | Paused | Indeterminate


class Push(Protocol):
    """The platform of one account."""

    def send(self, message: OutboundMessage) -> SendResult:
        """Send a message; one that was sent before under the same `client_id` is not sent twice by a mass send."""

    def preview(self, text: str, wechat_name: str) -> None:
        """Show a text to one person by their WeChat name; `PlatformError` when it cannot be."""


class Pushes(Protocol):
    """The platforms of all accounts."""

    def find(self, account_id: int) -> Push | None:
        """The platform; None where the account has no key to it."""

    def kind(self, account_id: int) -> AccountKind:
        """What kind of account it is."""

    def has_template(self, account_id: int) -> bool:
        """Whether a template for template messages is configured."""

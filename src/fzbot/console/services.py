"""What every page of the console works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.console.account_admin import AccountAdmin
from fzbot.curation.publishing import PublishingPolicy
from fzbot.knowledge import files
from fzbot.knowledge.files import KnowledgeBase
from fzbot.notices.authoring import long_picture
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.wording import Links
from fzbot.notices.push import Pushes
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.statutes.repository import StatuteRepository


@dataclass(frozen=True)
class ConsoleServices:
    """The services behind the pages. `public_url` is where villagers' phones reach this service."""

    engine: Engine
    sealer: Sealer
    current_snapshot: CurrentSnapshot
    statutes: StatuteRepository
    pushes: Pushes
    public_url: str
    uploads: Path
    knowledge: Path
    side: AccountAdmin
    """The accounts on the platform."""
    policy: PublishingPolicy = field(default_factory=PublishingPolicy)
    notice_policy: notices.ApprovalPolicy = field(default_factory=notices.ApprovalPolicy)
    totp_roles: frozenset[Role] = frozenset({Role.ADMIN})
    hidden_accounts: frozenset[str] = frozenset()
    """Slugs of accounts that are for trying out only and are counted nowhere."""
    font: Path | None = field(default_factory=long_picture.find_font)
    """A font with Chinese characters, for pictures of notices."""
    now: Callable[[], datetime] = field(default=clock.now)

    def base(self) -> KnowledgeBase:
        """The shipped knowledge base, read anew: pages that check against it are few."""
        return files.load(self.knowledge)

    @property
    def links(self) -> Links:
        """Makes the addresses that notices carry."""
        return Links(self.public_url)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the service through TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

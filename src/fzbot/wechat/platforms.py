"""The platform's interface for each account that has a key to it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from sqlalchemy import Engine

from fzbot.db import reading
from fzbot.people import account as accounts
from fzbot.people.account import Account, Credentials
from fzbot.people.sealing import Sealer
from fzbot.wechat.platform import Key, Platform
from fzbot.wechat.tokens import TokenStore


@dataclass
class Platforms:
    """Finds the platform of an account by id. The default account's credentials are given; others are in the table."""

    engine: Engine
    sealer: Sealer
    http: httpx.Client
    default: Credentials
    statutes: Callable[[int], TokenStore]
    _made: dict[int, tuple[Key, Platform]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, account_id: int) -> Platform | None:
        """The platform; None where the account has no AppSecret. A changed secret is taken up at once."""
        credentials = self.credentials(account_id)
        if not credentials.app_id or not credentials.app_secret:
            return None
        key = Key(credentials.app_id, credentials.app_secret)
        with self._lock:
            made = self._made.get(account_id)
            if made is None or made[0] != key:
                made = key, Platform(self.http, key, self.statutes(account_id))
                self._made[account_id] = made
            return made[1]

    def credentials(self, account_id: int) -> Credentials:
        """The credentials of an account, its kind among them."""
        with reading(self.engine) as session:
            account = session.get_one(Account, account_id)
        if account.slug == accounts.DEFAULT:
            return self.default
        return accounts.credentials_of(account, self.sealer)

    def is_default(self, account_id: int) -> bool:
        """Whether it is the account that the settings describe."""
        with reading(self.engine) as session:
            return session.get_one(Account, account_id).slug == accounts.DEFAULT

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

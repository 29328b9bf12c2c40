"""The envelopes of the accounts that this service answers for."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot.db import reading
from fzbot.people import account as accounts
from fzbot.people.sealing import Sealer
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.wechat.envelope import Envelope

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

FRESH_SECONDS = 30.0
MAX_CACHED = 1000


@dataclass(frozen=True)
class AccountEndpoint:
    """An account's id and envelope."""

    account_id: int
    envelope: Envelope


class AccountEndpoints:
    """Finds the endpoint of an account by its slug. The default account's is given; others are read from the table."""

    def __init__(
        self,
        default: AccountEndpoint | None,
        engine: Engine,
        sealer: Sealer,
        window: float,
        takes_plain: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._default = default
        self._engine = engine
        self._sealer = sealer
        self._window = window
        self._takes_plain = takes_plain
        self._clock = clock
        self._cache: dict[str, tuple[float, AccountEndpoint | None]] = {}

    def find(self, slug: str) -> AccountEndpoint | None:
        """The endpoint, None when there is no such account. A change in the table shows within `FRESH_SECONDS`.

        While the database is away, what was read last goes on standing.
        """
        if slug == accounts.DEFAULT:
            return self._default
        read_at, endpoint = self._cache.get(slug, (-FRESH_SECONDS, None))
        if self._clock() - read_at < FRESH_SECONDS:
            return endpoint
        try:
            endpoint = self._read(slug)
        except SQLAlchemyError:
            if endpoint is None:
                raise
            log.warning("accounts stand as they were read last: the database is away")
        if len(self._cache) >= MAX_CACHED:  # made-up names push out one another, never an account
            self._cache = {name: cached for name, cached in self._cache.items() if cached[1]}
        self._cache[slug] = (self._clock(), endpoint)
        return endpoint

    def is_known(self, slug: str) -> bool:
        """Whether there is such an account as far as is known without looking it up."""
        return slug == accounts.DEFAULT or self._cache.get(slug, (0.0, None))[1] is not None

    def _read(self, slug: str) -> AccountEndpoint | None:
        with reading(self._engine) as session:
            account = accounts.find(session, slug)
            if account is None:
                return None
            credentials = accounts.credentials_of(account, self._sealer)
            if not credentials.token:
                return None  # not an official account, and an empty token is one that anybody knows
            return AccountEndpoint(account.id, Envelope(credentials, self._window, self._takes_plain))

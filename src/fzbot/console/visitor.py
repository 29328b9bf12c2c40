"""Who is looking at a page, and what of the data is theirs to see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.audit import Actor
from fzbot.people.account import Account
from fzbot.people.staff import Role
from fzbot.people.village import Village


@dataclass(frozen=True)
class VisibleAccounts:
    """The accounts that a staff member looks at.

    The county's may look at all that are `served` together, or at one that they `chose`; others look at their own.
    """

    accounts: tuple[int, ...]
    is_county: bool
    served: dict[int, str]
    """The names of all accounts, by id; for the county's eyes only."""
    chose: int | None = None

    @property
    def account(self) -> int | None:
        """The one account looked at; None when there are several."""
        return self.accounts[0] if len(self.accounts) == 1 else None

    @property
    def is_everything(self) -> bool:
        """Whether what belongs to no account is in sight too."""
        return self.is_county and self.chose is None

    @property
    def drafts_of(self) -> int | None:
        """Whose drafts of entries: the account's where several are served, otherwise the whole service's."""
        return self.account if len(self.served) > 1 else None

    @property
    def may_publish(self) -> bool:
        """Whether entries may be published from here: all accounts answer from them, so with several the county does."""
        return self.is_county or len(self.served) == 1


@dataclass(frozen=True)
class Visitor:
    """A signed-in staff member. `villages` is None for those who see all of their accounts."""

    staff_id: int
    name: str
    role: Role
    sight: VisibleAccounts
    csrf: str
    token_hash: str
    villages: frozenset[int] | None = None

    @property
    def accounts(self) -> tuple[int, ...]:
        """The accounts looked at."""
        return self.sight.accounts

    @property
    def home_account(self) -> int:
        """The account that new rows belong to."""
        return self.accounts[0]

    @property
    def actor(self) -> Actor:
        """As the audit log names them."""
        return Actor(self.name, self.staff_id, self.sight.account)

    @property
    def choices(self) -> dict[int, str]:
        """The accounts to switch between; none where there is nothing to switch."""
        return self.sight.served if self.sight.is_county and len(self.sight.served) > 1 else {}

    def sees(
        self, account: InstrumentedAttribute[int], village: InstrumentedAttribute[int | None]
    ) -> ColumnElement[bool]:
        """The condition that leaves only rows this visitor may see."""
        own = self.own_villages(village)
        return account.in_(self.accounts) & own

    def own_villages(self, village: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """The condition on a village column alone."""
        if self.villages is None:
            return true()
        return village.in_(self.villages) if self.villages else false()

    def may_see_village(self, village: Village) -> bool:
        """Whether a village is within this visitor's sight."""
        return village.account_id in self.accounts and (self.villages is None or village.id in self.villages)

    def villages_in_sight(self, session: Session) -> list[Village]:
        """The villages within sight, by name."""
        found = select(Village).where(Village.account_id.in_(self.accounts)).order_by(Village.name)
        return [village for village in session.scalars(found) if self.may_see_village(village)]

    def village_names(self, session: Session) -> dict[int, str]:
        """What the villages within sight are called, by id; with the account's name where several are looked at."""
        found = self.villages_in_sight(session)
        if self.sight.account is not None:
            return {village.id: village.name for village in found}
        return {village.id: f"{self.sight.served[village.account_id]} {village.name}" for village in found}


def visible_accounts(
    session: Session, account_id: int | None, chose: int | None, hidden: frozenset[str]
) -> VisibleAccounts:
    """What a staff member of `account_id` sees; the county's (None) see all but the hidden ones, or the one they chose."""
    query = select(Account.id, Account.name).where(Account.slug.not_in(hidden)).order_by(Account.id)
    served = dict(session.execute(query).all())
    if account_id is not None:
        return VisibleAccounts((account_id,), False, served)
    if chose in served:
        return VisibleAccounts((chose,), True, served, chose)
    return VisibleAccounts(tuple(served), True, served)

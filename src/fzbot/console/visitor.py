"""Who is looking at a page, and what of the data is theirs to see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.audit import Actor
from fzbot.people.account import Account
from fzbot.people.staff import Role
from fzbot.people.village import Village


@dataclass(frozen=True)
class Visitor:
    """A signed-in staff member. `villages` is None for those who see all of their accounts."""

    staff_id: int
    name: str
    role: Role
    accounts: tuple[int, ...]
    is_county: bool
    csrf: str
    token_hash: str
    villages: frozenset[int] | None = None

    @property
    def home_account(self) -> int:
        """The account that new rows belong to."""
        return self.accounts[0]

    @property
    def actor(self) -> Actor:
        """As the audit log names them."""
        return Actor(self.name, self.staff_id, None if self.is_county else self.home_account)

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


def accounts_of(session: Session, account_id: int | None, hidden: frozenset[str]) -> tuple[int, ...]:
    """The ids of the accounts that a staff member of `account_id` sees; the county's see all but the hidden ones."""
    if account_id is not None:
        return (account_id,)
    return tuple(session.scalars(select(Account.id).where(Account.slug.not_in(hidden)).order_by(Account.id)))

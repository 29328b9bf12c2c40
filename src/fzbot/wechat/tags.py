"""Villages as the platform's tags, so that a mass send reaches one: a tag for each village, its followers tagged in fifties."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, reading, writing
from fzbot.errors import PlatformError
from fzbot.people.erasure import GOES
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.wechat.platform import Platform

BATCH = 50
MOST_TAGS = 100
NAME_BYTES = 30
NO_SUCH_FOLLOWER = (40003, 43004)


class VillageTag(Base):
    """The platform's tag of a village."""

    __tablename__ = "village_tag"
    __table_args__ = (UniqueConstraint("account_id", "tag_id"),)

    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    tag_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)


class FollowerTag(Base):
    """The village that a follower is tagged with on the platform."""

    __tablename__ = "follower_tag"
    __table_args__ = ({"info": GOES},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))


@dataclass(frozen=True)
class Work:
    """Followers to tag with, or to free of, a village's tag: hash and openid."""

    village_id: int
    tag_id: int
    puts: bool
    followers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tags:
    """Keeps the tags of one account in step with its villages."""

    engine: Engine
    sealer: Sealer
    platform: Platform
    account_id: int

    def synchronise(self, now: datetime, most: int | None = None) -> int:
        """Make what is missing and move whoever changed villages; returns how many followers were tagged or freed.

        Ends after about `most` of them, if given. `PlatformError` when the platform refuses. May be broken off and
        repeated at any time.
        """
        there = {tag["name"]: tag["id"] for tag in self.platform.call("/cgi-bin/tags/get")["tags"]}
        self._forget_what_is_gone(set(there.values()))
        self._make_tags(there, now)
        done = 0
        while True:
            work = self._next_work()
            if work is None or (most is not None and done >= most):
                return done
            self._do(work)
            done += len(work.followers)

    def tag_of(self, village_id: int) -> int | None:
        """The platform's number of a village's tag."""
        with reading(self.engine) as session:
            row = session.get(VillageTag, village_id)
            return row.tag_id if row else None

    def compare(self) -> list[str]:
        """What differs between villages and the platform's tags, in Chinese; nothing when they agree."""
        there: dict[int, str] = {tag["id"]: tag["name"] for tag in self.platform.call("/cgi-bin/tags/get")["tags"]}
        with reading(self.engine) as session:
            villages = self._villages(session)
            known = {row.village_id: row for row in self._known(session)}
            behind = len(self._changed(session))
        said = []
        for village in villages:
            row = known.get(village.id)
            if row is None or row.tag_id not in there:
                said.append(f"{village.name}：平台上还没有标签")
            elif there[row.tag_id] != tag_name(village):
                said.append(f"{village.name}：平台上的标签叫“{there[row.tag_id]}”")
        if behind:
            said.append(f"还有 {behind} 个关注者的标签没有同步")
        return said

    def _forget_what_is_gone(self, there: set[int]) -> None:
        """Tags deleted by hand, and followers who left: the platform knows neither any more."""
        with writing(self.engine) as session:
            gone = [row for row in self._known(session) if row.tag_id not in there]
            villages = [row.village_id for row in gone]
            session.execute(delete(FollowerTag).where(FollowerTag.village_id.in_(villages)))
            for row in gone:
                session.delete(row)
            left = select(Follower.openid_hash).where(
                Follower.account_id == self.account_id, Follower.unfollowed_at.is_not(None)
            )
            ours = FollowerTag.account_id == self.account_id
            session.execute(delete(FollowerTag).where(ours, FollowerTag.openid_hash.in_(left)))

    def _make_tags(self, there: dict[str, int], now: datetime) -> None:
        with reading(self.engine) as session:
            villages = self._villages(session)
            known = {row.village_id: row for row in self._known(session)}
        if len(villages) > MOST_TAGS:
            raise PlatformError(f"有 {len(villages)} 个村，微信一个公众号最多 {MOST_TAGS} 个标签，不能按村群发")
        for village in villages:
            name, row = tag_name(village), known.get(village.id)
            if row is not None and row.name != name:
                self.platform.call("/cgi-bin/tags/update", {"tag": {"id": row.tag_id, "name": name}})
                self._keep(village, row.tag_id, now)
            elif row is None:
                # One of that name may be there from an attempt that was broken off, or made by hand.
                self._keep(village, there[name] if name in there else self._create(name), now)

    def _create(self, name: str) -> int:
        return int(self.platform.call("/cgi-bin/tags/create", {"tag": {"name": name}})["tag"]["id"])

    def _keep(self, village: Village, tag_id: int, now: datetime) -> None:
        with writing(self.engine) as session:
            session.merge(
                VillageTag(
                    village_id=village.id,
                    account_id=self.account_id,
                    tag_id=tag_id,
                    name=tag_name(village),
                    made_at=now,
                )
            )

    def _next_work(self) -> Work | None:
        with reading(self.engine) as session:
            tags = {row.village_id: row.tag_id for row in self._known(session)}
            freed, joined = defaultdict(list), defaultdict(list)
            for person, openid, village, tagged in self._changed(session):
                if tagged is not None:
                    freed[tagged].append((person, openid))
                elif village is not None:
                    joined[village].append((person, openid))
        for puts, groups in ((False, freed), (True, joined)):
            for village_id, people in groups.items():
                opened = tuple((person, self.sealer.unseal(openid)) for person, openid in people[:BATCH])
                return Work(village_id, tags[village_id], puts, opened)
        return None

    def _do(self, work: Work) -> None:
        call = "batchtagging" if work.puts else "batchuntagging"
        path = f"/cgi-bin/tags/members/{call}"
        try:
            self.platform.call(path, {"tagid": work.tag_id, "openid_list": [openid for _, openid in work.followers]})
        except PlatformError as error:
            if error.code not in NO_SUCH_FOLLOWER:
                raise
            self._one_by_one(path, work)
        self._write_down(work)

    def _one_by_one(self, path: str, work: Work) -> None:
        for _, openid in work.followers:
            try:
                self.platform.call(path, {"tagid": work.tag_id, "openid_list": [openid]})
            except PlatformError as error:  # whoever is gone needs no tag
                if error.code not in NO_SUCH_FOLLOWER:
                    raise

    def _write_down(self, work: Work) -> None:
        people = [person for person, _ in work.followers]
        with writing(self.engine) as session:
            if not work.puts:
                of_them = FollowerTag.openid_hash.in_(people)
                session.execute(delete(FollowerTag).where(FollowerTag.account_id == self.account_id, of_them))
                return
            insert: Any = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
            rows = [
                {"account_id": self.account_id, "openid_hash": person, "village_id": work.village_id}
                for person in people
            ]
            session.execute(insert(FollowerTag).on_conflict_do_nothing(), rows)

    def _villages(self, session: Session) -> list[Village]:
        return list(session.scalars(select(Village).where(Village.account_id == self.account_id).order_by(Village.id)))

    def _known(self, session: Session) -> list[VillageTag]:
        return list(session.scalars(select(VillageTag).where(VillageTag.account_id == self.account_id)))

    def _changed(self, session: Session) -> list[tuple[str, str, int | None, int | None]]:
        tagged = FollowerTag.village_id
        query = (
            select(Follower.openid_hash, Follower.openid_sealed, Follower.village_id, tagged)
            .outerjoin(
                FollowerTag,
                (FollowerTag.account_id == Follower.account_id) & (FollowerTag.openid_hash == Follower.openid_hash),
            )
            .where(
                Follower.account_id == self.account_id,
                Follower.unfollowed_at.is_(None),
                Follower.village_id.is_distinct_from(tagged),
            )
            .order_by(Follower.id)
            .limit(MOST_TAGS * BATCH)
        )
        return [(person, openid, village, tag) for person, openid, village, tag in session.execute(query)]


def tag_name(village: Village) -> str:
    """A village's name cut to what a tag may have."""
    return village.name.encode()[:NAME_BYTES].decode(errors="ignore")

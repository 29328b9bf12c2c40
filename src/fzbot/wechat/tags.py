"""Villages as the platform's tags, so that a mass send reaches one: a tag for each village, its followers tagged in fifties.

One follower whom the platform will not tag is set aside for a day and told of; one village's trouble holds up no other.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from fzbot.db import reading, take_turns, writing
from fzbot.errors import PlatformError
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.wechat import answers
from fzbot.wechat.error_policy import Reaction, reaction
from fzbot.wechat.platform import Platform
from fzbot.wechat.set_aside import set_aside
from fzbot.wechat.tag_names import tag_names
from fzbot.wechat.tag_tables import FollowerTag, VillageTag

log = logging.getLogger(__name__)

BATCH = 50
MOST_TAGS = 100
TOO_MANY_TAGS = 45056
ASIDE = timedelta(days=1)
"""After how long one who was set aside is tried again."""
GONE = (40003, 43004, 46004, 50005)
"""Codes of followers who have left: they need no tag, and nobody needs to be told."""


@dataclass(frozen=True)
class Work:
    """Followers to tag with, or to free of, a village's tag: hash and openid. Those `aside` were refused, by code."""

    village_id: int
    tag_id: int
    puts: bool
    followers: tuple[tuple[str, str], ...]
    aside: dict[str, int] = field(default_factory=dict)


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
        there = self._there()
        self._forget_what_is_gone(set(there))
        self._make_tags({name: tag for tag, name in there.items()}, now)
        done = 0
        while True:
            work = self._next_work(now)
            if work is None or (most is not None and done >= most):
                return done
            self._do(work)
            self._write_down(work, now)
            done += len(work.followers)

    def tag_of(self, village_id: int) -> int | None:
        """The platform's number of a village's tag."""
        with reading(self.engine) as session:
            row = session.get(VillageTag, village_id)
            return row.tag_id if row else None

    def set_aside(self, village_id: int | None = None) -> str:
        """Whom the platform would not tag, of a village or of all, in Chinese; empty where there is nobody."""
        with reading(self.engine) as session:
            return set_aside(session, self.account_id, village_id)

    def compare(self) -> list[str]:
        """What differs between villages and the platform's tags, in Chinese; nothing when they agree."""
        there = self._there()
        with reading(self.engine) as session:
            villages = self._villages(session)
            known = {row.village_id: row for row in self._known(session)}
            behind = len(self._changed(session, None))
        names, said = tag_names(villages), []
        for village in villages:
            row = known.get(village.id)
            if row is None or row.tag_id not in there:
                said.append(f"{village.name}：平台上还没有标签")
            elif there[row.tag_id] != names[village.id]:
                said.append(f"{village.name}：平台上的标签叫“{there[row.tag_id]}”")
        if behind:
            said.append(f"还有 {behind} 个关注者的标签没有同步")
        aside = self.set_aside()
        return [*said, aside] if aside else said

    def _there(self) -> dict[int, str]:
        """The platform's tags: names by number."""
        tags = answers.parts(self.platform.call("/cgi-bin/tags/get"), "tags")
        return {answers.number(tag, "id"): str(tag.get("name", "")) for tag in tags}

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
            reason = f"有 {len(villages)} 个村，微信一个公众号最多 {MOST_TAGS} 个标签，不能按村群发"
            raise PlatformError(reason, TOO_MANY_TAGS)
        names, taken = tag_names(villages), {row.tag_id for row in known.values()}
        # One of that name may be there from an attempt that was broken off, or made by hand; never another village's.
        free = {name: tag for name, tag in there.items() if tag not in taken}
        for village in villages:
            row, name = known.get(village.id), names[village.id]
            if row is None or row.name != name:
                self._make_tag(VillageTag(village_id=village.id, name=name, made_at=now), row, free)

    def _make_tag(self, wanted: VillageTag, known: VillageTag | None, free: dict[str, int]) -> None:
        wanted.account_id = self.account_id
        try:
            if known is not None:
                wanted.tag_id = known.tag_id
                self.platform.order("/cgi-bin/tags/update", {"tag": {"id": known.tag_id, "name": wanted.name}})
            else:
                wanted.tag_id = free[wanted.name] if wanted.name in free else self._create(wanted.name)
        except PlatformError as error:
            if error.code is None or reaction(error.code) is not Reaction.GIVE_UP:
                raise
            log.warning("village %d has no tag of its own yet: code %d", wanted.village_id, error.code)
            return
        with writing(self.engine) as session:
            take_turns(session, "tags")
            session.merge(wanted)

    def _create(self, name: str) -> int:
        made = self.platform.call("/cgi-bin/tags/create", {"tag": {"name": name}})
        return answers.number(answers.part(made, "tag"), "id")

    def _next_work(self, now: datetime) -> Work | None:
        with reading(self.engine) as session:
            tags = {row.village_id: row.tag_id for row in self._known(session)}
            freed, joined = defaultdict(list), defaultdict(list)
            for person, openid, village, tagged in self._changed(session, now):
                if tagged is not None and tagged != village:
                    freed[tagged].append((person, openid))
                elif village is not None:
                    joined[village].append((person, openid))
        for puts, groups in ((False, freed), (True, joined)):
            for village_id, people in groups.items():
                if village_id in tags:
                    opened = tuple((person, self.sealer.unseal(openid)) for person, openid in people[:BATCH])
                    return Work(village_id, tags[village_id], puts, opened)
        return None

    def _do(self, work: Work) -> None:
        """Tag or free them all at once; one by one when the platform refuses because of somebody among them."""
        try:
            self._order(work, *(openid for _, openid in work.followers))
        except PlatformError as error:
            if not _is_about_one(error):
                raise
            for person, openid in work.followers:
                self._do_one(work, person, openid)

    def _do_one(self, work: Work, person: str, openid: str) -> None:
        try:
            self._order(work, openid)
        except PlatformError as error:
            if error.code is None or not _is_about_one(error):
                raise
            if error.code not in GONE:
                work.aside[person] = error.code

    def _order(self, work: Work, *openids: str) -> None:
        call = "batchtagging" if work.puts else "batchuntagging"
        self.platform.order(f"/cgi-bin/tags/members/{call}", {"tagid": work.tag_id, "openid_list": list(openids)})

    def _write_down(self, work: Work, now: datetime) -> None:
        people = [person for person, _ in work.followers]
        rows = [
            {
                "account_id": self.account_id,
                "openid_hash": person,
                "village_id": work.village_id,
                "code": work.aside.get(person),
                "again_at": now + ASIDE if person in work.aside else None,
            }
            for person in people
        ]
        with writing(self.engine) as session:
            take_turns(session, "tags")
            of_them = FollowerTag.openid_hash.in_(people)
            session.execute(delete(FollowerTag).where(FollowerTag.account_id == self.account_id, of_them))
            if work.puts:
                session.execute(insert(FollowerTag), rows)

    def _villages(self, session: Session) -> list[Village]:
        return list(session.scalars(select(Village).where(Village.account_id == self.account_id).order_by(Village.id)))

    def _known(self, session: Session) -> list[VillageTag]:
        return list(session.scalars(select(VillageTag).where(VillageTag.account_id == self.account_id)))

    def _changed(self, session: Session, now: datetime | None) -> list[tuple[str, str, int | None, int | None]]:
        """Followers whose tag is not that of their village; with `now` also those set aside whose turn has come again."""
        tagged, made = FollowerTag.village_id, select(VillageTag.village_id)
        wanted = Follower.village_id.is_distinct_from(tagged)
        if now is not None:
            wanted |= FollowerTag.code.is_not(None) & (FollowerTag.again_at <= now)
        query = (
            select(Follower.openid_hash, Follower.openid_sealed, Follower.village_id, tagged)
            .outerjoin(
                FollowerTag,
                (FollowerTag.account_id == Follower.account_id) & (FollowerTag.openid_hash == Follower.openid_hash),
            )
            .where(
                Follower.account_id == self.account_id,
                Follower.unfollowed_at.is_(None),
                wanted,
                tagged.is_not(None) | Follower.village_id.in_(made),
            )
            .order_by(Follower.id)
            .limit(MOST_TAGS * BATCH)
        )
        return [(person, openid, village, tag) for person, openid, village, tag in session.execute(query)]


def _is_about_one(error: PlatformError) -> bool:
    return error.code is not None and reaction(error.code) is Reaction.SET_ASIDE

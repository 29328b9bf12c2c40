"""`fzbot demo`: a database of its own with a year of a made-up township, so that a newcomer sees the console alive."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fzbot import bootstrap, clock, migrations
from fzbot.answering.decision import DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import COMMAND_LINE
from fzbot.commands.demo_handovers import fill_handovers
from fzbot.commands.demo_ledger import fill_ledger
from fzbot.commands.demo_notices import fill_notices
from fzbot.db import database_url, make_engine, writing
from fzbot.errors import FzbotError
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.store import store
from fzbot.knowledge.notices import load_templates
from fzbot.people import account as accounts
from fzbot.people import members, village
from fzbot.people.account import Credentials
from fzbot.people.members import Profile
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role, Staff, villages_of
from fzbot.settings import Settings
from fzbot.statistics import rollup

SEED = 20261204
VILLAGES = (
    "红庄",
    "马家湾",
    "上店子",
    "下店子",
    "柳树沟",
    "杨洼",
    "石嘴",
    "南塬",
    "北塬",
    "大湾",
    "小川",
    "何堡",
    "新民",
)
ADVISERS = ("马律师", "王律师", "李律师")
PEOPLE_PER_VILLAGE = 160
QUESTIONS_PER_DAY = 38
UNHEARD = (
    "我家电视机收不到台了找谁",
    "孩子高考报哪个学校好",
    "明天赶集不",
    "羊粪多少钱一方",
    "修路啥时候修到我们村",
    "苹果树怎么剪枝",
)
HOURS = (1, 0, 0, 0, 0, 1, 3, 6, 9, 10, 9, 7, 8, 7, 6, 6, 7, 8, 10, 13, 14, 10, 5, 2)
"""How often people write, by hour of the day."""


@dataclass(frozen=True)
class Town:
    """The made-up township."""

    account_id: int
    villages: list[int]


def fill(settings: Settings, folder: Path, today: date) -> str:
    """Fill a new data folder with the year up to `today`; `FzbotError` when there is a database in it already."""
    if (folder / "fzbot.db").exists():
        raise FzbotError(f"{folder} 里已有数据库，演示数据不会混进去；请换一个文件夹，或先删掉它")
    demo = settings.model_copy(
        update={"data_dir": folder, "shared_dir": Path(), "database_url": "", "database_password": ""}
    )
    bootstrap.prepare(demo)
    password = bootstrap.first_admin(demo)
    snapshot = Snapshot.of_folder(demo.knowledge, folder / bootstrap.CACHE)
    engine = make_engine(database_url("", folder))
    try:
        migrations.upgrade(engine)
        rng = random.Random(SEED)  # noqa: S311 - the same town each time
        sealer = Sealer(demo.secret())
        town, advisers = _found(engine, sealer)
        _live(engine, rng, snapshot, town, today)
        with writing(engine) as session:
            # Dice of its own: the rest of the town stays the same when the ledger changes.
            dice = random.Random(SEED)  # noqa: S311 - the same ledger each time
            fill_ledger(session, dice, town.account_id, town.villages, ADVISERS, today)
            fill_handovers(session, dice, town.account_id, town.villages, today)
            templates = list(load_templates(demo.knowledge).values())
            fill_notices(session, dice, town.account_id, _rounds(session, town), templates, today)
        rollup.catch_up(engine)
    finally:
        engine.dispose()
    return (
        f"演示数据在 {folder}。看一看：FZBOT_DATA_DIR={folder} FZBOT_REQUIRE_TOTP=none make run\n"
        f"登录名 {bootstrap.FIRST_ADMIN}，一次性密码 {password}；法律顾问 {advisers}"
    )


def _found(engine: Engine, sealer: Sealer) -> tuple[Town, str]:
    now = clock.now()
    with writing(engine) as session:
        account = accounts.find(session, accounts.DEFAULT) or accounts.add(
            session, sealer, Credentials(accounts.DEFAULT, ""), "演示镇普法", now
        )
        account.name = "演示镇"
        villages = [village.add(session, account.id, f"{name}村").id for name in VILLAGES]
        said = [_adviser(session, account.id, number, villages, now) for number in range(3)]
    return Town(account.id, villages), "、".join(said)


def _rounds(session: Session, town: Town) -> list[tuple[int, list[int]]]:
    """The advisers with their villages."""
    query = select(Staff.id).where(Staff.account_id == town.account_id, Staff.role == Role.ADVISER.value)
    return [(id_, sorted(villages_of(session, id_))) for id_ in session.scalars(query.order_by(Staff.id))]


def _adviser(session: Session, account_id: int, number: int, villages: list[int], now: datetime) -> str:
    own = tuple(villages[number * 4 : number * 4 + 4])
    profile = Profile(f"guwen{number + 1}", ADVISERS[number], Role.ADVISER, account_id, own)
    _, password = members.add(session, profile, COMMAND_LINE, now)
    return f"{profile.login}（{password}）"


def _live(engine: Engine, rng: random.Random, snapshot: Snapshot, town: Town, today: date) -> None:
    asked = _repertoire(rng, snapshot)
    first = today - timedelta(days=364)
    for offset in range(365):
        day = first + timedelta(days=offset)
        rows = [_row(rng, town, day, number, *rng.choice(asked)) for number in range(_busy(rng, day))]
        rows += [_follow(rng, town, day, number) for number in range(rng.randrange(0, 7))]
        with engine.begin() as connection:
            store(connection, rows)


def _repertoire(rng: random.Random, snapshot: Snapshot) -> list[tuple[str, dict[str, Any]]]:
    wordings = [(entry.id, text) for entry in snapshot.entries.values() for text in entry.questions]
    texts = [_said(rng, text) for _, text in rng.sample(wordings, min(2500, len(wordings)))] + list(UNHEARD) * 12
    found = []
    for text in texts:
        decision = snapshot.decide(text)
        is_sure = decision.kind not in {DecisionKind.UNKNOWN, DecisionKind.SUGGEST}
        entry = decision.best.id if is_sure else None
        found.append((text, {"decision": decision.kind.value, "entry": entry, "score": decision.score}))
    return found


def _said(rng: random.Random, text: str) -> str:
    """A wording as it comes out of a phone: often a character short or two."""
    letters = list(text)
    for _ in range(rng.choice((0, 1, 2, 3))):
        if len(letters) > 5:
            letters.pop(rng.randrange(len(letters)))
    return "".join(letters)


def _busy(rng: random.Random, day: date) -> int:
    """A busier spring festival, market days, and the weeks around constitution day; growth over the year."""
    base = QUESTIONS_PER_DAY * (1.6 if day.month in {1, 2, 12} else 1.0) * (1.3 if day.day % 10 in {3, 8} else 1.0)
    return max(0, round(rng.gauss(base, base / 4)))


def _row(rng: random.Random, town: Town, day: date, number: int, text: str, decided: dict[str, Any]) -> NewInteraction:
    person = _person(rng)
    kind = MessageKind.VOICE if rng.random() < 0.25 else MessageKind.TEXT
    blank = _visit(rng, town, day, f"{day}q{number}", person)
    return replace(blank, kind=kind.value, question=text, reply="（演示数据，不存答复）", **decided)


def _follow(rng: random.Random, town: Town, day: date, number: int) -> NewInteraction:
    kind = MessageKind.SUBSCRIBE if rng.random() < 0.8 else MessageKind.UNSUBSCRIBE
    return replace(_visit(rng, town, day, f"{day}f{number}", _person(rng)), kind=kind.value)


def _person(rng: random.Random) -> int:
    # Few ask often, most ask once or twice.
    return int(rng.paretovariate(0.6)) % (PEOPLE_PER_VILLAGE * len(VILLAGES))


def _visit(rng: random.Random, town: Town, day: date, key: str, person: int) -> NewInteraction:
    """Somebody of the town at some hour of the day, nothing said yet."""
    hour = rng.choices(range(24), HOURS)[0]
    lives_in = town.villages[person % len(town.villages)] if person % 7 else None
    return NewInteraction(
        account_id=town.account_id,
        key=key,
        openid_hash=f"demo{person:028d}",
        village_id=lives_in,
        at=datetime.combine(day, time(hour, rng.randrange(60)), clock.CHINA),
        day=day,
        channel=Channel.WECHAT.value,
        kind=MessageKind.TEXT.value,
        reply="",
        latency_ms=round(rng.lognormvariate(0.6, 0.4), 3),
    )

"""What `fzbot doctor` finds in the database. It takes no write lock, save to try for a moment whether it is to be had."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine, func, inspect, not_, select, text
from sqlalchemy.exc import SQLAlchemyError

from fzbot import audit, migrations
from fzbot.commands.database_faults import CORRUPT, describe
from fzbot.commands.findings import Finding, Level
from fzbot.db import reading
from fzbot.errors import ConfigError
from fzbot.interactions.interaction import Interaction
from fzbot.migrations import partitions
from fzbot.people import key_fingerprint
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings

DATABASE = "数据库"
MANY_UNCOUNTED = 50_000


def examine_database(settings: Settings, engine: Engine) -> list[Finding]:
    """All findings; nothing more is looked at in a database that is away, damaged or empty."""
    found: list[Finding] = []
    for look in (_pages, _tables):
        found += _of_database(look, engine)
        if found[-1].is_bad:
            return found
    looks = (_lock, _schema, partial(_key, settings), _audit_chain, _rollups)
    return found[:-1] + [finding for look in looks for finding in _of_database(look, engine)]


def _of_database(look: Callable[[Engine], Finding], engine: Engine) -> list[Finding]:
    try:
        return [look(engine)]
    except SQLAlchemyError as error:
        return [Finding(DATABASE, Level.BAD, describe(error))]


def _tables(engine: Engine) -> Finding:
    if inspect(engine).get_table_names():
        return Finding(DATABASE, Level.GOOD, "有表")
    do = "运行一次 fzbot serve，会自动建好；本来有数据的，用 fzbot restore 恢复最近的备份"
    return Finding(DATABASE, Level.BAD, "数据库是空的：还没有启动过，或头一次启动时磁盘满了、断电了", do)


def _lock(engine: Engine) -> Finding:
    if engine.dialect.name == "sqlite":
        with engine.execution_options(fzbot_reading=False).connect() as connection:
            connection.execute(text("SELECT 1"))  # its transaction begins with the write lock, and is rolled back
    return Finding("写数据库", Level.GOOD, "没有被别的程序占着")


def _pages(engine: Engine) -> Finding:
    if engine.dialect.name != "sqlite":
        return Finding("数据库文件", Level.GOOD, "由 PostgreSQL 自己照看")
    with engine.connect() as connection:
        said = connection.scalars(text("PRAGMA quick_check(1)")).first()
    return (
        Finding("数据库文件", Level.GOOD, "每一页都读得通")
        if said == "ok"
        else Finding("数据库文件", Level.BAD, CORRUPT)
    )


def _key(settings: Settings, engine: Engine) -> Finding:
    try:
        secret = settings.find_secret()
        if secret is None:
            return Finding("密钥", Level.BAD, "有数据库，没有密钥", "把另存的密钥放回数据文件夹里的 secret.key")
        with reading(engine) as session:
            key_fingerprint.check(session, Sealer(secret))
    except ConfigError as error:
        return Finding("密钥", Level.BAD, str(error))
    return Finding("密钥", Level.GOOD, "是这个数据库的")


def _schema(engine: Engine) -> Finding:
    if migrations.is_current(engine):
        with engine.connect() as connection:
            is_whole = engine.dialect.name == "postgresql" and not partitions.is_split(connection)
        if is_whole:
            do = "所有机器都升级到这个版本后，运行一次 fzbot partition"
            return Finding(DATABASE, Level.WARNING, "表结构是最新的，互动记录还没按月分开", do)
        return Finding(DATABASE, Level.GOOD, f"{engine.dialect.name}，表结构是最新的")
    if migrations.is_ahead(engine):
        return Finding(DATABASE, Level.WARNING, "表结构比这个版本新，照常能用", "把这台机器上的 fzbot 也升级")
    do = "先备份，再运行 fzbot serve（启动时自动升级）"
    return Finding(DATABASE, Level.BAD, "表结构不是最新的", do)


def _audit_chain(engine: Engine) -> Finding:
    with reading(engine) as session:
        broken = audit.first_broken(session)
    if broken is None:
        return Finding("操作记录", Level.GOOD, "前后相连，没有被改过")
    return Finding(
        "操作记录", Level.BAD, f"从第 {broken} 条起对不上，有人直接改过库", "保留现场，和最近的备份比对，报告单位负责人"
    )


def _rollups(engine: Engine) -> Finding:
    with reading(engine) as session:
        query = select(func.count()).select_from(Interaction).where(not_(Interaction.counted))
        waiting = session.scalar(query) or 0
    if waiting > MANY_UNCOUNTED:
        return Finding("汇总", Level.WARNING, f"{waiting:,} 行还没汇总", "看服务是否在运行；运行时会自己追上")
    return Finding("汇总", Level.GOOD, f"{waiting:,} 行待汇总")

"""`fzbot doctor`: examines an installation, and says in Chinese what to do about each finding."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, func, not_, select, text
from sqlalchemy.exc import SQLAlchemyError

from fzbot import audit, bootstrap, clock, db, migrations
from fzbot.commands.database_faults import CORRUPT, describe
from fzbot.commands.doctor_loops import examine_loops
from fzbot.commands.doctor_platform import examine_platform
from fzbot.commands.doctor_settings import examine_settings, unknown_variables
from fzbot.commands.doctor_storage import examine_storage
from fzbot.commands.findings import Finding, Level
from fzbot.db import reading
from fzbot.errors import ConfigError, FzbotError
from fzbot.interactions.interaction import Interaction
from fzbot.knowledge import files
from fzbot.migrations import partitions
from fzbot.people import key_fingerprint
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings

LOW_DISK = 1 << 30
MANY_UNCOUNTED = 50_000
REACH_SECONDS = 3.0


def examine(settings: Settings) -> list[Finding]:
    """All findings. Looks only; changes nothing, save that a token of the platform may be fetched."""
    found = [
        *examine_settings(settings),
        *unknown_variables(),
        *_machine(settings),
        *examine_loops(settings),
        *_knowledge(settings),
    ]
    if not settings.database_url and not (settings.data_dir / db.SQLITE_FILE).exists():
        return [*found, Finding("数据库", Level.BAD, "还没有数据库", "运行一次 fzbot serve，会自动建好")]
    engine = bootstrap.open_engine(settings)
    try:
        return found + _database(settings, engine)
    finally:
        engine.dispose()


def _database(settings: Settings, engine: Engine) -> list[Finding]:
    sound = _of_database(_pages, engine)
    if any(finding.is_bad for finding in sound):
        return sound
    looks = (_schema, partial(_key, settings), _audit_chain, _rollups)
    return (
        sound + [finding for look in looks for finding in _of_database(look, engine)] + _of_platform(settings, engine)
    )


def _machine(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    said = f"{settings.data_dir} 所在磁盘还有 {free / (1 << 30):.1f} GB"
    low = free < LOW_DISK
    yield Finding("磁盘", Level.BAD if low else Level.GOOD, said, "清理磁盘或换大盘" if low else "")
    yield from examine_storage(settings.data_dir, settings.shared)
    yield _fonts()
    yield _clock()
    if settings.wechat_app_id:
        yield _reach(settings.wechat_api_base)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding("中文字体", Level.GOOD, "报告按字体名写，打开报告的电脑上有仿宋、黑体即可")
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
    has = bool(listed.stdout.strip())
    return Finding("中文字体", Level.GOOD, "有" if has else "服务器上没有；报告按字体名写，不影响")


def _clock() -> Finding:
    now = clock.now()
    shown = now.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if now.year < 2026:
        return Finding("时钟", Level.BAD, f"现在是北京时间 {shown}？", "校准时间，开启 NTP（timedatectl set-ntp true）")
    return Finding("时钟", Level.GOOD, f"北京时间 {shown}，请和手机对一下；差 5 分钟以上公众号消息会被拒")


def _reach(address: str) -> Finding:
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=REACH_SECONDS):
            return Finding("连微信平台", Level.GOOD, f"能连上 {parts.hostname}")
    except OSError as error:
        do = f"请网管放行本机到 {parts.hostname} 的 443 端口，并把本机出口 IP 加进公众平台的 IP 白名单"
        return Finding("连微信平台", Level.WARNING, f"连不上 {parts.hostname}（{error}）：能自动回复，不能主动推送", do)


def _knowledge(settings: Settings) -> Iterator[Finding]:
    try:
        base = files.load_sound(settings.knowledge)
    except FzbotError as error:
        yield Finding("知识库", Level.BAD, str(error), "运行 fzbot knowledge check，按提示改")
        return
    stale = [entry.id for entry in base.entries if entry.is_stale(clock.today())]
    do = "在后台“知识库”里核对后改复核日期" if stale else ""
    said = f"{len(base.entries)} 条，{len(stale)} 条过了复核日期"
    yield Finding("知识库", Level.WARNING if stale else Level.GOOD, said, do)
    blank = [body.name for body in base.directory.local.values() if not body.phone]
    if blank:
        do = f"把电话填进 {settings.knowledge / 'directory.yaml'} 的 local 部分"
        yield Finding("本地机构电话", Level.WARNING, f"没填：{'、'.join(blank)}", do)


def _of_database(look: Callable[[Engine], Finding], engine: Engine) -> list[Finding]:
    try:
        return [look(engine)]
    except SQLAlchemyError as error:
        return [Finding("数据库", Level.BAD, describe(error))]


def _of_platform(settings: Settings, engine: Engine) -> list[Finding]:
    try:
        secret = settings.find_secret()
        return examine_platform(settings, engine, Sealer(secret)) if secret else []
    except (SQLAlchemyError, ConfigError):  # said already, by the checks of the database and of the key
        return []


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
            return Finding("数据库", Level.WARNING, "表结构是最新的，互动记录还没按月分开", do)
        return Finding("数据库", Level.GOOD, f"{engine.dialect.name}，表结构是最新的")
    if migrations.is_ahead(engine):
        return Finding("数据库", Level.WARNING, "表结构比这个版本新，照常能用", "把这台机器上的 fzbot 也升级")
    do = "先备份，再运行 fzbot serve（启动时自动升级）"
    return Finding("数据库", Level.BAD, "表结构不是最新的", do)


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

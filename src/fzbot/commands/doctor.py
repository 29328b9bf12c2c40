"""`fzbot doctor`: examines an installation, and says in Chinese what to do about each finding."""

import shutil
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, func, not_, select
from sqlalchemy.exc import SQLAlchemyError

from fzbot import audit, bootstrap, clock, migrations
from fzbot.commands.doctor_loops import examine_loops
from fzbot.commands.doctor_platform import examine_platform
from fzbot.commands.findings import Finding, Level
from fzbot.db import reading
from fzbot.errors import FzbotError
from fzbot.interactions.interaction import Interaction
from fzbot.knowledge import files
from fzbot.migrations import partitions
from fzbot.settings import SECRET_FILE, Settings

LOW_DISK = 1 << 30
MANY_UNCOUNTED = 50_000
REACH_SECONDS = 3.0


def examine(settings: Settings) -> list[Finding]:
    """All findings. Looks only; changes nothing, save that a token of the platform may be fetched."""
    engine = bootstrap.open_engine(settings)
    try:
        found = [*_configuration(settings), *_machine(settings), *examine_loops(settings), *_knowledge(settings)]
        for look in (_schema, _audit_chain, _rollups):
            found += _of_database(look, engine)
        return found + _of_platform(settings, engine)
    finally:
        engine.dispose()


def _configuration(settings: Settings) -> Iterator[Finding]:
    is_local = "127.0.0.1" in settings.public_url or "localhost" in settings.public_url
    if settings.wechat_token and is_local:
        do = "把 FZBOT_PUBLIC_URL 设成村民手机能打开的 https 地址"
        yield Finding("对外地址", Level.BAD, f"{settings.public_url} 手机打不开", do)
    elif settings.wechat_token and not settings.public_url.startswith("https://"):
        yield Finding(
            "对外地址", Level.WARNING, "不是 https", "在前面的 nginx 配好证书，FZBOT_PUBLIC_URL 写 https 地址"
        )
    else:
        yield Finding("对外地址", Level.GOOD, settings.public_url)
    yield _official_account(settings)
    if settings.simulator and settings.wechat_token:
        yield Finding("模拟聊天", Level.WARNING, "正式服务上开着", "去掉 FZBOT_SIMULATOR")
    yield from _secret(settings)


def _official_account(settings: Settings) -> Finding:
    if not settings.wechat_token:
        do = "要接公众号，设置 FZBOT_WECHAT_TOKEN 等，步骤见 README.zh-CN.md"
        return Finding("公众号", Level.WARNING, "默认公众号没有配置", do)
    if settings.wechat_aes_key and not settings.wechat_app_id:
        do = "从公众平台“基本配置”里复制 AppID，设置 FZBOT_WECHAT_APP_ID"
        return Finding("公众号", Level.BAD, "有密钥，没有 AppID：加密的消息一条也解不开", do)
    if not settings.wechat_aes_key:
        return Finding("公众号", Level.WARNING, "没有配置消息加密密钥", "公众平台选安全模式，设置 FZBOT_WECHAT_AES_KEY")
    if settings.wechat_plain:
        do = "去掉 FZBOT_WECHAT_PLAIN；公众平台选安全模式或兼容模式都不需要它"
        return Finding("公众号", Level.WARNING, "也收明文消息：截到一条消息的网址，就能冒充别人", do)
    return Finding("公众号", Level.GOOD, "已配置，安全模式")


def _secret(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir / SECRET_FILE
    if settings.secret_key or not path.exists():
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("密钥文件", Level.BAD, f"{path} 别人也能读", f"运行 chmod 600 {path}")
    else:
        yield Finding("密钥文件", Level.GOOD, "只有本账号能读；请另存一份，丢了就解不开关注者编号")


def _machine(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    said = f"{settings.data_dir} 所在磁盘还有 {free / (1 << 30):.1f} GB"
    low = free < LOW_DISK
    yield Finding("磁盘", Level.BAD if low else Level.GOOD, said, "清理磁盘或换大盘" if low else "")
    waiting = sum(path.stat().st_size for path in (settings.data_dir / "spool").glob("*.jsonl"))
    do = "数据库恢复后会自动补写；一直不减少就看日志" if waiting else ""
    yield Finding("待补写", Level.WARNING if waiting else Level.GOOD, f"{waiting} 字节", do)
    rejected = settings.data_dir / "spool" / "rejected.txt"
    if rejected.exists():
        yield Finding("被拒的行", Level.BAD, f"{rejected} 里有数据库不收的行", "把文件交给开发者看")
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
        do = "检查 FZBOT_DATABASE_URL 和数据库服务；没启动过就先运行一次 fzbot serve"
        return [Finding("数据库", Level.BAD, f"{look.__name__.strip('_')} 没查成（{type(error).__name__}）", do)]


def _of_platform(settings: Settings, engine: Engine) -> list[Finding]:
    try:
        return examine_platform(settings, engine)
    except SQLAlchemyError:  # said already, by the checks of the database
        return []


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

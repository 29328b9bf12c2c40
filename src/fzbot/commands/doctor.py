"""`fzbot doctor`: examines an installation, and says in Chinese what to do about each finding."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from fzbot import bootstrap, clock, db
from fzbot.commands.doctor_database import DATABASE, examine_database
from fzbot.commands.doctor_loops import examine_loops
from fzbot.commands.doctor_platform import examine_platform
from fzbot.commands.doctor_settings import examine_settings, unknown_variables
from fzbot.commands.doctor_storage import examine_storage
from fzbot.commands.findings import Finding, Level
from fzbot.errors import ConfigError, FzbotError
from fzbot.knowledge import files
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings

LOW_DISK = 1 << 30
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
    return [*found, *_database(settings)]


def _database(settings: Settings) -> list[Finding]:
    try:
        url = bootstrap.database_url(settings)
        engine = db.make_engine_to_look(url)
        bootstrap.keep_audit_key(settings, engine)
    except ConfigError as error:
        return [Finding("数据库", Level.BAD, str(error))]
    if engine.dialect.name == "sqlite" and not Path(make_url(url).database or "").exists():
        return [Finding("数据库", Level.BAD, "还没有数据库", "运行一次 fzbot serve，会自动建好")]
    try:
        found = examine_database(settings, engine)
        if any(finding.is_bad and finding.what == DATABASE for finding in found):
            return found
        # A token that is fetched is kept for the service.
        return [
            *found,
            *_of_platform(settings, engine.execution_options(fzbot_reading=False, postgresql_readonly=False)),
        ]
    finally:
        engine.dispose()


def _machine(settings: Settings) -> Iterator[Finding]:
    for folder in dict.fromkeys((settings.data_dir, settings.shared)):
        free = shutil.disk_usage(_existing(folder)).free
        said = f"{folder} 所在磁盘还有 {free / (1 << 30):.1f} GB"
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


def _of_platform(settings: Settings, engine: Engine) -> list[Finding]:
    try:
        secret = settings.find_secret()
        return examine_platform(settings, engine, Sealer(secret)) if secret else []
    except (SQLAlchemyError, ConfigError):  # said already, by the checks of the database and of the key
        return []

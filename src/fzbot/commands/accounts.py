"""`fzbot account`: further official accounts on this service."""

import re

from sqlalchemy import select

from fzbot import bootstrap, clock, db
from fzbot.errors import AccountError
from fzbot.people import account as accounts
from fzbot.people.account import Account, Credentials
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings

KINDS = ("subscription", "service", "subscription-unverified", "service-unverified")
RESERVED = (accounts.DEFAULT, bootstrap.KIOSK, bootstrap.SIMULATOR)
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
AES_KEY = re.compile(r"([A-Za-z0-9]{43})?")


def add(settings: Settings, slug: str, name: str, app_id: str, kind: str, secrets: dict[str, str]) -> str:
    """Store an account, its secrets sealed; says what to fill in on the platform. `AccountError` on bad input."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise AccountError(f"短名只能用小写字母、数字和连字符，且不能是 {'、'.join(RESERVED)}")
    if kind not in KINDS:
        raise AccountError(f"类型要是这几个之一：{'、'.join(KINDS)}")
    if not TOKEN.fullmatch(secrets["token"]):
        raise AccountError("令牌 Token 要 3–32 个字母或数字，和公众平台上填的一样")
    if not AES_KEY.fullmatch(secrets["aes_key"]):
        raise AccountError("EncodingAESKey 应是 43 个字母和数字")
    bootstrap.prepare(settings)
    credentials = Credentials(slug=slug, app_id=app_id, kind=kind, **secrets)
    engine = bootstrap.open_engine(settings)
    try:
        with db.make_sessions(engine)() as session:
            accounts.add(session, Sealer(settings.secret()), credentials, name, clock.now())
            session.commit()
    finally:
        engine.dispose()
    return f"已添加 {name}。公众平台“基本配置”里的服务器地址填：{settings.public_url}/wechat/{slug}"


def listing(settings: Settings) -> str:
    """A line for each account, without secrets."""
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with db.reading(engine) as session:
            rows = session.scalars(select(Account).order_by(Account.id)).all()
    finally:
        engine.dispose()
    return "\n".join(f"{row.slug}\t{row.name}\t{row.kind}\t{row.app_id or '（环境变量）'}" for row in rows)

"""What `fzbot doctor` finds on the platform, for each account that has a key to it. A token may be fetched; nothing else changes."""

from collections.abc import Callable, Iterator

from sqlalchemy import Engine, select

from fzbot.commands.findings import Finding, Level
from fzbot.db import reading
from fzbot.errors import FzbotError, PlatformError
from fzbot.outgoing import open_outgoing
from fzbot.people.account import Account
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings
from fzbot.wechat.account_admin import WeChatAccountAdmin

NOT_ON_THE_LIST = (40164, 61004, 45035)
WRONG_KEY = (40001, 40013, 40125)
SHOWN = 5


def examine_platform(settings: Settings, engine: Engine, sealer: Sealer) -> list[Finding]:
    """All findings."""
    outgoing = open_outgoing(settings, engine, sealer)
    try:
        with reading(engine) as session:
            rows = session.scalars(select(Account).order_by(Account.id)).all()
        side = outgoing.account_admin()
        connected = [row for row in rows if outgoing.platforms.find(row.id) is not None]
        return [finding for row in connected for finding in _account(side, row)]
    finally:
        outgoing.close()


def _account(side: WeChatAccountAdmin, account: Account) -> Iterator[Finding]:
    what = f"{account.name}：{{}}".format
    try:
        side.check_token(account.id)
    except PlatformError as error:
        yield Finding(what("access_token"), Level.BAD, str(error), _mend(error))
        return
    yield Finding(what("access_token"), Level.GOOD, f"拿得到；{side.kind(account.id).label}")
    obstacle = side.obstacle(account.id)
    if obstacle:
        yield Finding(what("菜单"), Level.GOOD, obstacle)
        return
    put = "改好 menu.yaml 后运行 fzbot menu put，或在后台“公众号”里点“放到公众号上”"
    yield _compared(what("菜单"), lambda: side.menu_differences(account.id), put)
    tagged = "服务运行时每 10 分钟自动同步；急用可在后台“公众号”里点“同步标签”"
    yield _compared(what("村标签"), lambda: side.tag_differences(account.id), tagged)


def _compared(what: str, look: Callable[[], list[str]], mend: str) -> Finding:
    try:
        found = look()
    except PlatformError as error:
        return Finding(what, Level.WARNING, str(error), _mend(error))
    except FzbotError as error:
        return Finding(what, Level.BAD, str(error), "运行 fzbot knowledge check，按提示改")
    if not found:
        return Finding(what, Level.GOOD, "和公众号上的一致")
    more = f" 等 {len(found)} 处" if len(found) > SHOWN else ""
    return Finding(what, Level.WARNING, "；".join(found[:SHOWN]) + more, mend)


def _mend(error: PlatformError) -> str:
    if error.code in NOT_ON_THE_LIST:
        said = str(error.answer.get("errmsg", ""))
        return f"把本机出口 IP 加进公众平台“设置与开发—基本配置—IP白名单”（微信说：{said[:120]}）"
    if error.code in WRONG_KEY:
        return "核对 FZBOT_WECHAT_APP_ID 和 FZBOT_WECHAT_APP_SECRET；忘了就在公众平台重置 AppSecret"
    return "稍后再试；一直这样就登录公众平台看通知，或看 FZBOT_WECHAT_API_BASE"

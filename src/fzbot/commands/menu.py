"""`fzbot menu`: the configured menu, and putting it on the platform."""

from sqlalchemy import Engine

from fzbot import audit, bootstrap, clock, db
from fzbot.audit import COMMAND_LINE, Change
from fzbot.errors import AccountError
from fzbot.knowledge.menu import SUB_HANZI, TOP_HANZI, cut, load_menu
from fzbot.outgoing import open_outgoing
from fzbot.people import account as accounts
from fzbot.settings import Settings


def show(settings: Settings) -> str:
    """The configured menu, as followers will see it."""
    lines = []
    for button in load_menu(settings.knowledge).buttons:
        lines.append(cut(button.name, TOP_HANZI))
        lines += [f"  {cut(item.name, SUB_HANZI)}\t{item.key or item.link or item.page}" for item in button.items]
    return "\n".join(lines)


def put(settings: Settings, slug: str) -> str:
    """Put it on the platform; `PlatformError` when the platform refuses, `AccountError` where there is no such account."""
    bootstrap.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    outgoing = open_outgoing(settings, engine, bootstrap.open_sealer(settings, engine))
    try:
        account_id = _account(engine, slug)
        outgoing.account_admin().put_menu(account_id)
        with db.writing(engine) as session:
            audit.record(session, COMMAND_LINE, Change("menu.put", f"account:{account_id}"), clock.now())
    finally:
        outgoing.close()
        engine.dispose()
    return "菜单已放到公众号上；手机上一般几分钟后看到，最多 24 小时，取消关注再关注能马上看到"


def _account(engine: Engine, slug: str) -> int:
    with db.reading(engine) as session:
        account = accounts.find(session, slug)
    if account is None:
        raise AccountError(f"没有叫 {slug} 的公众号，先看 fzbot account list")
    return account.id

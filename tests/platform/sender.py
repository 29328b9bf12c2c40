"""A process that sends to many followers at once: `python -m tests.platform.sender DATABASE PLATFORM ACCOUNT FIRST NUMBER`."""

import sys
from concurrent.futures import ThreadPoolExecutor

from fzbot import db
from fzbot.migrations import tables
from fzbot.people.sealing import Sealer
from fzbot.wechat.connections import make_http
from fzbot.wechat.platform import Key, Platform
from fzbot.wechat.token_table import TableTokenStore
from tests.platform.simulated import CREDENTIALS


def main(database: str, address: str, account: int, first: int, number: int) -> None:
    assert tables.TABLES
    engine = db.make_engine(database)
    store = TableTokenStore(engine, Sealer("a secret that is only for tests"), account)
    with make_http(address) as http, ThreadPoolExecutor(number) as pool:
        platform = Platform(http, Key(CREDENTIALS.app_id, CREDENTIALS.app_secret), store)
        bodies = (
            {"touser": f"o-{one}", "msgtype": "text", "text": {"content": "您好"}}
            for one in range(first, first + number)
        )
        list(pool.map(lambda body: platform.call("/cgi-bin/message/custom/send", body), bodies))
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(argument) for argument in sys.argv[3:6]))

"""Many followers at once, for tests and benches of notices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, insert

from fzbot.clock import china_day
from fzbot.interactions.interaction import Interaction
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer

CHUNK = 10_000


def gather(
    engine: Engine, sealer: Sealer, account: int, villages: Sequence[int], number: int, now: datetime
) -> list[str]:
    """Followers of the villages in turn, each of whom has just written; returns their openids."""
    openids = [f"o-{one}" for one in range(number)]
    for first in range(0, number, CHUNK):
        part = openids[first : first + CHUNK]
        hashes = {openid: sealer.hash(openid) for openid in part}
        village = {openid: villages[(first + place) % len(villages)] for place, openid in enumerate(part)}
        followers = [
            {
                "account_id": account,
                "openid_hash": hashes[openid],
                "openid_sealed": sealer.seal(openid),
                "village_id": village[openid],
                "followed_at": now,
                "last_message_at": now,
            }
            for openid in part
        ]
        messages = [
            {
                "account_id": account,
                "key": hashes[openid],
                "openid_hash": hashes[openid],
                "village_id": village[openid],
                "at": now,
                "day": china_day(now),
                "channel": "wechat",
                "kind": "text",
                "reply": "",
                "reply_bytes": 0,
                "latency_ms": 0.0,
            }
            for openid in part
        ]
        with engine.begin() as connection:
            connection.execute(insert(Follower), followers)
            connection.execute(insert(Interaction), messages)
    return openids

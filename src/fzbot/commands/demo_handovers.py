"""The questions that the made-up township passed to its advisers: most are answered, the newest wait."""

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.audit import COMMAND_LINE
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover

DAYS = 365
EVERY_DAYS = 4
OPEN_DAYS = 9
TALKS = (
    (
        "我哥把老院子卖给外村人了，我没签字，这买卖算不算数",
        "院子是你们几家共有的，一个人卖不算数的可能大。带上户口本和旧地契，星期三下午到村委会找我，先把证据看一遍，不要先闹。",
    ),
    (
        "给合作社拉了一夏天货，运费九千六一直没给",
        "把装货单、微信记录和通话录音留好，我先出面约他们到司法所调解；调解不成，再帮您写支付令申请。",
    ),
    (
        "媳妇带娃回娘家两年不回来，娃上学要户口本咋办",
        "上学的事先和学校说明，凭出生医学证明可以先报名。户口本的事我打电话给女方说，您先别去娘家要人。",
    ),
    (
        "修水渠占了我家三分地，说好的补偿没见钱",
        "请把当时量地的单子拍照发来，我到村委会查公开的补偿表；该公开没公开的，我陪您向乡里书面问清楚。",
    ),
    (
        "打工摔了腿，老板给了五千就不管了，能不能再要",
        "能要的不止五千。先去申请工伤认定（出事一年内），病历、工友的证明、工资转账都留着，明天我帮您填表。",
    ),
)
"""A question, and what the adviser wrote back."""


def fill_handovers(session: Session, rng: random.Random, account_id: int, villages: list[int], today: date) -> None:
    """One in four days somebody asks for a person; the last days' questions are still open."""
    for number, before in enumerate(range(DAYS - 1, -1, -EVERY_DAYS)):
        question, words = TALKS[number % len(TALKS)]
        asked_at = datetime.combine(today - timedelta(days=before + 1), time(rng.randrange(8, 21), 12), clock.CHINA)
        values = handover.values(account_id, f"demo handover {number}", f"{number:032x}", question, asked_at)
        found = Handover(**values, village_id=rng.choice(villages))
        session.add(found)
        session.flush()
        if before >= OPEN_DAYS:
            answered_at = asked_at + timedelta(hours=rng.randrange(1, 30))
            handover.answer(session, found, words, COMMAND_LINE, answered_at)
            found.delivered_at = answered_at

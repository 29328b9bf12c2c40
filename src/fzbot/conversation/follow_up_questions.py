"""Short messages that only mean something after an answer: “依据”, “要多久”, “他不来呢”."""

import re
from enum import StrEnum

from fzbot.knowledge.folding import fold


class FollowUp(StrEnum):
    """What is asked about the last answer, or of the bot itself."""

    MENU = "menu"
    MORE = "more"
    BASIS = "basis"
    CONTACTS = "contacts"
    COST = "cost"
    DURATION = "duration"
    PLACE = "place"
    PAPERS = "papers"
    ABSENT = "absent"
    NOT_THIS = "not-this"


_WHOLE: tuple[tuple[FollowUp, re.Pattern[str]], ...] = (
    (
        FollowUp.NOT_THIS,
        re.compile(r"(?:我(?:问|说)的)?(?:都)?不(?:是|对)(?:这|那)?(?:个|些|条|一条|事|件事)(?:啊|呀|呢|哩)?|都不是"),
    ),
    (FollowUp.MENU, re.compile(r"菜单|目录|主页|首页|返回|常见问题|功能|menu|帮助|help")),
    (
        FollowUp.MORE,
        re.compile(
            r"(?:请|能|可以)?(?:再|说|讲|更)?(?:说|讲)?(?:得|的)?(?:再)?(?:详细|具体|清楚|仔细)(?:一?点|些|一些|说说|讲讲)?(?:吗|呗|吧|的)?|还有(?:呢|吗)|更多|继续|然后呢|没看懂|不太懂"
        ),
    ),
    (
        FollowUp.BASIS,
        re.compile(
            r"(?:法律|有啥|有什么|什么|啥|哪条|哪个)?(?:法律)?(?:依据|根据)(?:是?(?:什么|啥|哪条))?(?:呢|吗)?|(?:是)?(?:哪条|哪部|什么|啥|哪个)法(?:律)?(?:规定)?(?:的)?|法条"
        ),
    ),
    (
        FollowUp.CONTACTS,
        re.compile(
            r"(?:联系)?(?:电话|号码|联系方式)(?:是?多少|号码|呢|给我|有吗)?|打(?:什么|哪个|啥)电话|(?:该|应该|要)?(?:找|问)谁(?:呢|去)?"
        ),
    ),
    (
        FollowUp.COST,
        re.compile(
            r"(?:那|这|这个|那个|大概|一共|得|需要|要)*(?:花|出|交|收|费)?(?:多少|几个|啥|什么)(?:钱|费用|费)(?:呢|呀|啊|吗)?|(?:那|这|这个)?(?:要|收|花|用|得|需要)?(?:不要|不收|要不要|收不收)?(?:钱|费)(?:吗|不|呢|么)|(?:那|这|这个)?(?:还)?(?:要不要|收不收|用不用|花不花)(?:花|交|掏|收)?(?:我的?)?(?:钱|费)(?:啊|呀|呢)?|费用(?:呢|多少|怎么算)?|贵不贵|(?:是)?免费(?:的)?吗"
        ),
    ),
    (
        FollowUp.DURATION,
        re.compile(
            r"(?:那|这|这个|大概|得|需要|要|等|办)*(?:多久|多长时间|多少天|几天|几个月|啥时候|什么时候)(?:能|可以)?(?:办好|办完|下来|出来|有结果|完)?(?:呢|呀|啊|吗)?|时间(?:呢|多长)"
        ),
    ),
    (
        FollowUp.PLACE,
        re.compile(
            r"(?:那|这|这个|我|该|应该|要|得)*(?:去|到|在|上)?(?:哪|哪里|哪儿|哪搭|阿达|什么地方|啥地方|哪个部门|哪个地方)(?:去)?(?:办|办理|弄|申请|告|问|交|找|说)?(?:呢|呀|啊|里)?"
        ),
    ),
    (
        FollowUp.PAPERS,
        re.compile(
            r"(?:那|这|我|都|要|需要|得|该|还)*(?:带|准备|交|提交|拿)?(?:些|点)?(?:什么|啥|哪些)(?:材料|手续|证件|资料|东西|证据|证明)(?:呢|吗)?|(?:材料|手续|证件)(?:呢|有哪些|要啥)?"
        ),
    ),
    (
        FollowUp.ABSENT,
        re.compile(
            r"(?:那|要是|如果|万一|可是|但是)*(?:他|她|对方|人家|那边|人|他们)(?:要是|如果|就是|硬是|死活)?(?:不来|不去|不到|不出面|不见面|不配合|不同意|不答应|不肯|不理|找不到|跑了|不给|耍赖|不认)(?:了)?(?:呢|咋办|怎么办|咋弄|嘛)?"
        ),
    ),
)


def follow_up_in(text: str) -> FollowUp | None:
    """What a short message asks about the last answer; None when it stands on its own."""
    folded = fold(text)
    return next((asked for asked, pattern in _WHOLE if pattern.fullmatch(folded)), None)


_LOOSE: tuple[tuple[FollowUp, re.Pattern[str]], ...] = (
    (
        FollowUp.ABSENT,
        re.compile(r"不来|不去|不到场|不出面|不配合|不同意|不答应|不肯|不理|找不[到着]|躲|耍赖|不认|不给"),
    ),
    (
        FollowUp.PAPERS,
        re.compile(
            r"(?:啥|什么|哪些)(?:材料|手续|证件|证据|证明|东西)|(?:材料|手续|证件)(?:要|有)|带啥|带什么|准备啥|准备什么"
        ),
    ),
    (
        FollowUp.COST,
        re.compile(r"多少钱|[几多]少费|要钱|收钱|收费|免费|花钱|花多少|费用|赔多少|赔几|贵不贵|掏钱|要不要钱"),
    ),
    (
        FollowUp.DURATION,
        re.compile(
            r"多久|多长|几天|几个月|啥时|什么时候|时间|几点|上班|下班|晚上|夜里|半夜|周末|星期|礼拜|放假|期限|过期"
        ),
    ),
    (FollowUp.CONTACTS, re.compile(r"电话|号码|找谁|谁管|谁办|哪家|联系")),
    (FollowUp.PLACE, re.compile(r"[去在到上找]哪|哪里|哪儿|哪搭|啥地方|什么地方|地址|怎么走|窗口")),
)
"""What a few words ask that are known to be about the last answer."""


def loose_follow_up(text: str) -> FollowUp | None:
    """What words about an answer ask of it; None when they do not say."""
    return next((asked for asked, pattern in _LOOSE if pattern.search(fold(text))), None)

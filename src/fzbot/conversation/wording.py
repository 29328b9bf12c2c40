"""Every fixed sentence that villagers read in the chat."""

from fzbot.interactions.message_kind import MessageKind
from fzbot.knowledge.directory import Contact
from fzbot.knowledge.entry import Danger

URGENT_FIRST = {
    Danger.VIOLENCE: "⚠️ 有人正在打你、威胁你，或者有人受伤：先到安全的地方，马上打 110，受伤打 120。",
    Danger.FRAUD: "⚠️ 钱已经转了：马上打 110 报警，越快越可能拦住。还没转：先别转，打 96110 问清楚。",
    Danger.SUICIDE: "⚠️ 先别一个人扛着。现在就打 12356，有人陪你说话；情况危急打 110 或 120。",
    Danger.CHILD: "⚠️ 孩子不见了、有危险或正被伤害：马上打 110，不用等24小时；受伤打 120。",
    Danger.CONFINED: "⚠️ 人被关着、被控制、被逼着做事：想办法马上打 110，说清在哪里。",
    Danger.LIFE: "⚠️ 救命要紧：中毒、落水、受伤、昏迷、被咬，马上打 120；着火、漏煤气、人被压被困，打 119。先顾好自己的安全，说清在哪里。",
    Danger.ELDER: "⚠️ 老人走丢、被扔下、没人管：马上打 110，不用等24小时；冻坏了、叫不醒打 120。再找村委会，或打 12345。",
}

LIKELY_ANSWER = "您问的像是【{title}】：\n{gist}\n\n看全部，或看别的，回数字：\n{choices}"
WHOLE = "看全部"
NOT_THIS = "不是这个"
NONE = "都不是"
ANSWERED_BEFORE = "这个刚才答过：【{title}】\n{gist}\n\n看全部，回数字：\n{whole}\n还不清楚，就说哪里不清楚；要人说，打 12348 或找{adviser}。"
ASKED_THRICE = (
    "【{title}】这件事您问了好几遍，我说的怕是没帮上。跟人说更管用：打 12348 免费问律师，或找{adviser}。\n"
    "回“好”，我就把您的话转给法律顾问；再看一遍，回数字：\n{whole}"
)
NOT_IN_ANSWER = "这一点答案里没有写，问这里最准："
SUGGEST = "您问的是不是下面哪一个？回数字就行："
SUGGEST_END = "都不是的话，换个说法再问一遍，或打 12348 免费问律师。"
RELATED = "接着想问（回数字）："
MENU = "您可以直接把事情打字或说出来，也可以回数字看常见问题："
TOPIC = "【{name}】大家常问这些，回数字看答案："
TOPIC_END = "没有您要的，就直接把事情说出来。"
PICK_RANGE = "刚才只列了 {count} 条，请回 1 到 {count} 的数字，或直接把问题说出来。"
PICK_NOTHING = "这会儿没有可以按数字选的。请直接把问题说出来，例如“彩礼能不能要回来”；回“菜单”看常见问题。"

VOICE_UNHEARD = "这条语音没能听出字来。请慢一点、近一点再说一遍，或者打字告诉我。急事打 110，问法律打 12348。"
IMAGE_UNSEEN = "图片我看不懂。请把图里要紧的字打给我，或用语音说说是什么事，我来答。急事打 110，问法律打 12348。"
VIDEO_UNSEEN = "视频我看不懂。请打字或用语音说说是什么事，我来答。急事打 110，问法律打 12348。"
PLACE_UNSEEN = "位置收到了，可我看不了地图。请打字或用语音说说出了什么事；有危险马上打 110，说清在哪里。"
LINK_UNSEEN = "链接我点不开。请把里面说了什么打给我；叫您转钱、填银行卡的，先别点、别填，打 96110 问清楚。"
LINK_READ = "链接我点不开，只看了题目“{title}”。里面叫您转钱、填银行卡、下载软件的，先别照做，打 96110 问清楚。\n\n"
EMPTY = "没有看到文字。请把事情打字或用语音说出来，例如“工钱不给咋办”。急事打 110，问法律打 12348。"
UNREADABLE = "这一条我没能读出来。请把事情重新打字或用语音说出来，我来答。急事打 110，问法律打 12348。"
WORDLESS = {
    MessageKind.TEXT: EMPTY,
    MessageKind.VOICE: VOICE_UNHEARD,
    MessageKind.IMAGE: IMAGE_UNSEEN,
    MessageKind.VIDEO: VIDEO_UNSEEN,
    MessageKind.SHORT_VIDEO: VIDEO_UNSEEN,
    MessageKind.LOCATION: PLACE_UNSEEN,
    MessageKind.LINK: LINK_UNSEEN,
    MessageKind.OTHER: UNREADABLE,
}
"""What is said to messages without words; nothing to other kinds."""
SCANNED = "已记下您是{village}的乡亲。有法律上的事，直接打字或说出来。"
NOT_FOUND = "这一条暂时看不到了。请直接把问题说出来，回“菜单”看常见问题。"
COMPLAINT_NEXT = "记下了，我们会有人看。您想问的是不是下面这些？回数字："
COMPLAINT_NONE = (
    "记下了，我们会有人看。请换个说法再问一遍，把最想知道的放在前面；也可以打 12348 免费问律师，或找{adviser}。"
)
NO_LAST = "您说的是哪一件事？请先问一个问题，再回“依据”“电话”或“再详细点”。"

TOO_FAST = "您发得太快了，请一分钟后再发。急事打 110，问法律打 12348。"
TRY_LATER = "这会儿办不了，请过几分钟再发一遍。急事打 110，问法律打 12348。"
BUSY = "这会儿太忙，没来得及看您的话，请过几分钟再发一遍。急事打 110，问法律打 12348。"
HANDED_OVER = (
    "已转给{adviser}：“{question}”。\n\n一般一两天内在这里回复您。请别删关注，收到答复前可以补充，补充也用“转人工”开头。"
    "等不及就打 12348，免费问律师；有人身危险打 110。"
)
HANDOVER_ASK = (
    "可以。请把要问的事发过来，一条说完，我转给法律顾问。例如：我家的地被修路占了，没人说补偿。\n\n"
    "等不及就打 12348，免费问律师；有人身危险打 110。"
)
HANDOVER_WHICH = (
    "可以。要转的是刚才这句“{question}”吗？是，就回“好”；不是，请把要问的事发过来，一条说完。\n\n"
    "等不及就打 12348，免费问律师；有人身危险打 110。"
)
HANDOVER_LEFT = "好的，不转了。有事再问我，或打 12348 免费问律师。"
SHOWN_INFO = (
    "这里存着您的：\n1. 一个认不出姓名的编号，来自微信；\n2. 所在的村：{village}；\n"
    "3. 从 {first} 起的 {number} 次互动（问的话已遮住身份证、电话、卡号）；\n4. 转人工的问题 {handed_over} 个。\n\n"
    "村不对，就发“我是某某村”；要删除，发“删除我的信息”。"
)
ERASE_ASK = (
    "删除后，您问过的话、登记的村、转人工的问题和没送到的答复都没有了，找不回来；只留下认不出人的次数。\n\n"
    "确定要删，请回“确认删除”。"
)
ERASED = "已删除。您再发消息，会当作新来的人。"


UNKNOWN_AGAIN = (
    "还是没弄明白。请只说一件事、用一句短话，比如“工钱不给咋办”“地被占了找谁”；或回“菜单”挑一个。急着问，打 12348。"
)
"""The second time in a row that nothing is found, shorter and different."""
UNKNOWN_THRICE = (
    "这事我答不了，不耽误您了：打 12348 免费问律师，或找{adviser}。\n"
    "要我把您的话转给法律顾问，就回“好”；也可以把事情说全一点发来，我一起转。有人身危险打 110。"
)


def unknown(adviser: Contact, misses: int = 0) -> str:
    """The honest answer when no entry fits, after so many of them in a row: whom to ask instead."""
    if misses > 1:
        return UNKNOWN_THRICE.format(adviser=contact(adviser))
    if misses:
        return UNKNOWN_AGAIN
    return (
        "这个问题我拿不准，不敢乱答，已经记下来，会有人看。\n\n"
        "现在可以这样问到人：\n"
        "1. 打 12348，免费问律师；\n"
        f"2. 找{contact(adviser)}，或到司法所问；\n"
        "3. 回“转人工”，我把您的话转给法律顾问；\n"
        "4. 换个说法再问我一遍：先说要问什么，再说经过。\n\n"
        "有人身危险打 110，怀疑被骗打 96110。"
    )


def contact(who: Contact) -> str:
    """A body with its number, or plainly that the number is not filled in."""
    if who.phone:
        return who.label
    return f"{who.name}（电话未填写，可问村委会）"


def details(who: Contact) -> str:
    """One line of the directory with all that is known."""
    if who.is_hotline:
        return f"{who.phone}　{who.name}：{who.use}"
    known = [part for part in (who.phone, who.address, who.hours) if part]
    return f"{who.name}：{who.use}。{'，'.join(known) if known else '电话：未填写，可打 12345 问'}"


ARTICLE = (
    "{article}（《{title}》）：\n\n{text}\n\n法条怎么用到您的事上，把事情说出来我来找答案，或打 12348 免费问律师。"
)
NO_ARTICLE = "导入的法律里没有{article}，请核对条号；或把事情直接说出来，我来找答案。"
NOT_IMPORTED = (
    "{article}的原文还没有放进来，我不能凭记忆念给您。可以打 12348 问，或把事情直接说出来，我来找答案。\n"
    "（工作人员：从国家法律法规数据库下载《{law}》的 Word 文件，运行 fzbot statutes import 文件名 即可导入。）"
)
ARTICLES_END = "要看哪一条的全文，回条号，例如“{article}”。法条怎么用到您的事上，把事情说出来，或打 12348 免费问律师。"
LIKELY = "可能有关的法条（是照字面找的，不一定管您的事）："
MERGED_LAW = "《{law}》2021年1月1日起已并入《民法典》，老条号不用了。"
MERGED_ARTICLE = (
    MERGED_LAW + "{article}现在看《民法典》里对应的规定：把事情直接说出来，例如“对方不同意离婚怎么办”，我来找答案。"
)

"""Every fixed sentence that villagers read in the chat."""

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

LIKELY_ANSWER = "您问的像是【{title}】：\n{gist}\n\n看全部，或看别的，回数字：\n{choices}\n不是这些，就回“不是这个”，或换个说法再问一遍。"
WHOLE = "看全部"
SUGGEST = "您问的是不是下面哪一个？回数字就行："
SUGGEST_END = "都不是的话，换个说法再问一遍，或打 12348 免费问律师。"
RELATED = "接着想问（回数字）："
MENU = "您可以直接把事情打字或说出来，也可以回数字看常见问题："
TOPIC = "【{name}】大家常问这些，回数字看答案："
TOPIC_END = "没有您要的，就直接把事情说出来。"
PICK_RANGE = "刚才只列了 {count} 条，请回 1 到 {count} 的数字，或直接把问题说出来。"
PICK_NOTHING = "这会儿没有可以按数字选的。请直接把问题说出来，例如“彩礼能不能要回来”；回“菜单”看常见问题。"

VOICE_UNHEARD = "这条语音没能听出字来。请慢一点、近一点再说一遍，或者打字告诉我。急事打 110，问法律打 12348。"
CANNOT_SEE = "图片、视频、位置和链接我看不懂。请把事情打字或用语音说出来，我来答。急事打 110，问法律打 12348。"
EMPTY = "没有看到文字。请把事情打字或用语音说出来，例如“工钱不给咋办”。急事打 110，问法律打 12348。"
UNREADABLE = "这一条我没能读出来。请把事情重新打字或用语音说出来，我来答。急事打 110，问法律打 12348。"
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
    "可以。请把要问的事写在“转人工”后面，一条发过来，例如：转人工 我家的地被修路占了，没人说补偿。\n\n"
    "等不及就打 12348，免费问律师；有人身危险打 110。"
)
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


def unknown(adviser: Contact) -> str:
    """The honest answer when no entry fits: whom to ask instead."""
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

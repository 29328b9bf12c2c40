"""Names behind a cue: 我叫, 他叫, 我老公, 包工头, 被告 and the like, told from words by surname, characters and what follows."""

import re
from collections.abc import Iterator
from enum import IntEnum
from importlib.resources import files

from fzbot.interactions.masking.placeholders import NAME
from fzbot.interactions.masking.reading import MARKED, Reading
from fzbot.interactions.masking.spans import Span
from fzbot.interactions.masking.surnames import (
    ALONE,
    ALSO_WORDS,
    COMMON,
    DOUBLE,
    FUNCTION_WORDS,
    GIVEN,
    NEVER_GIVEN,
    SINGLE,
)

# Words that begin with a surname: the commoner ones of jieba's dictionary (MIT) that it does not call names, and ours.
_WORDS = frozenset((files(__package__) / "not_names.txt").read_text(encoding="utf-8").split())


class _Cue(IntEnum):
    """How sure a cue makes that a name follows."""

    VERB = 0
    ROLE = 1
    CALLED = 2
    NAMING = 3


_KIN = (
    "老公|老婆|丈夫|妻子|媳妇|爱人|对象|前夫|前妻|男朋友|女朋友|男友|女友|未婚夫|未婚妻|情人|小三|儿子|女儿|闺女|儿媳妇|儿媳|女婿|爸爸|妈妈|爸|妈|爹|娘|父亲|母亲|爷爷|奶奶"
    "|姥爷|姥姥|外公|外婆|外爷|公公|婆婆|岳父|岳母|丈人|丈母娘|继父|继母|养父|养母|养子|养女|大哥|二哥|三哥|哥哥|弟弟|姐姐|妹妹|哥|弟|姐|妹|兄弟|大伯|伯父|二伯|叔叔|二叔|三叔|叔"
    "|姑姑|姑父|姑妈|舅舅|舅妈|舅|姨妈|姨夫|姨|嫂子|婶子|婶婶|侄子|侄女|侄儿|外甥女|外甥|孙子|孙女|孩子|娃娃|娃|大儿|二儿|大女儿|姐夫|妹夫|小舅子|小姨子|大伯子|堂哥|堂弟|表哥|表弟|表姐|表妹|亲家"
)
_ROLES = (
    "邻居|同村|同村人|村民|亲戚|朋友|同学|同事|工友|老乡|战友|网友|包工头|包工|工头|大工头|小包|老板娘|老板|房东|房主|租客|租户|承租人|出租人|债主|债务人|债权人|欠款人|借款人|出借人|贷款人|担保人|保证人"
    "|被告人|被告|原告|被上诉人|上诉人|被申请人|申请人|被执行人|执行人|第三人|证人|嫌疑人|犯罪嫌疑人|受害人|受害者|被害人|死者|伤者|逝者|司机|肇事者|肇事司机|车主|船主|货主|书记|村长|村主任|主任|队长|组长|会计|镇长|乡长"
    "|经理|项目经理|法官|律师|医生|大夫|中介|媒人|媒婆|介绍人|转让人|受让人|户主|业主|经办人|甲方|乙方|丙方|委托人|受托人|代理人|法定代表人|法人代表|法人|负责人|管理人|监护人|继承人|被继承人|遗嘱人|立遗嘱人|收款人|付款人|汇款人"
    "|联系人|当事人|紧急联系人|投诉人|举报人|报案人|报警人|求助人|咨询人|来访人|骗子|小偷|对方|那个人|这个人|男方|女方|男的|女的|本人|承包人|发包人|工人|农民工|员工|厂长|总经理|店主|校长|老师|班主任|学生|保安|警察|民警|辅警|领导"
)
_CALLED = r"(?:的?(?:全名|真名|大名|本名|名字|姓名|名)?(?:就?叫做?|叫作|叫个|名叫|是叫|:|=|（|\(|“|\"|「|\s)+|的?(?:全名|真名|大名|本名|名字|姓名)(?:就?是|为)?)"
_NAMING = r"(?:我的?名字就?叫做?|我的?名字就?是|我名叫|我叫做?|俺叫|咱叫|本人叫|我姓.叫|名字就?叫做?|(?:名字|姓名)(?:就?是|为|[:=\s，,（(“]|(?=[^和能可要都没有对不权改写换与及给或在从买]))|户名就?是|户名为?|真名|本名|大名|全名|化名|曾用名|原名|签名是|署名|签字人|落款是?|开户人|持卡人|名叫|称呼)"
_BETWEEN = r"(?:叫做?|是|:|=|,|（|\(|“|\"|「|\s|的)*+"
_FIRST_SIGNS = "".join({word[0] for word in f"{_ROLES}|{_KIN}".split("|")}) + (
    "我俺咱本名姓户真大全化曾原签署落开持称叫喊取起改他她对这那人你借转打汇还付卖租嫁娶诉状控举认欠告跟和与找给向被替把"
)
_CUES = re.compile(
    rf"(?=[{_FIRST_SIGNS}])(?:(?P<naming>{_NAMING}{_BETWEEN})"
    rf"|(?P<role>(?:{_ROLES}|{_KIN})(?P<called>{_CALLED})?(?P<is>是|为|的)?)"
    r"|(?P<call>(?:叫做?|叫作|叫个|喊作|取名|起名|改名)[\s“\"「]*)"
    r"|(?P<am>(?:我|俺|他|她|对方|这|那|本人|人|你好)[,，]?就?是[\s“\"「]*|^我[,，\s]+)"
    r"|(?P<verb>(?:借给|转给|打给|汇给|还给|付给|卖给|租给|嫁给|娶了|起诉|状告|控告|举报|认识|欠|告|跟|和|与|找|给|向|被|替|把|借了?|对)了?))"
)
_OTHER_NAME = re.compile(r"[、,，]\s?|和|与|及|跟|以及")
_DOTTED = re.compile(r"[一-鿿]{1,6}[·•・‧∙][一-鿿]{2,8}")
_SPACED = re.compile(rf"(?P<name>[{''.join(SINGLE)}]\s{{1,3}}[一-鿿](?:\s{{1,3}}[一-鿿])?)(?![一-鿿])")
_HAN = re.compile(r"[一-鿿]")
_FOLLOWS = re.compile(
    r"家暴|家庭|家住|家里|家在|家的|家人|来了|来我|来找|来电|来家|有事|有钱|有病|有一|有个|有没|有房|有车|有外|有两|今年|今天|明天|明年|昨天|前年|现在|现年|现住|电话|身份|手机|公司|工作|开车|开始|平时|常年|常常|经常|一直|一共|一家|一起|一个"
    r"|三年|三次|三万|两|生病|生前|死|因|为了|为啥|金额|立了|书面|和我|和他|和她|和你|知道|发现|发的|发给|保证|保险|如果|如何|建房|正在|真的|会不|子女|后来|长期|上班|上个|上学|上门|月份|年纪|年龄|应|安排|自己|自杀|学校|先生|女士"
    r"|老|大哥|可以|可能|能不|能赔|道歉|本人|本来|名下|名字|同村|同事|同意|定了|民|法院|立案|当时|当|向|对|方|时候|时间|等|男|女|在|联系|住|今|打|说|我|不|都|用|以|已|骑|驾|每|经|从|让|由|没|共同|双方|承诺|承包|与|及|和|之间|作为|系|身|负责|签|合伙|外出|外面|酗酒|出|进|天天|成天|整天|占我|占了|占地|占用|酒|喝"
)
_TITLE = re.compile(
    r"老师|师傅|大夫|医生|律师|经理|总(?![一-鿿])|书记|主任|村长|队长|老板|先生|女士|小姐|阿姨|大爷|大妈|大娘|叔叔|某|家(?![一-鿿]|住)|家[人里的村庄]|氏|姐|哥|姓|校长|局长|法官|警官|会计|院长|科长|乡长|镇长|大哥|大姐|婶|嫂"
)
_PLACE = re.compile(
    r"(?:(?![跑去到在的欠给把被走进])[一-鿿])?(?:县|市|区|镇|乡|村|省|州|族|庄|屯|街道|路|地区|人(?![一-鿿])|人[,，]|银行|法院)|[^的,，。\s在到被去把欠跟给]{0,6}(?:公司|集团|平台|软件|合作社|农场|工程队|app|APP)|(?:饭店|商店|超市|医院|学校)"
)


def find(reading: Reading) -> Iterator[Span]:
    """The names in a text, and each again wherever it stands in it."""
    text = reading.plain
    known: set[str] = set()
    for cue in _CUES.finditer(text):
        for span in _behind(text, cue):
            known.add(text[span.start : span.end])
            yield span
    for name in known:
        for again in re.finditer(re.escape(name), text):
            yield Span(*again.span(), NAME)


def _behind(text: str, cue: re.Match[str]) -> Iterator[Span]:
    """The name behind a cue, and those that are listed with it."""
    sureness = _sureness(cue)
    start = cue.end()
    if sureness >= _Cue.ROLE and (
        other := (_DOTTED.match(text, start) or (sureness >= _Cue.CALLED and _SPACED.match(text, start)))
    ):
        yield Span(*other.span(), NAME)
        return
    end = _end_of_name(text, start, sureness)
    while end:
        yield Span(start, end, NAME)
        sign = _OTHER_NAME.match(text, end)
        if not sign:
            return
        start = sign.end()
        end = _end_of_name(text, start, _Cue.ROLE)


def _sureness(cue: re.Match[str]) -> _Cue:
    if cue["naming"]:
        return _Cue.NAMING
    if cue["call"] or (cue["role"] and cue["called"]):
        return _Cue.CALLED
    return _Cue.ROLE if (cue["role"] and cue["is"] != "的") or cue["am"] else _Cue.VERB


def _end_of_name(text: str, start: int, sureness: _Cue) -> int | None:
    """Where the name ends that begins at `start`; None when what stands there is no name."""
    head = text[start : start + 2]
    family = 2 if head in DOUBLE else 1 if head[:1] in SINGLE else 0
    given = start + family
    if not family or not _is_given(text, given) or _TITLE.match(text, given):
        return None
    end = given + (2 if _has_second(text, given) else 1)
    return end if _is_name(text, start, given, end, sureness) else None


def _has_second(text: str, given: int) -> bool:
    """Whether the given name has a second character."""
    second = given + 1
    if not _is_given(text, second):
        return False
    if _is_hard_end(text, second + 1):
        return True
    return text[second] in GIVEN and not _FOLLOWS.match(text, second)


def _is_name(text: str, start: int, given: int, end: int, sureness: _Cue) -> bool:
    is_hard = _is_hard_end(text, end)
    is_bounded = is_hard or text[end] in NEVER_GIVEN or bool(_FOLLOWS.match(text, end))
    is_word = text[start:end] in _WORDS or text[start : start + 3] in _WORDS
    is_full = end - start >= 3
    if sureness is _Cue.NAMING:
        return (is_hard or not is_word) and (is_full or text[start] not in FUNCTION_WORDS)
    if is_word or text[end - 1] in "村庄屯镇乡县" or _PLACE.match(text, end):
        return False
    looks_given = all(sign in GIVEN for sign in text[given:end])
    begins_word = text[start : start + 2] in _WORDS
    if sureness is _Cue.CALLED and text[start] not in FUNCTION_WORDS:
        return (is_hard and (is_full or not begins_word)) or (
            looks_given and not begins_word and (is_full or is_bounded)
        )
    if not looks_given or text[start] in FUNCTION_WORDS:
        return False
    if text[start] in ALSO_WORDS or begins_word:
        is_usual = text[start] in ALSO_WORDS or text[start] in COMMON
        return is_usual and sureness is _Cue.ROLE and is_bounded and is_full
    if sureness is _Cue.VERB:
        return is_bounded and (is_full or text[given] in ALONE)
    return True


def _is_given(text: str, place: int) -> bool:
    sign = text[place : place + 1]
    return bool(_HAN.match(sign)) and sign not in NEVER_GIVEN


def _is_hard_end(text: str, place: int) -> bool:
    return place >= len(text) or not _HAN.match(text[place]) or text[place] == MARKED

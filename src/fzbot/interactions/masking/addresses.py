"""Addresses below the village: group, street number, house, unit, room. The village and the street stay readable."""

import re
from collections.abc import Iterator

from fzbot.interactions.masking.placeholders import ADDRESS
from fzbot.interactions.masking.reading import Reading
from fzbot.interactions.masking.spans import Span

_FIGURE = "0-9一二三四五六七八九十百零〇○幺两"
_N = rf"(?:第?[附]?[甲乙丙丁东西南北中前后新老A-Za-z]?\s?[{_FIGURE}]{{1,5}}(?:[\-－—之][{_FIGURE}]{{1,4}})?[A-Za-z甲乙丙丁]?\s?)"
_FLOOR = r"(?:楼|层|户|门|排|条街|街)"
_UNIT = r"(?:村民小组|村民组|生产队|小组|组|队|社|号楼|号院|号房|号门|号户|号院子|#楼|＃楼|#|＃|号|栋|幢|座|楼|单元|层|室|户|门|排|巷|弄|房间|房|院|胡同|条街|街)"  # noqa: RUF001
_STEP = rf"{_N}{_UNIT}"
_JOIN = r"[\s,，、\-－—/的]{0,2}"
_NO_DATE = r"(?!\s*(?:线|公交|地铁|出口|高速|早上|晚上|上午|下午|中午|开会|开庭|之前|以前|之后|以后|前|后|那天|当天|就|才|文|令|文件|案|公告|楼上|楼下))"
_LAST = r"(?:号楼|号院|栋|幢|座|楼|单元|#|＃)"  # noqa: RUF001
_BARE = rf"(?:{_JOIN}[{_FIGURE}]{{3,4}}(?![0-9元块万年月岁人个天次条名户亩]))?"
_TWO = re.compile(
    rf"(?<![年月\d])(?:{_STEP}{_JOIN}(?:{_STEP}{_JOIN})++|{_N}{_LAST}{_JOIN})(?:(?<=[楼栋幢座元院#＃\s,，、\-－—/的])[0-9]{{3,4}}(?![0-9元块万年月岁人个天次条名户亩])(?:室|房|户|号)?)?"  # noqa: RUF001
)
_PLACES = r"[村庄屯寨堡营湾沟滩坡路街巷弄道苑园城院里坊厦区寓墅邸府庭居镇乡队组]"
_ONE = re.compile(
    rf"(?P<place>[一-鿿]{{2}}(?:社区|小区|公寓|花园|家园|新村|大厦|胡同|大道|大街|街道|安置点|移民点|{_PLACES}))(?:委会|居委会|村委会)?\s?的?\s?"
    rf"(?P<tail>(?:门牌号?|东头|西头|南头|北头)?\s?(?!{_N}{_FLOOR}(?!\s?{_STEP})){_STEP}(?:{_JOIN}{_STEP})*+(?:(?<=[楼院栋幢座元])[0-9]{{3,4}}(?![0-9元块万年月]))?)(?!\d){_NO_DATE}"
)
_LOOSE = re.compile(
    rf"[我他她咱俺你本全这那个们各该每住在到走上修公铁马过让拦出进](?:社区|小区|{_PLACES})$|[村区城家院镇乡园楼]里$"
)
_TRIPLE = re.compile(
    r"(?:(?<=[苑园城区院里楼厦寓庭府村])|(?<=住)|(?<=住在)|(?<=地址)|(?<=地址:)|(?<=地址是)|(?<=房号)|(?<=门牌))\s?\d{1,3}(?:号楼|栋|幢|#|＃)?\s?[\-－—/]\s?\d{1,2}\s?[\-－—/]\s?\d{2,4}(?:室|房)?(?!\d)"  # noqa: RUF001
    r"|(?<!\d)\d{1,2}[\-－—]\d{1,2}[\-－—]\d{2,4}(?:室|房)"
)
_CUED = re.compile(
    rf"(?:门牌号?码?|房号|房间号|楼号|户号|家庭住址|住址|地址|住在|家在|家住|住处|住着?)(?:是|为|:|：|\s|在)*+(?P<tail>(?!{_N}{_FLOOR}(?!\s?{_STEP})){_STEP}(?:{_JOIN}{_STEP})*+(?:{_JOIN}\d{{3,4}}(?!\d))?|[A-Za-z]?[{_FIGURE}]{{2,5}}(?=[^{_FIGURE}A-Za-z年月日元块万天个人岁户套次.]|$)){_NO_DATE}"
)
_NUMBERED = re.compile(
    rf"(?:门牌|房号)(?:号码?|是|为|:|：|\s)*+(?P<tail>[A-Za-z]?[{_FIGURE}][{_FIGURE}\-－—]{{0,8}}号?)"
)
_ROOM = re.compile(r"(?<![\d.第])(?P<tail>\d{3,4}\s?(?:室|号房|房间))(?!内|外温)")
_TRIGGER = re.compile(rf"[{_FIGURE}]\s?[A-Za-z甲乙丙丁]?\s?[组队社号栋幢座楼单室户房巷弄排#＃\-－—/]|门牌|房号|住")  # noqa: RUF001

# A house told of, such as 一栋三层楼, and not one of an address, such as 一栋二单元.
_COUNTED = re.compile(rf"[一两][栋座幢层户排间](?!\s?{_N}(?:单元|门|号|室))")
_STEPS = re.compile(rf"{_STEP}{_JOIN}(?:{_STEP}|[0-9]{{3,4}}(?:室|房|户|号)?$)")


def find(reading: Reading) -> Iterator[Span]:
    """The parts of addresses that lead to a door."""
    text = reading.plain
    if not _TRIGGER.search(text):
        return
    yield from _several(text)
    for found in _ONE.finditer(text):
        if not _LOOSE.search(found["place"]):
            yield Span(*found.span("tail"), ADDRESS)
    for pattern in (_TRIPLE, _CUED, _NUMBERED, _ROOM):
        for found in pattern.finditer(text):
            group = "tail" if "tail" in pattern.groupindex else 0
            yield Span(*found.span(group), ADDRESS)


def _several(text: str) -> Iterator[Span]:
    """Two steps and more, such as 三组45号 or 3号楼2单元501: they need no village before them."""
    for found in _TWO.finditer(text):
        shown = found[0].rstrip(" ,，、-－—/的")
        if _STEPS.match(shown) and not _COUNTED.search(shown):
            yield Span(found.start(), found.start() + len(shown), ADDRESS)

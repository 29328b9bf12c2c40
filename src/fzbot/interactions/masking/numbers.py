"""Numbers of people: each run of digits is read from left to right as identity card, bank card, phone."""

import re
from collections.abc import Callable, Iterator

from fzbot.interactions.masking import bank_cards, identity_cards, phones
from fzbot.interactions.masking.placeholders import BANK_CARD, ID_CARD, PHONE, PLATE
from fzbot.interactions.masking.reading import Reading
from fzbot.interactions.masking.runs import Run, runs
from fzbot.interactions.masking.spans import Span

Found = tuple[int, Span] | None
_KINDS: tuple[Callable[[Run, int], Found], ...] = (
    identity_cards.read_18,
    bank_cards.read,
    phones.read_mobile,
    phones.read_landline,
    phones.read_toll_free,
    identity_cards.read_15,
    identity_cards.read_part,
    phones.read_local,
)
_ORDER = re.compile(
    r"(?:订单|单号|运单|快递|物流|编号|流水|交易号|案号|文号|条码|条形码|合同号|发票|票号|凭证|保单|批号|备案号|许可证号?|期号"
    r"|房产证|不动产权?证?|登记号|存折号码?不|序列号|验证码|取件码|取货码|学号|工号|货号|型号)(?:号码?|编号|号|是|为|:|：|\s|No\.?|NO\.?|#)*"
    r"[A-Za-z]{0,4}[-\s]?$"
)
_AMOUNT = re.compile(
    r"(?:\.\d{1,4})?\s*(?:多|余|来|几)?\s*(?:元(?!旦)|块|圆|万(?!一)|亿|股|亩|吨|公?斤|美元|美金|平方|平米|港币|日元|个亿)"
)
_ASKS_FOR_PHONE = re.compile(r"(?:电话|手机|号码|联系方式|拨打?|打给|致电)[^\d，。费]{0,5}$")
_MONEY_SIGN = re.compile(r"[￥¥$€]\s*$")


def find(reading: Reading) -> Iterator[Span]:
    """The numbers of people in a text."""
    for run in runs(reading):
        index = _first_behind_order(run)
        while index < len(run.places):
            # Digit by digit, a number begins where the single digits do.
            is_within = index > 0 and run.singles[index] and run.singles[index - 1]
            found = None if is_within else _read(run, index)
            if found is None:
                index += 1
            else:
                index, span = found
                yield span


def _read(run: Run, index: int) -> Found:
    for kind in _KINDS:
        found = kind(run, index)
        if found and not _is_amount(run, index, found[0]):
            return found
    return None


def _first_behind_order(run: Run) -> int:
    """The first group that is no part of an order number: behind one, only a whole phone or identity number counts."""
    if not _ORDER.search(run.before(0)):
        return 0
    for index in range(1, len(run.places)):
        if phones.MOBILE.fullmatch(run.groups[index]) or identity_cards.is_valid(run.groups[index]):
            return index
    return len(run.places)


def _is_amount(run: Run, first: int, end: int) -> bool:
    before = run.before(first)
    if _MONEY_SIGN.search(before):
        return True
    return bool(_AMOUNT.match(run.after(end))) and not _ASKS_FOR_PHONE.search(before)


_PART = re.compile(
    r"(?:(?:最?后|末尾?|尾|前|头|开头)的?[3-9]个?(?:位数?|个?数字?|个?号码?)|尾号|末尾号?)[是为:,\s\"“(（]*"
    r"(?P<part>\d(?:[\W_]{0,3}\d){2,7}(?:[\W_]{0,3}[Xx叉])?)(?![\d万千百元块])"
)
_STARRED = re.compile(r"(?<!\d)\d{3,6}\s?[*xX×＊•●·#某]{3,12}\s?\d{2,4}[xX]?(?![\dA-Za-z])")  # noqa: RUF001
_WHOSE = ((re.compile("卡|银行|账|存折"), BANK_CARD), (re.compile("身份|证"), ID_CARD), (re.compile("手机|电话|号码"), PHONE), (re.compile("车|牌"), PLATE))  # fmt: skip


def find_tails(reading: Reading) -> Iterator[Span]:
    """The last digits of a number where they are given as such, and numbers with stars in the middle."""
    for found in _PART.finditer(reading.digits):
        before = reading.plain[max(0, found.start() - 12) : found.start()]
        marks = [mark for words, mark in _WHOSE if words.search(before)]
        yield Span(*found.span("part"), marks[0] if marks else ID_CARD)
    for found in _STARRED.finditer(reading.digits):
        yield Span(*found.span(), PHONE if found.end() - found.start() < 13 else ID_CARD)

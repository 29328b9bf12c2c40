"""Accounts that people are reached at: e-mail, WeChat, QQ and what else has a handle."""

import re
from collections.abc import Iterator

from fzbot.interactions.masking.placeholders import ACCOUNT, EMAIL, QQ, WECHAT
from fzbot.interactions.masking.reading import Reading
from fzbot.interactions.masking.spans import Span

_AT = r"\s{0,3}(?:@|\(at\)|\[at\]|【at】|艾特|圈a|#)\s{0,3}"
_DOT = r"\s{0,3}(?:\.|。|点|\(dot\)|dot|,|·)\s{0,3}"
_EMAIL = re.compile(
    rf"[A-Za-z0-9](?:[A-Za-z0-9_+\-]|\.(?=[A-Za-z0-9])){{1,63}}{_AT}"
    rf"(?:[A-Za-z0-9\-]{{1,30}}(?:{_DOT}(?:com|cn|net|org|edu|gov|cc|vip|top|io|me|[A-Za-z]{{2,6}}))+|qq|QQ|163|126|sina|gmail|139|189)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_HAS_AT = re.compile("@|at|艾特|圈a|#", re.IGNORECASE)
_MAILBOX = re.compile(
    rf"(?:邮箱|邮件|email|e-mail|mail)(?:地址|账号|号|是|为|:|：|\s)*+(?P<handle>[A-Za-z0-9][A-Za-z0-9_.\-]{{3,40}}(?:{_AT}[A-Za-z0-9.\-]{{2,40}})?)",
    re.IGNORECASE,
)

_LINK = r"(?:号码?|账号|帐号|id|名|是|为|:|：|=|\s|叫|就是|加我?|搜索?|我的?|同号|这个|的|,|，|“|\"|\(|（|→|>|-)*+"
_WECHAT_CUE = r"微信|薇信|徽信|威信|薇xin|微xin|薇芯|维信|微❤|卫星号|围信|v信|v❤|v心|wechat|weixin|微号|v号|vx|v x|wx|加v|➕v|\+v|(?<![a-z])v(?=[:：])"  # noqa: RUF001
_HANDLE = r"[A-Za-z0-9](?:[A-Za-z0-9]|[_\-.](?=[A-Za-z0-9_\-])){4,29}|[A-Za-z0-9](?:[ ·.\-][A-Za-z0-9]){5,19}"
_WECHAT = re.compile(rf"(?:{_WECHAT_CUE}){_LINK}(?P<handle>{_HANDLE})(?![A-Za-z0-9@])", re.IGNORECASE)
_WXID = re.compile(r"(?<![A-Za-z0-9])wxid_[A-Za-z0-9]{6,24}|(?<![A-Za-z0-9])gh_[0-9a-f]{8,16}(?![A-Za-z0-9])")
_QQ = re.compile(
    rf"(?:(?<![a-z])q ?q|扣扣|抠抠|叩叩|企鹅号?|球球|秋秋|q号|加q|q\s?[:：]|(?<![a-z])q(?=\d{{6}})){_LINK}群?{_LINK}(?P<handle>[1-9](?:[\s\-_.·－,，]{{0,3}}\d){{4,10}})(?!\d)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:抖音|快手|支付宝|陌陌|小红书|微博|淘宝|旺旺|闲鱼|探探|soul|telegram|电报|whatsapp|skype|飞机号|钉钉|游戏)"
    rf"(?:账号|帐号|号码?|id)(?:是|为|:|：|\s|叫)*+(?P<handle>{_HANDLE})(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
_IS_SUM = re.compile(r"\s?(?:\.\d+)?\s?(?:元|块|万|亿|多|年|月|天|人|个|次|条|分|%|号(?![码])|余|笔|股|亩)")
_HAS_ASCII = re.compile(r"[A-Za-z0-9]{3}|[A-Za-z0-9] [A-Za-z0-9] [A-Za-z0-9]")


def find_emails(reading: Reading) -> Iterator[Span]:
    """The e-mail addresses in a text."""
    if _HAS_AT.search(reading.plain):
        for found in _EMAIL.finditer(reading.plain):
            yield Span(*found.span(), EMAIL)
    for found in _MAILBOX.finditer(reading.plain):
        yield Span(*found.span("handle"), EMAIL)


def find(reading: Reading) -> Iterator[Span]:
    """The WeChat, QQ and other handles in a text."""
    if not _HAS_ASCII.search(reading.digits):
        return
    for found in _WECHAT.finditer(reading.digits):
        if not _is_sum(reading, found):
            yield Span(*found.span("handle"), WECHAT)
    for found in _WXID.finditer(reading.plain):
        yield Span(*found.span(), WECHAT)
    for pattern, mark in ((_QQ, QQ), (_OTHER, ACCOUNT)):
        for found in pattern.finditer(reading.digits):
            if not _is_sum(reading, found):
                yield Span(*found.span("handle"), mark)


def _is_sum(reading: Reading, found: re.Match[str]) -> bool:
    handle = found["handle"]
    return handle.isdigit() and bool(_IS_SUM.match(reading.plain, found.end()))

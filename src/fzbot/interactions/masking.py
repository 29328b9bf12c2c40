"""Masking of personal data in a question before it is stored.

Masked: identity numbers, bank cards, phone numbers, vehicle plates, and names after a cue (我叫, 姓名…). Never masked:
hotlines and short service numbers, article numbers, sums of money, years.
"""

import re

ID_CARD = "[身份证]"
BANK_CARD = "[银行卡]"
PHONE = "[电话]"
PLATE = "[车牌]"
NAME = "[姓名]"

_GAP = r"[\s\-—_.·]?"
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤买穆撒哈摆海虎"
    "咸兰苗樊柳祁滑禹妥者锁拜丁杨冶马"
)
_NAME_CUE = (
    r"(?:我叫|我的名字叫|我名叫|名叫|他叫|她叫|名字叫|名字是|姓名是?[:：]?|户名是?[:：]?|收款人是?[:：]?|"
    r"当事人[:：]|原告[:：]|被告[:：]|联系人[:：]?|本人)\s*"
)

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<![\dA-Za-z])\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])"), ID_CARD),
    (re.compile(rf"(?<!\d)[3-69](?:{_GAP}\d){{14,18}}(?!\d)"), BANK_CARD),
    (re.compile(rf"(?<!\d)(?:\+?0?0?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}(?!\d)"), PHONE),
    (re.compile(r"(?<!\d)0\d{2,3}[\s\-—－]?\d{7,8}(?!\d)"), PHONE),
    (re.compile(r"(?<!\d)(?:400|800)[\s\-]?\d{3}[\s\-]?\d{4}(?!\d)"), PHONE),
    (re.compile(r"(?<!\d)\d{15}(?!\d)"), ID_CARD),
    (
        re.compile(
            rf"[{_PLATE_PROVINCES}][A-HJ-NP-Za-hj-np-z]\s?[·.]?\s?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[挂学警港澳A-HJ-NP-Za-hj-np-z0-9]"
        ),
        PLATE,
    ),
)
_NAME = re.compile(
    rf"({_NAME_CUE})([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[，,。.；;、\s！!]|$|是|今年|在|住|身份证|电话|手机|家住|男|女))"
)

_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF38: "X", 0xFF58: "x"}


def mask(text: str) -> str:
    """The text with personal data replaced by what kind it was; everything else stays as it is."""
    masked = text.translate(_FULL_WIDTH)
    for pattern, label in _PATTERNS:
        masked = pattern.sub(label, masked)
    return _NAME.sub(rf"\1{NAME}", masked)

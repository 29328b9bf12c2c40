"""Personal data is masked before storage; hotlines, articles and sums stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.interactions.masking import BANK_CARD, ID_CARD, PHONE, PLATE, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # mobile
        ("电话13895012345打不通", "电话[电话]打不通"),
        ("电话138 9501 2345", "电话[电话]"),
        ("电话138-9501-2345", "电话[电话]"),
        ("电话138－9501－2345", "电话[电话]"),
        ("电话138  9501  2345", "电话[电话]"),
        ("电话138，9501，2345", "电话[电话]"),
        ("电话138/9501/2345", "电话[电话]"),
        ("电话138。9501。2345", "电话[电话]"),
        ("1 3 8 9 5 0 1 2 3 4 5没人接", "[电话]没人接"),
        ("打一三八九五零一二三四五", "打[电话]"),
        ("打幺三八，九五零幺，二三四五", "打[电话]"),
        ("138九五零一2345", "[电话]"),
        ("13895O12345", "[电话]"),
        ("1\u200b3\u200b8\u200b9\u200b5\u200b0\u200b1\u200b2\u200b3\u200b4\u200b5是他", "[电话]是他"),
        ("壹叁捌玖伍零壹贰叁肆伍", "[电话]"),
        ("①③⑧⑨⑤⓪①②③④⑤", "[电话]"),
        ("1️⃣3️⃣8️⃣9️⃣5️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣", "[电话]️⃣"),
        ("+8613895012345", "[电话]"),
        ("(+86)13895012345", "[电话]"),
        ("打13895012345或者13995012345", "打[电话]或者[电话]"),
        # landline
        ("座机0954-2032345", "座机[电话]"),
        ("电话（0954）2032345", "电话[电话]"),
        ("座机203 2345", "座机[电话]"),
        ("打2032345没人接", "打[电话]没人接"),
        ("2032345是他家座机", "[电话]是他家座机"),
        ("公司0951-6012345转801", "公司[电话]"),
        # identity card
        ("我的身份证642221199001011234能查吗", "我的身份证[身份证]能查吗"),
        ("身份证64222119900101123X", "身份证[身份证]"),
        ("身份证642221 19900101 1234", "身份证[身份证]"),
        ("640302 19900101 1234", "[身份证]"),
        ("身份证六四二二二一一九九零零一零一一二三四", "身份证[身份证]"),
        ("642221900101123", "[身份证]"),
        ("身份证后六位01123X", "身份证后六位[身份证]"),
        ("后六位是011234", "后六位是[身份证]"),
        ("公民身份号码：640302199001011234", "公民身份号码：[身份证]"),
        # bank card
        ("转到6222021001116245702了", "转到[银行卡]了"),
        ("转到6222 0210 0111 6245 702了", "转到[银行卡]了"),
        ("农行账号29123456789012345", "农行账号[银行卡]"),
        ("银行卡尾号5702被冻结", "银行卡尾号[银行卡]被冻结"),
        # plate
        ("车牌宁D12345撞了我", "车牌[车牌]撞了我"),
        ("新能源宁AD12345", "新能源[车牌]"),
        ("陕E-12345跑了", "[车牌]跑了"),
        ("陕Ｅ１２３４５", "[车牌]"),
        ("车牌号E12345", "车牌号[车牌]"),
        ("那辆E12345的白色面包车", "那辆[车牌]的白色面包车"),
        # handles
        ("微信号zhang_san1", "微信号[微信]"),
        ("vx：abc12345", "vx：[微信]"),
        ("薇信 abc12345", "薇信 [微信]"),
        ("对方是wxid_ab12cd34", "对方是[微信]"),
        ("扣扣12345678", "扣扣[QQ]"),
        ("QQ号：12345678", "QQ号：[QQ]"),
        ("发到zhang.san@mail.nxu.edu.cn", "发到[邮箱]"),
        ("zhangsan＠qq．com", "[邮箱]"),  # noqa: RUF001
        ("邮箱zhangsan艾特qq点com", "邮箱[邮箱]"),
        # documents and codes
        ("护照E12345678", "护照[护照]"),
        ("G12345678到期了", "[护照]到期了"),
        ("港澳通行证C12345678", "港澳通行证[证件]"),
        ("统一社会信用代码91640300MA75ABCD1X", "统一社会信用代码[统一代码]"),
        # address
        ("我住长安村三组45号", "我住长安村[住址]"),
        ("我是马家庄村五组的", "我是马家庄村[住址]的"),
        ("我家在中山路128号", "我家在中山路[住址]"),
        ("幸福小区3号楼2单元501室", "幸福小区[住址]"),
        ("住阳光花园3-2-501", "住阳光花园[住址]"),
        ("门牌号45", "门牌号[住址]"),
        # name
        ("我叫马国强，他欠我钱", "我叫[姓名]，他欠我钱"),
        ("我叫马国强他欠我钱", "我叫[姓名]他欠我钱"),
        ("我叫马强今年五十", "我叫[姓名]今年五十"),
        ("我是马国强，想咨询", "我是[姓名]，想咨询"),
        ("有个人他叫李大海骗我", "有个人他叫[姓名]骗我"),
        ("老板叫欧阳建国欠我钱", "老板叫[姓名]欠我钱"),
        ("我老公张建国打我", "我老公[姓名]打我"),
        ("包工头王大牛跑了", "包工头[姓名]跑了"),
        ("被告李强不到庭", "被告[姓名]不到庭"),
        ("原告马小军、李梅不服", "原告[姓名]、[姓名]不服"),
        ("我叫 马 国 强", "我叫 [姓名]"),
        ("我叫马·穆罕默德", "我叫[姓名]"),
        ("我叫高峰，男", "我叫[姓名]，男"),
        ("我叫马小燕。马小燕就是我", "我叫[姓名]。[姓名]就是我"),
        ("姓名：李梅 电话１３８９５０１２３４５", "姓名：[姓名] 电话[电话]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        # hotlines
        "打12348还是12345",
        "96110给我打电话了",
        "110 119 120 122 12356 12368",
        # articles, sums, dates
        "民法典1079条",
        "刑法第287条之二",
        "（2026）宁03民终1234号",
        "欠我1200000元",
        "补偿13912345678.5元",
        "电话费2000000元",
        "2026年11月23日转了50000",
        "1990-10-15 2000-10-15",
        "20261130",
        "二〇二六年十一月三十日",
        "承包了3600亩地",
        # order numbers and lists
        "订单号20261130123456789012",
        "快递单号773012345678901",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "1、3、5、7、9、11、13、15",
        "3000 4000 5000 6000 1月到4月",
        "工资3500、4200、3800没给",
        "2019 2020 2021 2022 2023年",
        # what looks like a plate, a handle, an address
        "甘A1234567股",
        "微信转账50000元",
        "QQ群里认识的",
        "我们村三组的地",
        "我们村12号停电",
        "高速公路12号出口",
        "住二楼，一栋三层楼",
        # words that begin with a surname
        "我叫他还钱他不还",
        "他叫高利贷",
        "我叫黄牛骗了",
        "联系人方便吗",
        "我是石嘴山人",
        "我是高中生",
        "老板安排我加班",
        "老公何时能出来",
        "被告方不到庭",
        "填姓名和银行卡领钱",
        "邻居堵路",
        "老板高兴就给",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "1 3 8-" * 334,
        "12 34 5-" * 250,
        "微信我的" + "我的" * 990,
        "护照" + "字号" * 990,
        "村3号 " + "3号 " * 600 + "开会",
        "我老公叫" * 500,
        "a.1@" * 500,
    ],
)
def test_no_text_of_2000_characters_takes_long(text: str) -> None:
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < 1


_DIGIT = st.sampled_from("0123456789")
_CONTEXT = st.text(alphabet="我的是在了欠钱他，。 吗电话", max_size=8)
_GAP = st.sampled_from(["", " ", "-"])


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text(alphabet="0123456789", min_size=count, max_size=count)


@given(before=_CONTEXT, second=st.sampled_from("3456789"), rest=_digits(9), gap=_GAP, after=_CONTEXT)
def test_every_mobile_number_is_masked(before: str, second: str, rest: str, gap: str, after: str) -> None:
    number = f"1{second}{rest[0]}{gap}{rest[1:5]}{gap}{rest[5:]}"
    masked = mask(f"{before}{number}{after}")
    assert PHONE in masked
    assert rest[1:5] not in masked


@given(
    before=_CONTEXT,
    area=st.integers(110000, 659999),
    birth=st.dates(),
    tail=_digits(3),
    check=st.sampled_from("0123456789Xx"),
)
def test_every_identity_number_is_masked(before: str, area: int, birth: object, tail: str, check: str) -> None:
    number = f"{area}{str(birth).replace('-', '')}{tail}{check}"
    assert number not in mask(f"{before}{number}")
    assert ID_CARD in mask(f"{before}{number}") or BANK_CARD in mask(f"{before}{number}")


@given(before=_CONTEXT, head=st.sampled_from(["62", "60", "45", "52"]), rest=_digits(17), spaced=st.booleans())
def test_every_bank_card_is_masked(before: str, head: str, rest: str, spaced: bool) -> None:
    number = head + rest
    shown = " ".join(number[i : i + 4] for i in range(0, 19, 4)) if spaced else number
    masked = mask(f"{before}{shown}")
    assert shown not in masked
    assert "[" in masked


@given(
    province=st.sampled_from("宁甘陕蒙京川新"),
    letter=st.sampled_from("ABCDE"),
    tail=st.from_regex(r"[A-HJ-NP-Z0-9]{5}", fullmatch=True),
)
def test_every_plate_is_masked(province: str, letter: str, tail: str) -> None:
    assert mask(f"{province}{letter}{tail}") == PLATE


@given(st.text())
def test_masking_never_fails_and_is_stable(text: str) -> None:
    assert mask(mask(text)) == mask(text)

"""Personal data is masked before storage; hotlines, articles and sums stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.interactions.masking import BANK_CARD, ID_CARD, PHONE, PLATE, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的身份证642221199001011234能查吗", "我的身份证[身份证]能查吗"),
        ("身份证64222119900101123X", "身份证[身份证]"),
        ("电话13895012345打不通", "电话[电话]打不通"),
        ("电话138 9501 2345", "电话[电话]"),
        ("电话138-9501-2345", "电话[电话]"),
        ("+8613895012345", "[电话]"),
        ("座机0954-2032345", "座机[电话]"),
        ("转到6222021001116245702了", "转到[银行卡]了"),
        ("转到6222 0210 0111 6245 702了", "转到[银行卡]了"),
        ("车牌宁D12345撞了我", "车牌[车牌]撞了我"),
        ("新能源宁AD12345", "新能源[车牌]"),
        ("我叫马国强，他欠我钱", "我叫[姓名]，他欠我钱"),
        ("姓名：李梅 电话１３８９５０１２３４５", "姓名：[姓名] 电话[电话]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打12348还是12345",
        "96110给我打电话了",
        "民法典1079条",
        "刑法第287条之二",
        "欠我1200000元",
        "2026年11月23日转了50000",
        "110 119 120 122 12356 12368",
        "我叫他还钱他不还",
        "承包了3600亩地",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text


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

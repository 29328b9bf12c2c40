from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.errors import StatuteError
from fzbot.knowledge.entry import Citation
from fzbot.knowledge.numerals import article_number, quantities, value_of
from fzbot.knowledge.reference import Reference, References
from fzbot.knowledge.reply import basis_line
from fzbot.knowledge.statutes import read_statutes, split_articles
from tests.conftest import SHARED

TEXT = """# 中华人民共和国刑法

## 第一编 总则

第一条 为了惩罚犯罪，制定本法。

第二百八十七条 利用计算机实施犯罪的，依照规定定罪。
依照本法第二百六十六条处理。

第二百八十七条之二 明知他人利用信息网络实施犯罪，处三年以下有期徒刑。

### 第二章 附则

附则的说明
"""


def test_a_text_is_split_into_articles_with_their_paragraphs() -> None:
    statute = split_articles("刑法", TEXT)
    assert statute.title == "中华人民共和国刑法"
    assert list(statute.articles) == ["1", "287", "287之二"]
    assert statute.articles["287"].text == "利用计算机实施犯罪的，依照规定定罪。\n依照本法第二百六十六条处理。"
    assert statute.articles["287之二"].text.endswith("有期徒刑。")


def test_a_text_without_articles_is_refused() -> None:
    with pytest.raises(StatuteError, match="第…条"):
        split_articles("随笔", "今天天气很好")


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatuteError, match="没有"):
        read_statutes(tmp_path)


@pytest.mark.skipif(not (SHARED / "statutes").exists(), reason="the statute texts are not here")
def test_the_civil_code_has_all_its_articles() -> None:
    code = read_statutes(SHARED / "statutes")["民法典"]
    assert list(code.articles) == [str(number) for number in range(1, 1261)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十", 30),
        ("一千零七十九", 1079),
        ("二十万", 200_000),
        ("两", 2),
        ("10", 10),
        ("1,000", 1000),
        ("2.5万", 25_000),
        ("二〇二六", 2026),
        ("一亿", 100_000_000),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert value_of(text) == value


@given(st.integers(min_value=1, max_value=1999))
def test_article_numbers_in_chinese_and_arabic_agree(number: int) -> None:
    digits = "零一二三四五六七八九"
    thousands, hundreds, tens, ones = number // 1000, number // 100 % 10, number // 10 % 10, number % 10
    text = ""
    for digit, unit in ((thousands, "千"), (hundreds, "百"), (tens, "十"), (ones, "")):
        if digit:
            text += digits[digit] + unit
        elif text and not text.endswith("零"):
            text += "零"
    assert article_number(text.rstrip("零")) == article_number(str(number)) == str(number)


def test_quantities_are_equal_however_they_are_written() -> None:
    assert quantities("三十日内，百分之五十").keys() == quantities("30天内，50%").keys()
    assert (Fraction(18), "岁") in quantities("年满十八周岁")


def test_citations_read_and_show() -> None:
    assert str(Citation.parse("民法典1079")) == "《民法典》第1079条"
    assert str(Citation.parse("刑法287之二")) == "《刑法》第287条之二"
    assert str(Citation.parse("婚姻登记条例")) == "《婚姻登记条例》"
    cited = [Citation.parse(text) for text in ("民法典1062", "民法典1063", "刑法287之二", "婚姻登记条例")]
    assert basis_line(cited) == "《民法典》第1062、1063条，《刑法》第287条之二，《婚姻登记条例》"


REFERENCES = References(["民法典", "刑法", "彩礼规定"], [("中华人民共和国民法典", "民法典")])


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("民法典1079条", Reference("民法典", "1079")),
        ("民法典第一千零七十九条", Reference("民法典", "1079")),
        ("《民法典》第 1079 条怎么说", Reference("民法典", "1079")),
        ("中华人民共和国民法典1079", Reference("民法典", "1079")),
        ("刑法第二百八十七条之二", Reference("刑法", "287之二")),
        ("婚姻法离婚那条", Reference("婚姻法", None, is_merged=True, subject="离婚")),
        ("婚姻法关于离婚规定的是第几条", Reference("婚姻法", None, is_merged=True, subject="离婚")),
        ("刑法里诈骗罪是哪一条", Reference("刑法", None, subject="诈骗")),
        ("婚姻法现在还管用吗", Reference("婚姻法", None, is_merged=True)),
        ("婚姻法第32条", Reference("婚姻法", "32", is_merged=True)),
        ("民法典是什么时候实施的", None),
        ("民法典2021年实施", None),
        ("老板不给工钱", None),
    ],
)
def test_references_are_found(text: str, reference: Reference | None) -> None:
    assert REFERENCES.find(text) == reference

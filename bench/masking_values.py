"""Made-up personal data: valid in form and check digit, of nobody."""

import random
from collections.abc import Callable
from dataclasses import dataclass

SURNAMES = "王李张刘陈杨赵吴周徐孙马朱胡郭林罗郑梁谢宋唐许韩冯邓曹彭曾田董袁潘蒋蔡杜叶程苏魏吕丁沈姚卢姜崔谭陆汪范贾夏"
GIVEN = ["国强", "建军", "秀英", "桂兰", "志刚", "伟", "敏", "小红", "晓东", "文武", "玉梅", "海燕", "永福", "子轩", "梓涵", "丽", "勇", "建国", "春花", "学文", "金宝", "明", "俊杰", "淑芬"]  # fmt: skip
DOUBLE = ["欧阳", "司马", "上官", "诸葛", "皇甫", "慕容", "令狐", "东方", "尉迟", "夏侯"]
VILLAGES = ["长安村", "红旗村", "马家庄村", "龙源村", "新民村", "上滩村", "和平村", "黄花村", "团结村", "杨家堡村"]
SPOKEN = "零一二三四五六七八九"


@dataclass(frozen=True)
class Instance:
    """A sentence part with personal data: none of `parts` may be left in it, all of `kept` must be."""

    text: str
    parts: tuple[str, ...]
    kept: tuple[str, ...] = ()


Form = Callable[[random.Random], Instance]


def digits(chance: random.Random, count: int) -> str:
    """That many digits."""
    return "".join(chance.choice("0123456789") for _ in range(count))


def mobile(chance: random.Random) -> str:
    """An 11-digit mobile number."""
    return f"1{chance.choice('3456789')}{digits(chance, 9)}"


def identity(chance: random.Random) -> str:
    """An 18-character identity number with the right check digit."""
    head = f"{chance.choice(['640302', '642221', '610427', '622726', '410523', '152801'])}{chance.randint(1945, 2012)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{digits(chance, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(w * int(d) for w, d in zip(weights, head, strict=True)) % 11]


def identity_x(chance: random.Random) -> str:
    """An identity number that ends in X."""
    while not (number := identity(chance)).endswith("X"):
        pass
    return number


def identity_digits(chance: random.Random) -> str:
    """An identity number of digits alone."""
    while (number := identity(chance)).endswith("X"):
        pass
    return number


def identity_15(chance: random.Random) -> str:
    """An identity number of the first generation."""
    return f"642221{chance.randint(45, 85)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{digits(chance, 3)}"


def card(chance: random.Random, length: int = 19) -> str:
    """A bank card number with the right Luhn digit."""
    head = chance.choice(["622202", "621700", "622848", "621799", "623062"]) + digits(chance, length - 7)
    total = 0
    for place, digit in enumerate(reversed(head)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return head + str(-total % 10)


def credit_code(chance: random.Random) -> str:
    """A unified social credit code with the right check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = f"91640{digits(chance, 3)}MA7{''.join(chance.choice(alphabet) for _ in range(6))}"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return head + alphabet[-sum(w * alphabet.index(s) for w, s in zip(weights, head, strict=True)) % 31]


def name(chance: random.Random) -> str:
    """A name of two or three characters."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def double_name(chance: random.Random) -> str:
    """A name with a surname of two characters."""
    return chance.choice(DOUBLE) + chance.choice(GIVEN)


def handle(chance: random.Random) -> str:
    """A WeChat handle."""
    return (
        chance.choice(["zhang", "wang", "li", "ma", "nx_"])
        + chance.choice(["san", "qiang", "mei", "wei"])
        + digits(chance, 4)
    )


def spoken(number: str) -> str:
    """A number in Chinese digits."""
    return "".join(SPOKEN[int(sign)] if sign.isdigit() else sign for sign in number)


def wide(text: str) -> str:
    """A text in full-width signs."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def cut(number: str, *lengths: int, by: str = " ") -> str:
    """A number in groups of these lengths, the rest as the last one."""
    parts, at = [], 0
    for length in lengths:
        parts.append(number[at : at + length])
        at += length
    return by.join([*parts, number[at:]])


def windows(number: str, size: int = 4) -> tuple[str, ...]:
    """The middle and the end of a number: what must not be left of it."""
    return (number[3 : 3 + size], number[-size:])

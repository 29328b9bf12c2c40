"""What makes the forms of personal data, with a sentence around."""

import random

from bench import masking_values as v
from bench.masking_values import Form, Instance

PHONE_CUES = ["电话", "他手机号是", "打", "老板电话：", "联系我", "号码 ", "回我电话", "", "我的号"]


def phone(shape: tuple[int, ...] = (), by: str = "", lead: str = "") -> Form:
    """A mobile number in groups."""

    def form(chance: random.Random) -> Instance:
        number = v.mobile(chance)
        shown = v.cut(number, *shape, by=by) if shape else number
        return Instance(f"{chance.choice(PHONE_CUES)}{lead}{shown}打不通", v.windows(shown), ("打不通",))

    return form


def spoken_phone(change: str = "", by: str = "") -> Form:
    """A mobile number in Chinese digits."""

    def form(chance: random.Random) -> Instance:
        shown = v.spoken(v.mobile(chance))
        shown = change + shown[1:] if change else shown
        shown = v.cut(shown, 3, 4, by=by) if by else shown
        return Instance(f"{chance.choice(PHONE_CUES)}{shown}没人接", (shown[3:7], shown[-4:]), ("没人接",))

    return form


def mixed_phone(chance: random.Random) -> Instance:
    """A mobile number with some Chinese digits."""
    number = v.mobile(chance)
    at = chance.randint(1, 7)
    shown = number[:at] + v.spoken(number[at : at + 4]) + number[at + 4 :]
    return Instance(f"电话{shown}不接", v.windows(shown))


def oh_phone(chance: random.Random) -> Instance:
    """A mobile number with O for 0."""
    number = v.mobile(chance)[:7] + "0" + v.digits(chance, 3)
    shown = number[:3] + number[3:].replace("0", chance.choice("Oo"))
    return Instance(f"我号码{shown}", (shown[3:7], shown[-4:]))


def zero_width(chance: random.Random) -> Instance:
    """A mobile number with invisible signs."""
    shown = chance.choice(["\u200b", "\u200d", "\u2060", "\ufeff"]).join(v.mobile(chance))
    return Instance(f"打{shown}", (shown[5:12], shown[-7:]))


def wide_phone(chance: random.Random) -> Instance:
    """A mobile number in full width."""
    shown = v.wide(v.mobile(chance))
    return Instance(f"电话{shown}", v.windows(shown))


def landline(pattern: str, spoken: bool = False) -> Form:
    """A landline, `a` its area, `n` the rest, `h` and `t` its halves."""

    def form(chance: random.Random) -> Instance:
        local = chance.choice("2356") + v.digits(chance, 6)
        area = chance.choice(["0951", "0952", "0953", "0954", "0955", "0917", "0934"])
        if spoken:
            local, area = v.spoken(local), v.spoken(area)
        text = pattern.format(a=area, n=local, h=local[:3], t=local[3:])
        return Instance(text, (local[:3] + local[3:], local[3:]))

    return form


def identity(pattern: str = "身份证号{}", shape: tuple[int, ...] = (), by: str = "", kind: str = "any") -> Form:
    """An identity number in groups."""

    def form(chance: random.Random) -> Instance:
        number = {"any": v.identity, "x": v.identity_x, "digits": v.identity_digits, "15": v.identity_15}[kind](chance)
        shown = v.cut(number, *shape, by=by) if shape else number
        return Instance(pattern.format(shown), (shown[6:10], shown[-4:]))

    return form


def spoken_identity(chance: random.Random) -> Instance:
    """An identity number in Chinese digits."""
    shown = v.spoken(v.identity_digits(chance))
    return Instance(f"我身份证{shown}", (shown[6:10], shown[-4:]))


def wide_identity(chance: random.Random) -> Instance:
    """An identity number in full width."""
    shown = v.wide(v.identity(chance))
    return Instance(f"身份证：{shown}", (shown[6:10], shown[-4:]))


def spaced_identity(chance: random.Random) -> Instance:
    """An identity number digit by digit."""
    shown = " ".join(v.identity_digits(chance))
    return Instance(f"身份证{shown}", (shown[12:20], shown[-7:]))


def tail(pattern: str, count: int, spoken: bool = False) -> Form:
    """The last digits of an identity number."""

    def form(chance: random.Random) -> Instance:
        tail = v.identity_digits(chance)[-count:]
        shown = v.spoken(tail) if spoken else tail
        return Instance(pattern.format(shown), (shown,))

    return form


def card(pattern: str, shape: tuple[int, ...] = (), by: str = " ", length: int = 19) -> Form:
    """A bank card in groups."""

    def form(chance: random.Random) -> Instance:
        number = v.card(chance, length)
        shown = v.cut(number, *shape, by=by) if shape else number
        return Instance(pattern.format(shown), (shown[6:10], shown[-5:]))

    return form


def spoken_card(chance: random.Random) -> Instance:
    """A bank card in Chinese digits."""
    shown = v.spoken(v.card(chance))
    return Instance(f"卡号{shown}", (shown[6:10], shown[-4:]))


def plate(pattern: str, wide: bool = False, energy: bool = False) -> Form:
    """A plate, `p` its province, `l` its letter, `t` the rest."""

    def form(chance: random.Random) -> Instance:
        province, letter = chance.choice("宁陕甘蒙青新"), chance.choice("ABCDE")
        tail = (
            v.digits(chance, 5)
            if chance.random() < 0.6
            else f"{v.digits(chance, 2)}{chance.choice('KMQX')}{v.digits(chance, 2)}"
        )
        tail = f"D{v.digits(chance, 5)}" if energy else tail
        if wide:
            letter, tail = v.wide(letter), v.wide(tail)
        return Instance(pattern.format(p=province, l=letter, t=tail, low=letter.lower()), (tail,))

    return form


def handle(pattern: str) -> Form:
    """A WeChat handle."""

    def form(chance: random.Random) -> Instance:
        shown = v.handle(chance)
        return Instance(pattern.format(shown), (shown, shown[-4:]))

    return form


def qq(pattern: str) -> Form:
    """A QQ number."""

    def form(chance: random.Random) -> Instance:
        shown = chance.choice("123456789") + v.digits(chance, chance.randint(5, 9))
        return Instance(pattern.format(shown), (shown, shown[1:]))

    return form


def email(pattern: str) -> Form:
    """An e-mail address, `u` its user, `h` its host."""

    def form(chance: random.Random) -> Instance:
        user, host = v.handle(chance), chance.choice(["qq", "163", "126", "sina", "gmail"])
        return Instance(pattern.format(u=user, h=host), (user, user[-4:]))

    return form


def code(pattern: str, kind: str) -> Form:
    """A credit code or a passport."""

    def form(chance: random.Random) -> Instance:
        shown = v.credit_code(chance) if kind == "credit" else chance.choice("EG") + v.digits(chance, 8)
        return Instance(pattern.format(shown), (shown[4:], shown[-6:]))

    return form


def address(pattern: str, *parts: str, kept: str = "{village}") -> Form:
    """An address of which `parts` must go and `kept` must stay."""

    def form(chance: random.Random) -> Instance:
        values = {
            "village": chance.choice(v.VILLAGES), "n": str(chance.randint(1, 12)), "house": str(chance.randint(13, 399)),
            "c": chance.choice("一二三四五六七八"), "room": f"{chance.randint(1, 18)}0{chance.randint(1, 4)}",
            "street": chance.choice(["中山路", "正源街", "文化巷", "南大街", "建设西路"]), "estate": chance.choice(["幸福小区", "阳光花园", "康居家园"]),
        }  # fmt: skip
        return Instance(
            pattern.format(**values), tuple(part.format(**values) for part in parts), (kept.format(**values),)
        )

    return form


def name(pattern: str, double: bool = False, kept: str = "") -> Form:
    """A name behind a cue."""

    def form(chance: random.Random) -> Instance:
        shown = v.double_name(chance) if double else v.name(chance)
        return Instance(
            pattern.format(shown), (shown, shown[-2:]) if len(shown) > 2 else (shown,), (kept,) if kept else ()
        )

    return form

"""Further ways to write personal data, thought up after the grammars were written and without a look at them."""

import random
from collections.abc import Callable

from bench import masking_values as v
from bench.masking_values import Form, Instance


def _of(make: Callable[[random.Random], str], pattern: str, change: Callable[[str], str] = str, kept: str = "") -> Form:
    """A value, changed, in a pattern; neither the whole of it nor its last four signs may be left."""

    def form(chance: random.Random) -> Instance:
        shown = change(make(chance))
        return Instance(pattern.format(shown), (shown, shown[-4:]), (kept,) if kept else ())

    return form


def _named(pattern: str, kept: str = "", count: int = 1) -> Form:
    def form(chance: random.Random) -> Instance:
        names = [v.name(chance) for _ in range(count)]
        return Instance(pattern.format(*names), tuple(names), (kept,) if kept else ())

    return form


def _filled(pattern: str, *parts: str) -> Form:
    def form(chance: random.Random) -> Instance:
        values = {
            "village": chance.choice(v.VILLAGES), "n": str(chance.randint(1, 12)), "house": str(chance.randint(13, 399)),
            "c": chance.choice("一二三四五六七八"), "room": f"{chance.randint(1, 18)}0{chance.randint(1, 4)}",
        }  # fmt: skip
        return Instance(pattern.format(**values), tuple(part.format(**values) for part in parts))

    return form


def _plate(pattern: str, change: Callable[[str], str] = str) -> Form:
    def form(chance: random.Random) -> Instance:
        tail = change(v.digits(chance, 5))
        text = pattern.format(
            p=chance.choice("宁陕甘蒙"), l=chance.choice("ABCDE"), t=tail, a=tail[:3], b=tail[3:], four=tail[:4]
        )
        return Instance(text, (tail, tail[:3] + tail[3:], tail[:4]))

    return form


def _circled(number: str) -> str:
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(sign)] for sign in number)


def _banker(number: str) -> str:
    return "".join("零壹贰叁肆伍陆柒捌玖"[int(sign)] for sign in number)


def _keycaps(number: str) -> str:
    return "".join(f"{sign}\ufe0f\u20e3" for sign in number)


def _groups(*lengths: int, by: str) -> Callable[[str], str]:
    return lambda number: v.cut(number, *lengths, by=by)


def _local(length: int) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice("2356") + v.digits(chance, length - 1)


def _account(chance: random.Random) -> str:
    return "2" + v.digits(chance, 16)


def _two_phones(pattern: str) -> Form:
    def form(chance: random.Random) -> Instance:
        numbers = (v.mobile(chance), v.mobile(chance))
        return Instance(pattern.format(*numbers), numbers)

    return form


def _dotted_name(chance: random.Random) -> Instance:
    shown = (
        chance.choice(["阿依古丽", "古丽娜尔", "买买提", "艾山江", "帕提古丽"])
        + "·"
        + chance.choice(["买买提", "阿不都", "吐尔逊", "艾合买提"])
    )
    return Instance(f"我叫{shown}，是新疆的", (shown, shown[-3:]))


FORMS: dict[str, Form] = {
    "phone emoji between": _of(v.mobile, "电话{}", _groups(3, 4, by="📱")),
    "phone underscores": _of(v.mobile, "打{}", _groups(3, 4, by="_")),
    "phone line breaks": _of(v.mobile, "他号码\n{}", _groups(3, 4, by="\n")),
    "phone ellipsis": _of(v.mobile, "就是{}这个号", _groups(3, 4, by="......")),
    "phone bankers' digits": _of(v.mobile, "电话{}", _banker),
    "phone circled": _of(v.mobile, "联系{}", _circled),
    "phone keycaps": _of(v.mobile, "联系{}", _keycaps),
    "phone in pairs": _of(v.mobile, "老板的号{}", _groups(1, 2, 2, 2, 2, by=" ")),
    "phone spoken 杠": _of(v.mobile, "我电话{}", lambda number: v.spoken(v.cut(number, 3, 4, by="杠"))),
    "phone middle bracketed": _of(v.mobile, "电话{}", lambda number: f"{number[:3]}({number[3:7]}){number[7:]}"),
    "phone tildes": _of(v.mobile, "{}找他", _groups(3, 4, by="~")),
    "phone arrows": _of(v.mobile, "{}找他", _groups(3, 4, by="→")),
    "phone with 0": _of(v.mobile, "拨0{}"),
    "phone 后面": _of(v.mobile, "他电话{}", lambda number: f"{number[:3]}后面是{number[3:]}"),
    "phone dots each": _of(v.mobile, "电{}", lambda number: ".".join(number)),
    "phone commas each spoken": _of(v.mobile, "电话是{}", lambda number: "，".join(v.spoken(number))),
    "phone Arabic-Indic": _of(v.mobile, "电话{}", lambda number: "".join(chr(0x660 + int(sign)) for sign in number)),
    "phone l for 1": _of(v.mobile, "手机{}", lambda number: "l" + number[1:]),
    "phones joined by 或": _two_phones("打{}或者{}"),
    "phones joined by space": _two_phones("电话{} {}"),
    "phones joined by slash": _two_phones("电话{}/{}都打不通"),
    "landline extension": _of(lambda c: f"0951-{_local(7)(c)}转{c.randint(8001, 8999)}", "公司{}"),
    "landline +86": _of(lambda c: f"+86 951 {_local(7)(c)}", "座机{}"),
    "landline eight": _of(_local(8), "他家座机是{}"),
    "landline full width": _of(lambda c: v.wide(f"0953-{_local(7)(c)}"), "打{}"),
    "landline behind": _of(_local(7), "{}是他单位座机"),
    "identity X apart": _of(lambda c: v.cut(v.identity_x(c), 17, by=" "), "身份证{}"),
    "identity threes": _of(v.identity_digits, "{}", _groups(3, 3, 3, 3, 3, by=" ")),
    "identity zero width": _of(v.identity_digits, "{}", lambda number: "\u200b".join(number)),
    "identity 公民身份号码": _of(v.identity, "公民身份号码：{}"),
    "identity last digits": _of(lambda c: v.digits(c, 4), "身份证尾号{}"),
    "identity O": _of(v.identity_digits, "身份证号码是{}", lambda number: number[:14].replace("0", "O") + number[14:]),
    "identity x in 叉": _of(lambda c: v.spoken(v.identity_x(c)[:17]) + "叉", "身份证号{}"),
    "identity and phone": _of(lambda c: f"{v.identity_digits(c)}，{v.mobile(c)}", "我的信息{}"),
    "card tail": _of(lambda c: v.digits(c, 4), "银行卡尾号{}被冻结"),
    "card account": _of(_account, "农行账号{}"),
    "card digit by digit": _of(v.card, "卡号{}", lambda number: " ".join(number)),
    "card dots": _of(v.card, "打到{}", _groups(4, 4, 4, 4, by=".")),
    "card commas": _of(v.card, "工行卡{}", _groups(4, 4, 4, 4, by="，")),
    "plate spoken": _plate("车牌{p}{l}{t}", v.spoken),
    "plate parted tail": _plate("{p}{l} {a} {b}跑了"),
    "plate trailer": _plate("{p}{l}{four}挂撞的"),
    "plate of a car": _plate("那辆{l}{t}的白色面包车"),
    "plate slash": _plate("{p}{l}/{t}"),
    "wechat v": _of(v.handle, "v：{}"),
    "wechat 威信": _of(v.handle, "威信{}"),
    "wechat id": _of(v.handle, "微信ID是{}"),
    "wechat 加V": _of(v.handle, "加V {}"),
    "wechat wxid": _of(lambda c: f"wxid_{v.digits(c, 8)}ab{v.digits(c, 2)}", "对方是{}"),
    "qq spoken": _of(lambda c: v.spoken("8" + v.digits(c, 7)), "扣扣号{}"),
    "qq 企鹅": _of(lambda c: "7" + v.digits(c, 8), "企鹅号{}"),
    "email 艾特": _of(lambda c: v.handle(c) + "艾特qq点com", "邮箱{}"),
    "email no ending": _of(lambda c: v.handle(c) + "@163", "发我{}"),
    "email subdomain": _of(lambda c: v.handle(c) + "@mail.nxu.edu.cn", "发我{}"),
    "address team": _filled("我是{village}{c}队的", "{c}队"),
    "address row": _filled("家住{village}{c}排{n}号", "{c}排", "{n}号"),
    "address attached": _filled("{village}{c}组附{house}号", "附{house}", "{c}组"),
    "address block": _filled("我在金凤区某小区{n}栋{room}", "{n}栋", "{room}"),
    "address society": _filled("{village}{c}社{house}号", "{c}社", "{house}"),
    "address 住址": _filled("住址：{village}{n}号院{room}", "{room}"),
    "address room": _filled("住在学校公寓{room}室", "{room}"),
    "name 户主": _named("户主{}去世了", "去世了"),
    "name 收款人": _named("收款人：{}"),
    "name 借款人": _named("借款人{}借了五万", "借了五万"),
    "name spaced": _of(lambda c: " ".join(v.name(c)), "我叫 {}"),
    "name 法定代表人": _named("法定代表人{}不见了"),
    "name 婆婆": _named("我婆婆{}骂我", "骂我"),
    "name of a wife": _named("我是{}的妻子", "的妻子"),
    "name 本人": _named("本人{}，男"),
    "name 我女儿": _named("我女儿{}今年三岁", "今年三岁"),
    "name list": _named("原告{}、{}不服", count=2),
    "name twice": _of(v.name, "我叫{0}。{0}就是我"),
    "name dotted": _dotted_name,
    "name 村书记": _named("村书记{}占我家地", "占我家地"),
    "name 司机": _named("司机{}酒驾撞人"),
    "name 我二叔": _named("我二叔{}把地卖了", "把地卖了"),
    "name quoted": _named("老板叫“{}”欠钱"),
    "name 网名叫": _named("骗我的人叫{}，在银川"),
    "name 和": _named("我和{}离婚了", "离婚了"),
    "name 借给": _named("我把钱借给{}了"),
}

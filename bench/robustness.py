"""How much top-1 is lost when the same questions are typed worse.

python -m bench.robustness [SET…]      (default: dev; also held-out, or a labelled file)
"""

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import opencc
from pypinyin import lazy_pinyin

from bench.questions import Labelled, named
from fzbot.answering.snapshot import Snapshot
from fzbot.settings import shipped_knowledge

COMMON = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔迹婚姻彩礼离抚养赡承包宅基"
    "遗嘱继诉讼赔偿欠款债息借条拘留判刑骗诈刷单贷押租房东客伤残鉴工资薪仲裁援助律师证据执冻结扣押村镇县省"
)


def main() -> None:
    """Print one row a kind of damage."""
    questions = [q for q in named(*(sys.argv[1:] or ["dev"])) if q.is_in_scope]
    snapshot = Snapshot.of_folder(shipped_knowledge(), Path(tempfile.gettempdir()) / "fzbot-bench")
    covered = {entry.need for entry in snapshot.entries.values()}
    questions = [q for q in questions if q.needs & covered]
    homophones = sounds_alike()
    traditional = opencc.OpenCC("s2t").convert
    kinds: dict[str, Callable[[str, random.Random], str]] = {
        "as asked": lambda text, _: text,
        "a word in homophones": lambda text, chance: homophoned(text, chance, snapshot, homophones),
        "one character dropped": dropped,
        "two characters swapped": swapped,
        "traditional characters": lambda text, _: traditional(text),
        "spaces inserted": lambda text, chance: "".join(c + (" " if chance.random() < 0.25 else "") for c in text),
        "polite prefix and suffix": lambda text, _: f"律师您好，麻烦请问一下，{text}谢谢您了，在线等",
    }
    print(f"{'':26}{'top-1':>8}{'loss':>8}{'top-3':>8}{'loss':>8}   n={len(questions)}")
    base: tuple[float, float] | None = None
    for name, damage in kinds.items():
        one, three = accuracy(snapshot, questions, damage)
        base = base or (one, three)
        print(f"{name:26}{one:8.3f}{base[0] - one:8.3f}{three:8.3f}{base[1] - three:8.3f}")


def accuracy(
    snapshot: Snapshot, questions: list[Labelled], damage: Callable[[str, random.Random], str]
) -> tuple[float, float]:
    """Top-1 and top-3 over the damaged questions."""
    chance = random.Random(5)
    one = three = 0
    entries = list(snapshot.entries.values())
    for question in questions:
        ranking = snapshot.rank(snapshot.normalise(damage(question.text, chance)))
        needs = list(dict.fromkeys(entries[found.entry].need for found in ranking.candidates))
        one += needs[0] in question.needs
        three += bool(set(needs[:3]) & question.needs)
    return one / len(questions), three / len(questions)


def sounds_alike() -> dict[str, list[str]]:
    """Common characters by their sound."""
    found: dict[str, list[str]] = {}
    for character in dict.fromkeys(COMMON):
        found.setdefault(lazy_pinyin(character)[0], []).append(character)
    return found


def homophoned(text: str, chance: random.Random, snapshot: Snapshot, homophones: dict[str, list[str]]) -> str:
    """Each character of one word replaced by another of the same sound, where there is one."""
    words = [word for word in snapshot.tokeniser.words(text) if len(word) > 1 and word in text]
    if not words:
        return text
    word = chance.choice(words)
    other = ""
    for character in word:
        alike = [c for c in homophones.get(lazy_pinyin(character)[0], []) if c != character]
        other += chance.choice(alike) if alike else character
    return text.replace(word, other, 1)


def dropped(text: str, chance: random.Random) -> str:
    """One character lost."""
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :] if len(text) > 2 else text


def swapped(text: str, chance: random.Random) -> str:
    """Two neighbours the other way round."""
    if len(text) < 2:
        return text
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


if __name__ == "__main__":
    main()

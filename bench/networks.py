"""The network of `bench/encoder.py`: a transformer (Vaswani et al., 2017) with a direction for each entry. PyTorch."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from fzbot.answering.ranking.entry_embeddings import SHARPNESS
from fzbot.answering.ranking.sentence_encoder import EPSILON, HEADS
from fzbot.answering.text.subwords import Ids

DROPPED = 0.1


class Network(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """Pieces to a vector of length one: the mean over what the last layer makes of them."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], layers: int, classes: int) -> None:
        super().__init__()
        self.weights = nn.ParameterDict(
            {name.replace(".", "_"): torch.tensor(value) for name, value in weights.items()}
        )
        self.layers = layers
        self.classes = nn.Parameter(torch.zeros(classes, weights["table"].shape[1]))

    def encode(self, ids: Tensor, there: Tensor) -> Tensor:
        """Texts × pieces to texts × dimensions; `there` says which places are taken."""
        w, size = self.weights, self.classes.shape[1]
        state = functional.embedding(ids, w["table"]) + w["places"][: ids.shape[1]]
        state = self._dropped(self._normal(state, "norm"))
        seen = there[:, None, None, :]
        for layer in range(self.layers):
            own = f"{layer}_"
            looks = self._times(state, f"{own}look").unflatten(-1, (3, HEADS, size // HEADS)).permute(2, 0, 3, 1, 4)
            found = functional.scaled_dot_product_attention(*looks, attn_mask=seen).transpose(1, 2).flatten(2)
            state = self._normal(state + self._times(found, f"{own}gather"), f"{own}between")
            wide = functional.gelu(self._times(state, f"{own}widen"))
            state = self._normal(state + self._dropped(self._times(wide, f"{own}narrow")), f"{own}norm")
        return functional.normalize((state * there.unsqueeze(-1)).sum(1), dim=1)

    def forward(self, ids: Tensor, there: Tensor) -> Tensor:
        """How near each text is to each class, as logits."""
        return SHARPNESS * self.encode(ids, there).float() @ functional.normalize(self.classes, dim=1).T

    def _times(self, state: Tensor, name: str) -> Tensor:
        return state @ self.weights[name] + self.weights[f"{name}_bias"]

    def _normal(self, state: Tensor, name: str) -> Tensor:
        return functional.layer_norm(state, state.shape[-1:], self.weights[name], self.weights[f"{name}_bias"], EPSILON)

    def _dropped(self, state: Tensor) -> Tensor:
        return functional.dropout(state, DROPPED, self.training)


def padded(rows: Sequence[Ids]) -> tuple[Tensor, Tensor]:
    """Rows of ids as one tensor, and which of its places are taken."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=-1)
    return ids.clamp(min=0), ids >= 0

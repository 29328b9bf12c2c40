"""Write a trained encoder into the package, with eight bits a weight.

    python -m bench.encoder_export CHECKPOINT

The network is written out for one text: what each piece begins with (pieces × dimensions) in, their mean after the last layer
out. Weights use seven of their eight bits: with all eight, sums would overflow on processors without VNNI, and the same question
would have another vector there than elsewhere.
"""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from fzbot.answering.ranking.matrix import Rows
from fzbot.answering.ranking.sentence_encoder import EPSILON, HEADS, INPUT, NETWORK, WEIGHTS

OPSET, FORMAT = 20, 10
Weights = Mapping[str, NDArray[np.float32]]


class Graph:
    """A network that is written down step by step."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._weights = weights

    def step(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        """One operation; the name of what comes out of it. Of several outputs, `NAME.0` and so on."""
        name = f"{kind}{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return name

    def weight(self, name: str) -> str:
        """A weight by its name."""
        return self.constant(name, self._weights[name])

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """A constant by its name."""
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def times(self, state: str, name: str) -> str:
        """A matrix and its bias."""
        return self.step("Add", self.step("MatMul", state, self.weight(name)), self.weight(f"{name}_bias"))

    def normal(self, state: str, name: str) -> str:
        """Layer normalisation."""
        inputs = (state, self.weight(name), self.weight(f"{name}_bias"))
        return self.step("LayerNormalization", *inputs, axis=-1, epsilon=EPSILON)

    def layer(self, state: str, own: str, size: int) -> str:
        """Look at the other pieces, then think."""
        sides = self.constant("sides", np.array([0, 3, HEADS, size // HEADS]))
        parts = self.step("Reshape", self.times(state, f"{own}look"), sides)
        split = self.step("Split", self.step("Transpose", parts, perm=[1, 2, 0, 3]), outputs=3, axis=0, num_outputs=3)
        root = self.constant("root", np.array((size // HEADS) ** -0.5, np.float32))
        asked = self.step("Mul", f"{split}.0", root)
        near = self.step("MatMul", asked, self.step("Transpose", f"{split}.1", perm=[0, 1, 3, 2]))
        found = self.step("MatMul", self.step("Softmax", near, axis=-1), f"{split}.2")
        together = self.constant("together", np.array([-1, size]))
        found = self.step("Reshape", self.step("Transpose", found, perm=[0, 2, 1, 3]), together)
        state = self.normal(self.step("Add", state, self.times(found, f"{own}gather")), f"{own}between")
        wide = self.step("Gelu", self.times(state, f"{own}widen"))
        return self.normal(self.step("Add", state, self.times(wide, f"{own}narrow")), f"{own}norm")


def network(weights: Weights, layers: int) -> onnx.ModelProto:
    """The whole network, with 32 bits a weight."""
    graph, size = Graph(weights), weights["table"].shape[1]
    state = graph.normal(INPUT, "norm")
    for number in range(layers):
        state = graph.layer(state, f"{number}_", size)
    mean = graph.step("ReduceMean", state, graph.constant("pieces_axis", np.array([0])), keepdims=0)
    written = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", size])],
        [helper.make_tensor_value_info(mean, TensorProto.FLOAT, [size])],
        list(graph.constants.values()),
    )
    model = helper.make_model(written, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Read a checkpoint and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    kept = torch.load(parser.parse_args().checkpoint, weights_only=True)
    weights = {name.removeprefix("weights."): value.numpy() for name, value in kept["state"].items()}
    directions = weights.pop("classes")
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(network(weights, kept["layers"]), whole)
        quantize_dynamic(whole, NETWORK, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    tables = {"table": weights["table"], "places": weights["places"], "directions": directions}
    arrays: dict[str, Any] = {
        "pieces": np.array("\n".join(kept["pieces"])),
        "entries": np.array("\n".join(kept["entries"])),
    }
    arrays["scores"] = np.array(kept["scores"], np.float32)
    for name, rows in tables.items():
        packed = Rows.of(rows)
        arrays |= {name: packed.values, f"{name}.scales": packed.scales}
    np.savez_compressed(WEIGHTS, **arrays)
    for path in (NETWORK, WEIGHTS):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

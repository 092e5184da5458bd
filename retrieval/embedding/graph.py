"""all-MiniLM-L6-v2 as an ONNX graph of fused operators, made from the safetensors weights (Wang et al. 2020).

A BERT layer is seven nodes of onnxruntime's own domain; nothing of PyTorch is needed. Inputs `input_ids` and `mask`
(int32, batch x length, padding to the right), output `tokens` (float32, batch x length x 384).

Making it takes seconds and 400 MB, so it runs once, as a program of its own: `python -m retrieval.embedding.graph
WEIGHTS TARGET [--int8]`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

HIDDEN = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
FUSED = "com.microsoft"


class _Graph:
    """Nodes and constants as they are added; each method gives back the name of what it added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[np.float32]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401 - what make_node takes
        outputs = [output, "lengths"] if operator == "EmbedLayerNormalization" else [output]
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return output


def build(weights_file: Path) -> onnx.ModelProto:
    """Return the fp32 graph; its output equals PyTorch's to about 1e-6."""
    weights = load_file(weights_file)
    graph = _Graph()
    hidden = _embeddings(graph, weights)
    for number in range(LAYERS):
        hidden = _layer(graph, weights, number, hidden, "tokens" if number == LAYERS - 1 else f"layer{number}")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "length"]) for name in ("input_ids", "mask")
    ]
    output = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", HIDDEN])
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, [output], graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9)


def _embeddings(graph: _Graph, weights: dict[str, NDArray[np.float32]]) -> str:
    words = weights["embeddings.word_embeddings.weight"]
    # One text at a time has token type 0 throughout, so that row can live in the position table.
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    inputs = [
        "input_ids",
        "",
        graph.constant("words", words),
        graph.constant("positions", positions),
        "",
        graph.constant("scale", weights["embeddings.LayerNorm.weight"]),
        graph.constant("shift", weights["embeddings.LayerNorm.bias"]),
        "mask",
    ]
    return graph.node("EmbedLayerNormalization", inputs, "embedded", FUSED, epsilon=EPSILON)


def _layer(graph: _Graph, weights: dict[str, NDArray[np.float32]], number: int, hidden: str, output: str) -> str:
    def weight(name: str) -> NDArray[np.float32]:
        return weights[f"encoder.layer.{number}.{name}"]

    def constant(name: str, *, transposed: bool = False) -> str:
        values = weight(name)
        return graph.constant(f"{number}.{name}", values.T if transposed else values)

    def name(step: str) -> str:
        return f"{number}.{step}"

    heads = ("query", "key", "value")
    joined = np.concatenate([weight(f"attention.self.{head}.weight").T for head in heads], axis=1)
    biases = np.concatenate([weight(f"attention.self.{head}.bias") for head in heads])
    attended = graph.node(
        "Attention",
        [hidden, graph.constant(name("qkv.weight"), joined), graph.constant(name("qkv.bias"), biases), "lengths"],
        name("attended"),
        FUSED,
        num_heads=HEADS,
    )
    projection = constant("attention.output.dense.weight", transposed=True)
    projected = graph.node("MatMul", [attended, projection], name("projected"))
    normalised = graph.node(
        "SkipLayerNormalization",
        [
            projected,
            hidden,
            constant("attention.output.LayerNorm.weight"),
            constant("attention.output.LayerNorm.bias"),
            constant("attention.output.dense.bias"),
        ],
        name("normalised"),
        FUSED,
        epsilon=EPSILON,
    )
    wide = graph.node("MatMul", [normalised, constant("intermediate.dense.weight", transposed=True)], name("wide"))
    activated = graph.node("BiasGelu", [wide, constant("intermediate.dense.bias")], name("activated"), FUSED)
    narrow = graph.node("MatMul", [activated, constant("output.dense.weight", transposed=True)], name("narrow"))
    return graph.node(
        "SkipLayerNormalization",
        [
            narrow,
            normalised,
            constant("output.LayerNorm.weight"),
            constant("output.LayerNorm.bias"),
            constant("output.dense.bias"),
        ],
        output,
        FUSED,
        epsilon=EPSILON,
    )


def write(weights_file: Path, target: Path, *, quantised: bool) -> None:
    """Write the graph to `target`, int8 weights if `quantised`; the file appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder, "fp32.onnx")
        onnx.save(build(weights_file), made)
        if quantised:
            plain, made = made, Path(folder, "int8.onnx")
            quantize_dynamic(
                plain,
                made,
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Attention"],
                extra_options={"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True},
            )
        made.replace(target)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]), quantised="--int8" in sys.argv[3:])

"""A traced network as a `CellGraph`, for whatever reads cells: predictors, TG-NAS, kernels.

The graph is that of `harness.computation_graphs.simplification` without counting repetitions, so
that a deeper network has more nodes. A softmax between two products of matrices is one node,
attention. The label of a node is a sentence, and behind a bar what the sentence leaves out:
``Convolution 3 by 3, half resolution | 64 norm relu`` gives 64 channels. Equal labels are equal
operators; the sentences are few (`SENTENCES`), so that they have stored vectors.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.operator import Operator, readers_of, rewire
from harness.computation_graphs.simplification import without_repeats_counted
from harness.core.architecture import Architecture, CellGraph
from harness.core.errors import DataError, UnsupportedError

if TYPE_CHECKING:
    from torch import nn

    from harness.computation_graphs.tracing import Example, HasDataset

__all__ = ["SENTENCES", "cell_of", "sentence_of", "traced_cell"]

_BAR = " | "
_ATTENTION = "attention"
_NORMS = ("layer", "group", "rms")
_MASKS = frozenset({Kind.ADD, Kind.MULTIPLY, Kind.OTHER})

_PLAIN = {
    Kind.INPUT: "Input",
    Kind.OUTPUT: "Output",
    Kind.LINEAR: "Fully connected layer",
    Kind.PRODUCT: "Product of matrices",
    Kind.NORM: "Batch normalisation",
    Kind.ADD: "Residual connection",
    Kind.MULTIPLY: "Product of feature maps",
    Kind.CONCATENATE: "Concatenation",
    Kind.MAX_POOL: "Global max pooling",
    Kind.AVERAGE_POOL: "Global average pooling",
    Kind.GLOBAL_POOL: "Global average pooling",
    Kind.RELU: "Rectified linear unit",
    Kind.CLIPPED_RELU: "Clipped rectified linear unit",
    Kind.SIGMOID: "Sigmoid",
    Kind.TANH: "Hyperbolic tangent",
    Kind.SWISH: "Sigmoid linear unit",
    Kind.GELU: "Gaussian error linear unit",
    Kind.OTHER_ACTIVATION: "Non-linear function",
    Kind.SOFTMAX: "Softmax",
    Kind.PAD: "Padding",
    Kind.RESIZE: "Change of resolution",
    Kind.EMBEDDING: "Embedding of tokens",
    Kind.ZERO: "None",
    Kind.OTHER: "Other operation",
}
_DETAILED = {
    "layer": "Layer normalisation",
    "group": "Group normalisation",
    "rms": "Root mean square normalisation",
    "lstm": "Long short-term memory layer",
    "gru": "Gated recurrent unit layer",
    "rnn_tanh": "Recurrent layer",
    "rnn_relu": "Recurrent layer",
    "leaky_relu": "Leaky rectified linear unit",
    "_prelu_kernel": "Leaky rectified linear unit",
    "elu": "Exponential linear unit",
    "celu": "Exponential linear unit",
    _ATTENTION: "Attention",
}
_CONVOLUTIONS = {
    "Convolution": (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 16, 32),
    "Grouped convolution": (1, 3, 5, 7),
    "Depth-wise convolution": (3, 5, 7, 9, 11, 13, 31),
    "Dilated convolution": (3, 5, 7),
    "Transposed convolution": (2, 3, 4, 5, 6, 8),
    "Three-dimensional convolution": (1, 3, 5, 7),
    "Max pooling": (2, 3, 5, 7),
    "Average pooling": (2, 3, 5, 7),
}
"""Which windows have a sentence; another one gets that of the nearest, the smaller of two."""
_LENGTHS = (1, 3, 5, 7, 9, 15, 31, 63)
_ONE_DIMENSION = "One-dimensional convolution of length"
_HALF, _DOUBLE = ", half resolution", ", double resolution"


def cell_of(module: nn.Module, example: Example) -> CellGraph:
    """Trace a module as a graph whose nodes are named in words.

    Args:
        module: Any module; it is left as it was.
        example: As for `harness.computation_graphs.graph_of`.

    Raises:
        DataError: The module cannot be traced, for one because control flow depends on values.
    """
    from harness.computation_graphs.tracing import operators_of

    return _cell(operators_of(module, example))


def _cell(operators: Sequence[Operator]) -> CellGraph:
    return _in_words(_attentive(without_repeats_counted(operators)))


@functools.lru_cache(maxsize=1 << 14)
def traced_cell(space: HasDataset, architecture: Architecture) -> CellGraph:
    """Build the network of an architecture and trace it; what was traced is kept.

    Raises:
        UnsupportedError: The network cannot be traced, for one because control flow depends on
            values.
    """
    from harness.computation_graphs.tracing import operators_of_architecture

    try:
        return _cell(operators_of_architecture(space, architecture))
    except DataError as error:
        raise UnsupportedError(
            f"the space {space.name} gives no graph of {architecture}, and {error}"
        ) from error


def sentence_of(label: str) -> str:
    """Return the sentence of a node's label."""
    return label.partition(_BAR)[0]


def _attentive(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Join every softmax with the products before and behind it."""
    changed = list(operators)
    stand_ins: list[int | None] = list(range(len(operators)))
    readers = readers_of(operators)
    for place, operator in enumerate(operators):
        if operator.kind is not Kind.SOFTMAX or len(readers[place]) != 1:
            continue
        (last,) = readers[place]
        between = [place]
        while operators[between[-1]].kind is not Kind.PRODUCT:
            sources = dict.fromkeys(operators[between[-1]].inputs)
            (first, *others) = sources
            known = len(between) == 1 or operators[between[-1]].kind in _MASKS
            if others or not known or len(readers[first]) != 1:
                break
            between.append(first)
        first = between[-1]
        if operators[first].kind is Kind.PRODUCT and operators[last].kind is Kind.PRODUCT:
            inputs = (*operators[first].inputs, *changed[last].inputs)
            kept = tuple(source for source in dict.fromkeys(inputs) if source != place)
            changed[last] = changed[last]._replace(inputs=kept, detail=_ATTENTION)
            for joined in between:
                stand_ins[joined] = None
    return rewire(changed, stand_ins)


def _in_words(operators: Sequence[Operator]) -> CellGraph:
    """Name the nodes; an activation other than ReLU that was folded in is a node again."""
    names: list[str] = []
    edges: set[tuple[int, int]] = set()
    places: list[int] = []
    for operator in operators:
        before, after = (
            Kind(folded) for folded in (operator.activation_before, operator.activation_after)
        )
        chain = [_label(operator)]
        if before is not Kind.OTHER and before is not Kind.RELU:
            chain.insert(0, _PLAIN[before])
        if after is not Kind.OTHER and after is not Kind.RELU:
            chain.append(_PLAIN[after])
        first = len(names)
        edges |= {(places[source], first) for source in operator.inputs}
        edges |= set(itertools.pairwise(range(first, first + len(chain))))
        names += chain
        places.append(len(names) - 1)
    return CellGraph(operations=tuple(names), edges=tuple(sorted(edges)))


def _label(operator: Operator) -> str:
    if operator.kind in (Kind.INPUT, Kind.OUTPUT):
        return operator.kind.name.lower()
    relu = int(Kind.RELU)
    norm = operator.detail.split()[-1:] if operator.normed else []
    parts = [
        str(operator.size_out[2]),
        f"in {operator.window.groups} groups" if operator.window.groups > 1 else "",
        f"{operator.detail} at once" if operator.detail.isdigit() else "",
        "after relu" if operator.activation_before == relu else "",
        f"{norm[0]} norm" if norm and norm[0] in _NORMS else "norm" if operator.normed else "",
        "relu" if operator.activation_after == relu else "",
    ]
    return _sentence(operator) + _BAR + " ".join(part for part in parts if part)


def _sentence(operator: Operator) -> str:
    own = operator.detail.split()[:1]
    detail = own[0] if own and not (operator.normed and own[0] in _NORMS) else ""
    if detail in _DETAILED:
        return _DETAILED[detail]
    height, width, stride, dilation, groups = operator.window
    if not height:
        return _PLAIN[operator.kind]
    half = _HALF if stride > 1 else ""
    if detail == "1d":
        return f"{_ONE_DIMENSION} {_nearest(height, _LENGTHS)}{half}"
    name = _windowed(operator.kind, detail, dilated=dilation > 1, grouped=groups > 1)
    side = _nearest(max(height, width), _CONVOLUTIONS[name])
    return f"{name} {side} by {side}{_strided(name) if half else ''}"


def _windowed(kind: Kind, detail: str, *, dilated: bool, grouped: bool) -> str:
    match kind:
        case Kind.MAX_POOL:
            return "Max pooling"
        case Kind.AVERAGE_POOL:
            return "Average pooling"
        case Kind.TRANSPOSED:
            return "Transposed convolution"
    if detail == "3d":
        return "Three-dimensional convolution"
    if dilated:
        return "Dilated convolution"
    if kind is Kind.DEPTHWISE:
        return "Depth-wise convolution"
    return "Grouped convolution" if grouped else "Convolution"


def _strided(name: str) -> str:
    return _DOUBLE if name == "Transposed convolution" else _HALF


def _nearest(side: int, known: Sequence[int]) -> int:
    return min(known, key=lambda other: (abs(other - side), other))


SENTENCES = frozenset(
    {
        *_PLAIN.values(),
        *_DETAILED.values(),
        *(
            f"{name} {side} by {side}{strided}"
            for name, sides in _CONVOLUTIONS.items()
            for side in sides
            for strided in ("", _strided(name))
        ),
        *(f"{_ONE_DIMENSION} {length}{half}" for length in _LENGTHS for half in ("", _HALF)),
    }
)
"""Every sentence that a label can begin with."""

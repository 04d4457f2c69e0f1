"""What an operator of a computation graph is: a closed vocabulary, and which kind torch's have.

The names on the left of `OPERATORS` are those of torch's own primitive operators, into which every
layer and every function dissolves when it runs. An operator that is not there is of the kind
``OTHER``; no name is guessed from a part of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, unique
from types import MappingProxyType

__all__ = [
    "ACTIVATIONS",
    "CONSTANTS",
    "MOVES",
    "OPERATORS",
    "POOLS",
    "SCALINGS",
    "WEIGHTED",
    "Kind",
]


@unique
class Kind(IntEnum):
    """Kinds of operators; the numbers are part of stored graphs and of trained encoders."""

    OTHER = 0
    INPUT = 1
    OUTPUT = 2
    CONVOLUTION = 3
    DEPTHWISE = 4
    TRANSPOSED = 5
    LINEAR = 6
    PRODUCT = 7
    NORM = 8
    ADD = 9
    MULTIPLY = 10
    CONCATENATE = 11
    MAX_POOL = 12
    AVERAGE_POOL = 13
    GLOBAL_POOL = 14
    RELU = 15
    CLIPPED_RELU = 16
    SIGMOID = 17
    TANH = 18
    SWISH = 19
    GELU = 20
    OTHER_ACTIVATION = 21
    SOFTMAX = 22
    PAD = 23
    RESIZE = 24
    EMBEDDING = 25
    ZERO = 26


WEIGHTED = frozenset({Kind.CONVOLUTION, Kind.DEPTHWISE, Kind.TRANSPOSED, Kind.LINEAR})
"""Operators that carry most weights of a network."""

POOLS = frozenset({Kind.MAX_POOL, Kind.AVERAGE_POOL})

ACTIVATIONS = frozenset(
    {
        Kind.RELU,
        Kind.CLIPPED_RELU,
        Kind.SIGMOID,
        Kind.TANH,
        Kind.SWISH,
        Kind.GELU,
        Kind.OTHER_ACTIVATION,
    }
)
"""Functions of one number."""

_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.CONVOLUTION: ("convolution", "_convolution", "convolution_overrideable"),
    Kind.PRODUCT: ("mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot", "linear", "matmul"),
    Kind.NORM: (
        "native_batch_norm",
        "_native_batch_norm_legit",
        "_native_batch_norm_legit_no_training",
        "cudnn_batch_norm",
        "batch_norm",
        "native_layer_norm",
        "native_group_norm",
        "_fused_rms_norm",
    ),
    Kind.ADD: ("add", "sub", "rsub"),
    Kind.MULTIPLY: ("mul", "div", "addcmul"),
    Kind.CONCATENATE: ("cat", "stack"),
    Kind.MAX_POOL: (
        "max_pool2d_with_indices",
        "max_pool3d_with_indices",
        "max_pool2d",
        "max_pool1d",
        "amax",
        "max",
        "adaptive_max_pool2d",
    ),
    Kind.AVERAGE_POOL: (
        "avg_pool2d",
        "avg_pool3d",
        "_adaptive_avg_pool2d",
        "_adaptive_avg_pool3d",
        "avg_pool1d",
    ),
    Kind.GLOBAL_POOL: ("mean", "sum"),
    Kind.RELU: ("relu",),
    Kind.CLIPPED_RELU: ("hardtanh", "clamp", "clamp_min", "clamp_max", "relu6"),
    Kind.SIGMOID: ("sigmoid", "hardsigmoid"),
    Kind.TANH: ("tanh",),
    Kind.SWISH: ("silu", "hardswish", "mish"),
    Kind.GELU: ("gelu",),
    Kind.OTHER_ACTIVATION: (
        "leaky_relu",
        "elu",
        "celu",
        "_prelu_kernel",
        "softplus",
        "hardshrink",
        "exp",
        "log",
        "abs",
        "neg",
        "sqrt",
        "rsqrt",
        "pow",
        "erf",
        "sin",
        "cos",
        "reciprocal",
    ),
    Kind.SOFTMAX: ("_softmax", "_log_softmax", "_safe_softmax"),
    Kind.PAD: ("constant_pad_nd", "reflection_pad2d", "replication_pad2d"),
    Kind.RESIZE: (
        "upsample_nearest2d",
        "upsample_bilinear2d",
        "upsample_bicubic2d",
        "_upsample_nearest_exact2d",
        "pixel_shuffle",
        "pixel_unshuffle",
    ),
    Kind.EMBEDDING: ("embedding",),
    Kind.ZERO: ("zeros_like",),
}

OPERATORS: Mapping[str, Kind] = MappingProxyType(
    {name: kind for kind, names in _NAMES.items() for name in names}
)
"""Kind of torch's primitive operators, by name without ``aten::``.

A product with weights is `Kind.LINEAR`, and a convolution may be depthwise or transposed: that
depends on what it is given.
"""

SCALINGS = frozenset({"add", "sub", "rsub", "mul", "div"})
"""Operators that are no more than a change of unit where the other operand is a plain number."""

CONSTANTS = frozenset(
    {
        "empty_like",
        "full_like",
        "new_empty",
        "new_full",
        "new_ones",
        "new_zeros",
        "ones_like",
        "rand_like",
        "randn_like",
    }
)
"""Operators that ask a tensor for its shape alone: what they give does not depend on the input."""

MOVES = frozenset(
    {
        "_reshape_alias",
        "_to_copy",
        "_unsafe_view",
        "alias",
        "clone",
        "contiguous",
        "copy",
        "detach",
        "dropout",
        "expand",
        "flip",
        "index",
        "gather",
        "index_select",
        "lift_fresh",
        "masked_fill",
        "movedim",
        "native_channel_shuffle",
        "native_dropout",
        "narrow",
        "permute",
        "repeat",
        "reshape",
        "roll",
        "select",
        "slice",
        "split",
        "split_with_sizes",
        "squeeze",
        "t",
        "transpose",
        "tril",
        "triu",
        "unbind",
        "unfold",
        "unsafe_split",
        "unsqueeze",
        "view",
    }
)
"""Operators that copy, cut or rearrange numbers and compute none; graphs pass over them."""

"""What operators are called in words: the short form of TG-NAS (arXiv 2404.00271).

The sentences for NAS-Bench-101, NAS-Bench-201 and DARTS are those of its authors' code, with
``3x3`` written ``3 by 3`` in all spaces; for the other spaces they are written in the same manner.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.core.errors import UsageError

__all__ = ["DESCRIPTIONS", "describe"]

DESCRIPTIONS: Mapping[str, str] = {
    "input": "Input",
    "output": "Output",
    "none": "None",
    "skip_connect": "Residual connection",
    # NAS-Bench-101 and 1Shot1
    "conv3x3-bn-relu": "Convolution 3 by 3",
    "conv1x1-bn-relu": "Convolution 1 by 1",
    "maxpool3x3": "Max pooling 3 by 3",
    # NAS-Bench-201 and TransNAS-Bench-101 micro
    "nor_conv_3x3": "Convolution 3 by 3",
    "nor_conv_1x1": "Convolution 1 by 1",
    "avg_pool_3x3": "Average pooling 3 by 3",
    # DARTS
    "max_pool_3x3": "Max pooling 3 by 3",
    "sep_conv_3x3": "Depth-wise separable convolution 3 by 3",
    "sep_conv_5x5": "Depth-wise separable convolution 5 by 5",
    "dil_conv_3x3": "Dilated convolution 3 by 3",
    "dil_conv_5x5": "Dilated convolution 5 by 5",
    # NAS-Bench-Macro
    "identity": "Residual connection",
    "ir_3x3_t3": "Inverted residual convolution 3 by 3 with expansion 3",
    "ir_5x5_t6": "Inverted residual convolution 5 by 5 with expansion 6",
    # TransNAS-Bench-101 macro
    "basic_block": "Residual block of two convolutions 3 by 3",
    "basic_block_double_channels": "Residual block of two convolutions 3 by 3, double channels",
    "basic_block_half_resolution": "Residual block of two convolutions 3 by 3, half resolution",
    "basic_block_double_channels_half_resolution": (
        "Residual block of two convolutions 3 by 3, double channels, half resolution"
    ),
    # NAS-Bench-Graph
    "skip": "Residual connection",
    "fc": "Fully connected layer",
    "gcn": "Graph convolution",
    "gat": "Graph attention",
    "gin": "Graph isomorphism convolution",
    "sage": "Graph sampling and aggregation",
    "cheb": "Chebyshev spectral graph convolution",
    "arma": "Auto-regressive moving average graph convolution",
    "graph": "Higher-order graph convolution",
}
"""Name of an operator in a cell graph to its sentence."""


def describe(operator: str) -> str:
    """Return an operator's sentence.

    Raises:
        UsageError: None is known.
    """
    if operator not in DESCRIPTIONS:
        raise UsageError(
            f"operator {operator!r} has no description; add one to "
            "harness.text_graphs.DESCRIPTIONS, or name the operator in words"
        )
    return DESCRIPTIONS[operator]

"""What operators are called in words: the short and the long form of TG-NAS (arXiv 2404.00271).

The short sentences for NAS-Bench-101, NAS-Bench-201 and DARTS are those of its authors' code, with
``3x3`` written ``3 by 3`` in all spaces; for the other spaces they are written in the same manner.
TG-NAS compares them with longer ones, which say what an operator does; these are written for this
project, from what the operators of the spaces compute (their networks are in
`harness.spaces.networks`).
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.computation_graphs import SENTENCES, sentence_of
from harness.core.errors import UnsupportedError, UsageError

__all__ = ["DESCRIPTIONS", "EXPLANATIONS", "describe", "explain"]

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
_RELU_NORM = "followed by batch normalisation and a rectified linear unit"

EXPLANATIONS: Mapping[str, str] = {
    "Input": "The feature map that enters the cell from the layers before it.",
    "Output": "The feature map that leaves the cell for the layers after it.",
    "None": "Nothing is passed on: the result is zero everywhere, whatever comes in.",
    "Residual connection": "The feature map is passed on unchanged, without any weights.",
    "Convolution 3 by 3": (
        "A two-dimensional convolution with learned weights over windows of three by three "
        f"positions, {_RELU_NORM}."
    ),
    "Convolution 1 by 1": (
        "A two-dimensional convolution with learned weights that mixes the channels of every "
        f"position by itself, {_RELU_NORM}."
    ),
    "Max pooling 3 by 3": (
        "The largest value of every window of three by three positions is kept, channel by "
        "channel, without any weights."
    ),
    "Average pooling 3 by 3": (
        "The mean of every window of three by three positions is taken, channel by channel, "
        "without any weights."
    ),
    "Depth-wise separable convolution 3 by 3": (
        "A convolution over windows of three by three positions within every channel, then a "
        "convolution that mixes the channels of every position, both twice, each time followed "
        "by batch normalisation."
    ),
    "Depth-wise separable convolution 5 by 5": (
        "A convolution over windows of five by five positions within every channel, then a "
        "convolution that mixes the channels of every position, both twice, each time followed "
        "by batch normalisation."
    ),
    "Dilated convolution 3 by 3": (
        "A convolution within every channel over three by three positions that are two apart, "
        "then a convolution that mixes the channels of every position and batch normalisation."
    ),
    "Dilated convolution 5 by 5": (
        "A convolution within every channel over five by five positions that are two apart, then "
        "a convolution that mixes the channels of every position and batch normalisation."
    ),
    "Inverted residual convolution 3 by 3 with expansion 3": (
        "The channels are expanded three times, convolved over windows of three by three positions "
        "within every channel, and mixed back to fewer, with the input added to the result."
    ),
    "Inverted residual convolution 5 by 5 with expansion 6": (
        "The channels are expanded six times, convolved over windows of five by five positions "
        "within every channel, and mixed back to fewer, with the input added to the result."
    ),
    "Residual block of two convolutions 3 by 3": (
        "Two convolutions over windows of three by three positions with batch normalisation, whose "
        "input is added to their result before the last rectified linear unit."
    ),
    "Residual block of two convolutions 3 by 3, double channels": (
        "Two convolutions over windows of three by three positions with batch normalisation, whose "
        "input is added to their result, which has twice as many channels."
    ),
    "Residual block of two convolutions 3 by 3, half resolution": (
        "Two convolutions over windows of three by three positions with batch normalisation, whose "
        "input is added to their result, which has half the height and width."
    ),
    "Residual block of two convolutions 3 by 3, double channels, half resolution": (
        "Two convolutions over windows of three by three positions with batch normalisation, whose "
        "input is added to their result, which has twice as many channels and half the height and "
        "width."
    ),
    "Fully connected layer": (
        "The features of every node of a graph are mixed by learned weights, without its "
        "neighbours."
    ),
    "Graph convolution": (
        "The features of a node and of its neighbours are averaged by their degrees and mixed by "
        "learned weights."
    ),
    "Graph attention": (
        "The features of a node's neighbours are summed with weights that an attention mechanism "
        "computes from both ends of every edge."
    ),
    "Graph isomorphism convolution": (
        "The features of a node's neighbours are summed, its own are added, and a small perceptron "
        "transforms the sum."
    ),
    "Graph sampling and aggregation": (
        "The mean of the features of a node's neighbours and its own features are mixed by "
        "learned weights each."
    ),
    "Chebyshev spectral graph convolution": (
        "The features are filtered by Chebyshev polynomials of the graph's Laplacian with learned "
        "coefficients."
    ),
    "Auto-regressive moving average graph convolution": (
        "The features are filtered by a recursive filter on the graph, which adds the input to "
        "every step."
    ),
    "Higher-order graph convolution": (
        "The features of a node and the sum of its neighbours' are mixed by learned weights each."
    ),
}
"""Short sentence to long sentence."""


def describe(operator: str) -> str:
    """Return an operator's sentence, be it of a known space or of a traced network.

    Raises:
        UnsupportedError: None is known.
    """
    if operator in DESCRIPTIONS:
        return DESCRIPTIONS[operator]
    if (sentence := sentence_of(operator)) in SENTENCES:
        return sentence
    raise UnsupportedError(
        f"operator {operator!r} has no description in words; leave the graph out of the space, so "
        "that its networks are traced, or use a name of harness.text_graphs.DESCRIPTIONS"
    )


def explain(sentence: str) -> str:
    """Return the long sentence for a short one.

    Raises:
        UsageError: None is known.
    """
    if sentence not in EXPLANATIONS:
        raise UsageError(
            f"the description {sentence!r} has no long form; add one to "
            "harness.text_graphs.descriptions, or train with words = 'short'"
        )
    return EXPLANATIONS[sentence]

"""Longer sentences for the short ones: what an operator does, in one sentence.

TG-NAS compares short and long descriptions; these are written for this project, from what the
operators of the spaces compute (their networks are in `harness.spaces.networks`).
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.core.errors import UsageError

__all__ = ["EXPLANATIONS", "explain"]

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


def explain(sentence: str) -> str:
    """Return the long sentence for a short one.

    Raises:
        UsageError: None is known.
    """
    if sentence not in EXPLANATIONS:
        raise UsageError(
            f"the description {sentence!r} has no long form; add one to "
            "harness.text_graphs.explanations, or train with words = 'short'"
        )
    return EXPLANATIONS[sentence]

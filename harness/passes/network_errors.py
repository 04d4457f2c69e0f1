"""What torch cannot compute of a network, or what has nothing to score, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import UnsupportedError

if TYPE_CHECKING:
    from torch import nn

__all__ = ["explain_errors", "require", "require_real"]

T = TypeVar("T")

_REASONS = (
    (
        r"\"(\w+)\" not implemented for '(\w+)'",
        r"torch has no \1 for numbers of type \2; score the network with float32 weights",
    ),
    (
        r"(?:expected scalar type|.*same dtype|Input type).*(?:Long|long int).*",
        r"it mixes whole and real numbers (\g<0>); give images and other real inputs as floats, "
        "for whole ones stand for token ids, and register constant tensors as buffers",
    ),
    (
        r"(expected scalar type \w+|.*same dtype|Input type .* should be the same).*",
        r"the network mixes types of numbers (\g<0>); register its constant tensors as buffers",
    ),
    (
        r"Expected all tensors to be on the same device.*",
        r"it computes with tensors of two devices (\g<0>); make them where its inputs are, or "
        "register them as buffers",
    ),
    (
        r"Expected more than 1 (value per channel|spatial element) when training",
        "batch norm in training mode is not defined where one image has one pixel a channel; "
        "use larger images",
    ),
    (
        r"does not require grad|not have been used in the graph",
        "no gradient reaches the images or the weights; return an output that torch can "
        "differentiate",
    ),
    (
        r"derivative for (\S+) is not implemented|the derivative of '(\S+)' is not implemented",
        r"torch has no second derivative of \1\2",
    ),
    (
        r"recomputed|recomputation|[Cc]heckpoint",
        "its checkpoints cannot be computed again; score the network without checkpointing",
    ),
    (
        r"[Ii]nference tensor",
        "it computes in inference mode, where nothing can be differentiated or observed",
    ),
    (
        r"real scalar outputs|[Cc]omplex",
        "it computes with complex numbers, of which the score is not defined",
    ),
    (
        r"required rank 4 tensor",
        "it has feature maps that are no images (n, channels, height, width)",
    ),
    (
        r"(.*batch_size.*|shape '.*' is invalid for input of size \d+)",
        r"it does not take every number of samples (\g<0>)",
    ),
    (
        r"required positional argument",
        "it takes more than images; score a network that is called with the images alone, give "
        "harness.score all its inputs, or choose a batch source that draws them",
    ),
    (
        r"Target \d+ is out of bounds",
        "it has fewer outputs than the batch has classes",
    ),
)
"""What torch says of a network, as a regular expression, and the sentence that it becomes."""


@contextmanager
def explain_errors(network: nn.Module) -> Iterator[None]:
    """Turn what torch says of a network that it cannot compute into `UnsupportedError`."""
    try:
        yield
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        for pattern, sentence in _REASONS:
            match = re.search(pattern, str(error))
            if match is not None:
                reason = match.expand(sentence)
                raise UnsupportedError(f"{type(network).__name__}: {reason}") from error
        raise


def require(seen: T | None, network: nn.Module, what: str) -> T:
    """Return what was seen of a network, and refuse one of which nothing was.

    A zero that means that nothing was seen would look like a score.

    Args:
        seen: None where there was nothing.
        network: The network.
        what: What the definition counts, e.g. ``"ReLU"``.

    Raises:
        UnsupportedError: Nothing was seen.
    """
    if seen is None:
        raise UnsupportedError(
            f"{type(network).__name__} has no {what}, so there is nothing to score"
        )
    return seen


def require_real(network: nn.Module) -> None:
    """Refuse complex weights: torch drops imaginary parts with one warning a process.

    Raises:
        UnsupportedError: A parameter is complex.
    """
    for name, parameter in network.named_parameters():
        if parameter.is_complex():
            raise UnsupportedError(
                f"{type(network).__name__} has complex weights, such as {name!r}, which no proxy "
                "of the harness reads"
            )

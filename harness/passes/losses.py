"""What gradient proxies differentiate: a loss of the network's output, by name or as a function.

=================  ===========================  ==========================  =====================
loss               output                       labels                      value
=================  ===========================  ==========================  =====================
``cross_entropy``  ``(n, classes)``             ``(n,)``                    cross-entropy
``per_token``      ``(n, length, classes)``     ``(n, length)``             cross-entropy
``per_pixel``      ``(n, classes, ...)``        ``(n, ...)``                cross-entropy
``regression``     numbers                      numbers of equal shape      mean squared error
``network``        its own                      given to it if it takes     its own
=================  ===========================  ==========================  =====================

Each is a mean over samples and positions. Labels of -100 are left out, as torch does. A function is
called with what the network returned and the labels, and returns a scalar. Networks with a loss of
their own return it as ``loss``, alone or as the only scalar of several tensors; they are called
with the labels where their `forward` has an argument ``labels``, ``targets``, ``target`` or ``y``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, Union

from harness.core.architecture import LOSSES
from harness.core.errors import UndefinedError, UnsupportedError, unknown_name
from harness.passes.buffers import scratch_buffers
from harness.passes.layout import at_least_float32
from harness.passes.network_call import call_network, class_logits, logits_of

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.observation import Subject

__all__ = ["LOSSES", "Loss", "loss_of", "loss_value", "network_loss"]

Loss: TypeAlias = Union[str, "Callable[[object, torch.Tensor | None], torch.Tensor]"]
"""One of `LOSSES`, or a function of output and labels."""

_LEFT_OUT = -100
"""Label that torch leaves out of a cross-entropy."""


def loss_of(subject: Subject) -> Loss:
    """Return the loss of a subject: its own, or else that of its data set.

    Raises:
        UsageError: There is no loss of this name.
    """
    loss = subject.loss or subject.dataset.loss
    if isinstance(loss, str) and loss not in LOSSES:
        raise unknown_name("loss", loss, LOSSES)
    return loss


def loss_value(
    loss: Loss,
    network: nn.Module,
    output: object,
    labels: torch.Tensor | None,
    *,
    reduction: Literal["mean", "sum"] = "mean",
) -> torch.Tensor:
    """Return a loss, a scalar in float32 or better.

    Args:
        loss: See `loss_of`.
        network: Named in messages.
        output: What the network returned.
        labels: Of the samples; None where there are none.
        reduction: Over samples: their mean, or the sum of the mean loss of each.

    Raises:
        UnsupportedError: The loss is not defined for this output or these labels.
        UndefinedError: It is not finite.
    """
    if loss == "cross_entropy":
        logits = class_logits(network, logits_of(network, output))
        value = _cross_entropy(network, logits, labels, reduction)
    else:
        value = _mean(loss, network, output, labels)
        value = value if reduction == "mean" else value * _samples(output, labels)
    if not bool(value.isfinite()):
        raise UndefinedError(f"the loss is {value.item()}, so it has no gradient")
    return value


def network_loss(
    loss: Loss, network: nn.Module, inputs: Inputs, labels: torch.Tensor | None
) -> torch.Tensor:
    """Call a network, leave its buffers as they were, and return its loss, see `loss_value`."""
    with scratch_buffers(network):
        output = call_network(network, inputs, labels if loss == "network" else None)
    return loss_value(loss, network, output, labels)


def _mean(
    loss: Loss, network: nn.Module, output: object, labels: torch.Tensor | None
) -> torch.Tensor:
    if loss == "network":
        value = _own_loss(network, output)
    elif callable(loss):
        value = loss(output, labels)
    else:
        value = _of_positions(loss, network, output, labels)
    return _scalar(network, value)


def _of_positions(
    loss: str, network: nn.Module, output: object, labels: torch.Tensor | None
) -> torch.Tensor:
    from torch.nn import functional

    numbers = at_least_float32(logits_of(network, output))
    if labels is None:
        raise _without_labels(loss)
    if loss == "regression":
        if numbers.shape != labels.shape and numbers.numel() == labels.numel():
            numbers = numbers.reshape(labels.shape)  # one number a sample
        if numbers.shape != labels.shape:
            raise _mismatch(loss, network, numbers, labels)
        return functional.mse_loss(numbers, labels.to(numbers.dtype))
    by_class = numbers.movedim(-1, 1) if loss == "per_token" else numbers
    if numbers.dim() < 3 or by_class.shape[:1] + by_class.shape[2:] != labels.shape:
        raise _mismatch(loss, network, numbers, labels)
    return _cross_entropy(network, by_class, labels, "mean")


def _cross_entropy(
    network: nn.Module, logits: torch.Tensor, labels: torch.Tensor | None, reduction: str
) -> torch.Tensor:
    from torch.nn import functional

    if labels is None:
        raise _without_labels("cross_entropy")
    if labels.is_floating_point() and labels.shape != logits.shape:
        raise UnsupportedError(
            f"the labels are real numbers {tuple(labels.shape)}, not classes; take the loss "
            "'regression'"
        )
    if not labels.is_floating_point() and not _are_classes(labels, logits.shape[1]):
        raise UnsupportedError(
            f"{type(network).__name__}: it has fewer outputs than the batch has classes: "
            f"{logits.shape[1]}, and labels from {int(labels.min())} to {int(labels.max())}"
        )
    return functional.cross_entropy(logits, labels, reduction=reduction)


def _are_classes(labels: torch.Tensor, classes: int) -> bool:
    """Tell whether each label is a class or is left out; a GPU dies of any other."""
    return bool(((labels == _LEFT_OUT) | ((labels >= 0) & (labels < classes))).all())


def _own_loss(network: nn.Module, output: object) -> torch.Tensor:
    import torch

    value = output["loss"] if isinstance(output, Mapping) and "loss" in output else None
    value = getattr(output, "loss", value)
    if value is None and isinstance(output, list | tuple):
        scalars = [item for item in output if isinstance(item, torch.Tensor) and item.dim() == 0]
        value = scalars[0] if len(scalars) == 1 else None
    value = output if value is None else value
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        raise UnsupportedError(
            f"{type(network).__name__} returns no loss of its own; return it as 'loss', or name "
            f"another loss: {', '.join(LOSSES[:-1])}"
        )
    return value


def _scalar(network: nn.Module, value: object) -> torch.Tensor:
    import torch

    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        what = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
        raise UnsupportedError(
            f"the loss of {type(network).__name__} is {what}, not one number; take its mean"
        )
    return at_least_float32(value.reshape(()))


def _samples(output: object, labels: torch.Tensor | None) -> int:
    import torch

    if labels is not None:
        return len(labels)
    return len(output) if isinstance(output, torch.Tensor) and output.dim() else 1


def _without_labels(loss: str) -> UnsupportedError:
    return UnsupportedError(f"the batch has no labels, which the loss {loss!r} needs")


def _mismatch(
    loss: str, network: nn.Module, numbers: torch.Tensor, labels: torch.Tensor
) -> UnsupportedError:
    return UnsupportedError(
        f"{type(network).__name__} returns {tuple(numbers.shape)} and the labels are "
        f"{tuple(labels.shape)}, which the loss {loss!r} does not relate"
    )

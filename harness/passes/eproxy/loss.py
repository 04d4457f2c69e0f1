"""The loss of a network after ten steps of stochastic gradient descent."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError, UnsupportedError
from harness.core.identity import digest
from harness.passes.eproxy.heads import Head, redraw
from harness.passes.eproxy.settings import IMAGE_SIDE, Training
from harness.passes.eproxy.taps import Taps
from harness.passes.eproxy.targets import IMAGES, target
from harness.passes.layout import fast_layout
from harness.passes.network_call import single_input
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD, INPUTS

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["STEPS", "TrainingLoss", "train", "training_loss"]

STEPS = 10
"""The loss is taken in the last step, before its update."""


_MOMENTUM = 0.9
_DECAY = 4e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLoss:
    """Mean squared errors of the branches in the last step, the deepest first.

    Attributes:
        errors: One a branch; one not finite where the training diverged.
    """

    errors: tuple[float, ...]

    @property
    def total(self) -> float:
        """The errors with weights 1, 1/2 and 1/4."""
        return sum(error * 0.5**depth for depth, error in enumerate(self.errors))


@functools.lru_cache(maxsize=512)
def training_loss(training: Training) -> Pass[TrainingLoss]:
    """Return the pass of some settings; equal settings, the same pass.

    It trains a network of its own, built like the shared one, on the first 16 images of the batch.
    Of the seed come the features of the target and, with the architecture, all weights.
    """
    name = f"eproxy_loss:{digest(training.model_dump(mode='json'))[:12]}"
    compute = functools.partial(_compute, training=training)
    return Pass(name=name, compute=compute, requires=(BUILD, INPUTS), version="2")


def _compute(context: PassContext, *, training: Training) -> TrainingLoss:
    batch = single_input(context[INPUTS])
    if batch.dim() != 4 or not batch.is_floating_point():
        raise UnsupportedError(
            f"Eproxy trains on images towards features of rows and columns, and the samples are "
            f"{tuple(batch.shape[1:])}; score networks of images"
        )
    images = _images(batch)
    targets = [
        target(branch, len(images), context.subject.seed).to(images.device)
        for branch in training.branches
    ]
    context.images = len(images)
    context.forwards += STEPS
    context.backwards += STEPS - 1
    try:
        loss = train(context[BUILD](), images, targets, training)
    except (RuntimeError, AssertionError) as error:
        said = str(error).partition("\n")[0]
        resized = batch.shape[2:] != images.shape[2:]
        if not resized or re.search(r"\b(sizes?|shapes?|height|width)\b", said) is None:
            raise
        raise UnsupportedError(
            f"Eproxy trains on images of {IMAGE_SIDE} x {IMAGE_SIDE} pixels, which the network "
            f"does not take: {said}"
        ) from error
    if not math.isfinite(loss.total):
        raise UndefinedError(f"the training diverged: its error is {loss.total}")
    return loss


def train(
    network: nn.Module, images: torch.Tensor, targets: list[torch.Tensor], training: Training
) -> TrainingLoss:
    """Train a network in place; weights of the heads come from torch's global generator.

    Args:
        network: In training mode.
        images: ``(n, channels, height, width)``.
        targets: One a branch, ``(n, channels, 8, 8)``.
        training: Settings. A network with fewer feature maps than branches uses the first ones.
    """
    import torch

    redraw(network, training.network_start)
    if images.device.type == "cpu":  # where the images are in this layout too
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    taps = Taps(network, len(targets))
    with torch.enable_grad():
        maps = taps(images)
        heads = [
            Head(feature_map.shape[1], branch, training).to(images)
            for feature_map, branch in zip(maps, training.branches, strict=False)
        ]
        descent = _Descent([network, *(head.transform for head in heads)], training.learning_rate)
        losses = _losses(heads, maps, targets)
        for _ in range(STEPS - 1):
            total = functools.reduce(torch.add, losses)
            if not bool(torch.isfinite(total)):
                break  # no further step would bring it back
            descent.step(total)
            losses = _losses(heads, taps(images), targets)
    return TrainingLoss(errors=tuple(float(loss.detach()) for loss in losses))


def _losses(
    heads: list[Head], maps: list[torch.Tensor], targets: list[torch.Tensor]
) -> list[torch.Tensor]:
    from torch.nn import functional

    return [
        functional.mse_loss(head(feature_map), wanted)
        for head, feature_map, wanted in zip(heads, maps, targets, strict=False)
    ]


class _Descent:
    """Stochastic gradient descent with momentum, all weights of a step in three calls.

    Weight decay acts on tensors of two and more dimensions, so on no bias and no batch norm.
    `torch.optim` does the same and spends longer than one of our trainings on being imported.
    """

    def __init__(self, trained: list[nn.Module], rate: float) -> None:
        self._weights: list[torch.Tensor] = [
            parameter
            for module in trained
            for parameter in module.parameters()
            if parameter.requires_grad
        ]
        self._rate = rate
        self._velocity: list[torch.Tensor] = []

    def step(self, loss: torch.Tensor) -> None:
        import torch

        gradients: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
            loss, self._weights, allow_unused=True
        )
        pairs = [
            (weight, gradient)
            for weight, gradient in zip(self._weights, gradients, strict=True)
            if gradient is not None
        ]
        self._weights = [weight for weight, _ in pairs]  # what this loss does not reach, none will
        with torch.no_grad():
            changes = [
                gradient.add(weight, alpha=_DECAY) if weight.dim() >= 2 else gradient
                for weight, gradient in pairs
            ]
            if self._velocity:
                torch._foreach_mul_(self._velocity, _MOMENTUM)
                torch._foreach_add_(self._velocity, changes)
            else:
                self._velocity = changes
            torch._foreach_add_(self._weights, self._velocity, alpha=-self._rate)


def _images(batch: torch.Tensor) -> torch.Tensor:
    from torch.nn import functional

    images = batch[:IMAGES]
    if images.shape[2:] != (IMAGE_SIDE, IMAGE_SIDE):
        images = functional.interpolate(
            images, size=(IMAGE_SIDE, IMAGE_SIDE), mode="bilinear", antialias=True
        )
    return fast_layout(images)

"""What a network says of one sample: how its maps are conditioned, how its output bends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError
from harness.passes.buffers import scratch_buffers
from harness.passes.initialisation import replaced_embeddings
from harness.passes.network_call import (
    call_network,
    changed,
    differentiating,
    first_samples,
    run_network,
    watched_calls,
)
from harness.passes.network_errors import require
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD, INPUTS, NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs

__all__ = [
    "MAP_CONDITIONING",
    "OUTPUT_CURVATURE",
    "curve_derivatives",
    "inverse_condition",
    "unit_circle",
]


def inverse_condition(sample: torch.Tensor) -> float:
    """Return the smallest singular value of a map over its largest.

    Args:
        sample: Output for one sample, ``(channels, ...)``, as a matrix of channels x positions.

    Returns:
        From 0 to 1; 1 where there is one position or one channel, 0 for a map of zeros.

    Raises:
        UndefinedError: A number is not finite.
    """
    import torch

    matrix = sample.reshape(len(sample), -1).to(torch.float64)
    if not bool(torch.isfinite(matrix).all()):
        raise UndefinedError("the output of a layer is not finite, so it has no condition number")
    products = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    squares = torch.linalg.eigvalsh(products).clamp(min=0)
    largest = float(squares[-1])
    return math.sqrt(float(squares[0]) / largest) if largest > 0 else 0.0


class _Conditions:
    """Reduces the first sample of each output; a container often returns that of its last child."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self._last: tuple[torch.Tensor, int] | None = None

    def see_module(
        self, module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor
    ) -> None:
        if output.dim() > 1 and output.is_floating_point() and output.numel():
            self.see_map(output, output[0])

    def see_map(self, output: torch.Tensor, sample: torch.Tensor) -> None:
        seen = self._last
        if seen is None or seen[0] is not output or seen[1] != output._version:
            self._last = output, output._version
            self.values.append(inverse_condition(sample))
        else:
            self.values.append(self.values[-1])


def _map_conditioning(context: PassContext) -> tuple[float, ...]:
    import torch

    from harness.passes.first_maps import see_first_maps
    from harness.passes.operators import of_spaces

    network, sample = context[NETWORK], first_samples(context[INPUTS], 1)
    conditions = _Conditions()
    if of_spaces(network):
        watched = watched_calls(network.modules(), conditions.see_module)
        with torch.no_grad(), scratch_buffers(network), watched:
            call_network(network, sample)
    else:
        see_first_maps(network, sample, conditions.see_map)
    context.forwards += 1
    return tuple(require(conditions.values or None, network, "feature map of one sample"))


MAP_CONDITIONING = Pass(
    name="map_conditioning", compute=_map_conditioning, requires=(NETWORK, INPUTS)
)
"""`inverse_condition` of every module's output for the first sample, which runs alone.

Containers and the network itself count; of networks outside of the published spaces also operators
that no innermost module computes, see `harness.passes.first_maps`. Batch norm sees one sample.

Shape: tuple of floats, one a call. Unit: dimensionless, 0 to 1.
"""


def unit_circle(like: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """Return the point at an angle of a circle of radius one around zero.

    Its plane is drawn from torch's global generator.

    Args:
        like: Tensor of the shape, type and device of the point.
        angle: Scalar in radians; the point carries its graph.
    """
    import torch

    drawn = torch.randn(like.numel(), 2).to(device=like.device)
    plane = torch.linalg.qr(drawn).Q.to(like.dtype)
    first, second = plane.unbind(dim=1)
    rotated: torch.Tensor = first * angle.cos() + second * angle.sin()
    return rotated.reshape(like.shape)


def curve_derivatives(network: nn.Module, inputs: Inputs) -> tuple[torch.Tensor, torch.Tensor]:
    """Differentiate the output of a network along a circle of inputs, at its first point, twice.

    The derivative of a weighted sum of the outputs by the angle is linear in the weights, and by
    these it is differentiated: so all outputs are had from four backward passes.

    Args:
        network: In training mode, without gradients of its parameters.
        inputs: One sample, of which real tensors give the shape alone. Of token ids, what the
            network looks up for them gives it.

    Returns:
        First and second derivative of every number that the network returns, float64.
    """
    import torch

    angle = torch.zeros((), requires_grad=True)

    def circle(like: torch.Tensor) -> torch.Tensor:
        return unit_circle(like, angle.to(like.device))

    with torch.enable_grad(), differentiating(network):
        points = changed(inputs, circle, real=True)
        with replaced_embeddings(network, points, circle):
            output = run_network(network, points).flatten()
        weights = torch.ones_like(output, requires_grad=True)
        (summed,) = torch.autograd.grad(output, angle, weights, create_graph=True)
        (speed,) = torch.autograd.grad(summed, weights, retain_graph=True, materialize_grads=True)
        (again,) = torch.autograd.grad(summed, angle, create_graph=True, materialize_grads=True)
        (bend,) = torch.autograd.grad(again, weights, materialize_grads=True)
    return speed.double(), bend.double()


def _output_curvature(context: PassContext) -> tuple[torch.Tensor, torch.Tensor]:
    network = context[BUILD]().requires_grad_(requires_grad=False)
    derivatives = curve_derivatives(network, first_samples(context.subject.batch.inputs, 1))
    context.forwards += 1
    context.backwards += 4
    return derivatives


OUTPUT_CURVATURE = Pass(name="output_curvature", compute=_output_curvature, requires=(BUILD,))
"""`curve_derivatives` of the output along a circle of random inputs; reads the shape of one sample.

Shape: two float64 tensors, one number an output. Unit: logits per radian; per radian squared.
"""

"""The layers that are cheap to differentiate twice agree with torch's own, in float64."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.core.errors import ContractError
from harness.passes.curvature import CURVATURE
from harness.passes.observation import Pass
from harness.passes.second_order.recorder import Recorder
from harness.passes.workbench import Workbench
from tests.golden.networks import NAMES, golden
from tests.passes.subjects import SmallNetwork, bench, subject, value


def _curvature_by_torch(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> float:
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    loss = functional.cross_entropy(network(inputs), labels)
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    slope = sum((gradient.detach() * gradient).sum() for gradient in gradients)
    product = torch.autograd.grad(slope, weights)
    return float(sum((w.detach() * h).sum() for w, h in zip(weights, product, strict=True)))


@pytest.mark.parametrize("name", NAMES)
def test_curvature_is_what_torch_computes_by_differentiating_twice(name: str) -> None:
    stored = golden(name)
    inputs = stored.inputs.double()
    expected = _curvature_by_torch(golden(name).network.double(), inputs, stored.labels)
    on = Workbench(subject(stored.network.double, inputs, stored.labels), (CURVATURE,))
    assert float(value(on, CURVATURE)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 6, 3, padding=1),
        nn.Conv2d(4, 6, 3, stride=2, dilation=2, padding=2, bias=False),
        nn.Conv2d(4, 8, (1, 3), groups=2, bias=False),
        nn.Conv2d(4, 4, 3, groups=4, padding="same", bias=False),
        nn.BatchNorm2d(4),
        nn.BatchNorm2d(4, affine=False),
        nn.BatchNorm2d(4, track_running_stats=False, eps=0.1),
    ],
    ids=str,
)
def test_recorded_layers_have_right_first_and_second_derivatives(layer: nn.Module) -> None:
    layer = layer.double()
    for parameter in layer.parameters():
        parameter.data.uniform_(0.5, 1.5, generator=torch.Generator().manual_seed(1))
    weights = [layer.weight] if isinstance(layer, nn.Conv2d) else []

    def run(maps: torch.Tensor) -> torch.Tensor:
        with Recorder(weights):
            return layer(maps).sin()

    generator = torch.Generator().manual_seed(0)
    maps = torch.randn((2, 4, 5, 5), generator=generator, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(run(maps), layer(maps).sin())
    assert torch.autograd.gradcheck(run, (maps,))
    assert torch.autograd.gradgradcheck(run, (maps,))


def test_gradients_of_recorded_parameters_are_torch_s() -> None:
    network = SmallNetwork().double()
    inputs = torch.randn((4, 3, 8, 8), dtype=torch.float64)
    parameters = list(network.parameters())
    expected = torch.autograd.grad(network(inputs).square().sum(), parameters)
    with Recorder(parameters[:1]):
        output = network(inputs)
    for recorded, two in zip(
        torch.autograd.grad(output.square().sum(), parameters), expected, strict=True
    ):
        torch.testing.assert_close(recorded, two)


def test_the_scale_s_gradient_is_the_derivative_along_the_weights() -> None:
    layer = nn.Conv2d(3, 2, 3)
    maps = torch.randn((2, 3, 5, 5))
    recorder = Recorder([layer.weight])
    with recorder:
        output = layer(maps).square().sum()
    (by_weight,) = torch.autograd.grad(output, layer.weight, retain_graph=True)
    with recorder.scale_only():
        (by_scale,) = torch.autograd.grad(output, recorder.scale)
    torch.testing.assert_close(by_scale, (by_weight * layer.weight).sum())


def _slope_and_maps(recorder: Recorder) -> tuple[torch.Tensor, torch.Tensor]:
    layers = nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2))
    maps = torch.randn((2, 3, 5, 5), generator=torch.Generator().manual_seed(0), requires_grad=True)
    with recorder:
        output = layers(maps).sin().sum()
    (gradient,) = torch.autograd.grad(output, maps, create_graph=True)
    return gradient.square().sum(), maps


def test_a_gradient_is_differentiated_as_often_as_wanted_until_the_last_time() -> None:
    recorder = Recorder([])
    slope, maps = _slope_and_maps(recorder)

    def curvature(*, last: bool) -> torch.Tensor:
        with recorder.scale_only(last=last):
            return torch.autograd.grad(slope, maps, retain_graph=True)[0]

    first = curvature(last=False)
    torch.testing.assert_close(curvature(last=True), first)
    with pytest.raises(ContractError, match="freed by an earlier second derivative"):
        curvature(last=False)


def test_the_curvature_frees_maps_only_where_no_other_pass_differentiates_twice() -> None:
    other = Pass(
        name="again",
        compute=lambda context: CURVATURE.compute(context) + 0 * context[CURVATURE],
        requires=(*CURVATURE.requires, CURVATURE),
        differentiates=True,
        differentiates_twice=True,
    )
    both = bench(SmallNetwork, CURVATURE, other)
    assert float(value(both, other)) == float(value(both, CURVATURE))


def test_a_parameter_outside_the_graph_has_no_curvature() -> None:
    class Spare(SmallNetwork):
        def __init__(self) -> None:
            super().__init__()
            self.add_module("spare", nn.Conv2d(3, 3, 1))

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            for layer in list(self)[:-1]:
                inputs = layer(inputs)
            return inputs

    plain, spare = bench(SmallNetwork, CURVATURE), bench(Spare, CURVATURE)
    assert float(value(plain, CURVATURE)) == float(value(spare, CURVATURE))

"""Odd networks, and what a proxy leaves behind."""

import math

import pytest
import torch
from torch import nn

from harness.core.errors import UndefinedError, UnsupportedError
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, ask
from harness.passes.jacobian import sample_correlations
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from tests.passes.proxies import NAMES, proxy
from tests.passes.subjects import SmallNetwork, bench, images, score, subject

NO_PATH = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
UNUSED = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"


class _NoRelu(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Tanh(), nn.Flatten(), nn.Linear(144, 10)
        )


class _NoNorm(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))


class _Same(nn.Module):
    """A network of the usual layers whose images all count as black."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.classifier = nn.Linear(4, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = torch.relu(self.norm(self.convolution(images * 0)))
        return self.classifier(maps.mean((2, 3)))


class _Constant(nn.Module):
    """A network whose output does not depend on its input."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Conv2d(3, 4, 3)
        self.classifier = nn.Linear(3, 10)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.classifier(inputs.mean((2, 3)) * 0)


class _Infinite(_NoNorm):
    """A network whose loss overflows: the logits of one class are far above those of the others."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = super().forward(inputs)
        return logits - torch.full((10,), float("inf")).index_fill(0, torch.tensor(9), 0)


class _NotANumber(SmallNetwork):
    """A network whose feature maps are NaN."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = super().forward(inputs * float("inf"))
        return logits


def _cell(text: str, zero_cost_proxy: ZeroCostProxy) -> Outcome:
    searched = space("nas-bench-201")
    inputs, labels = images(16)
    architecture = searched.parse(text)
    made = subject(lambda: searched.network(architecture, dataset("cifar10")), inputs, labels)
    bench = Workbench(made, zero_cost_proxy.passes)
    return ask(lambda: score(bench, zero_cost_proxy), zero_cost_proxy.components)


@pytest.mark.parametrize(
    ("name", "build"),
    [
        (name, build)
        for name in NAMES
        for build in (_NoRelu, _NoNorm, SmallNetwork)
        if build is not _NoRelu or name != "nwot"
    ],
)
def test_proxies_score_networks_without_relu_or_batch_norm(
    name: str, build: type[nn.Module]
) -> None:
    plugin = proxy(name)
    assert math.isfinite(score(bench(build, *plugin.passes), plugin))


def test_the_kernel_of_activations_needs_a_relu() -> None:
    plugin = proxy("nwot")
    with pytest.raises(UnsupportedError, match=r"_NoRelu has no .*ReLU"):
        score(bench(_NoRelu, *plugin.passes), plugin)


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_without_gradient_counts_as_zero(name: str) -> None:
    assert isinstance(_cell(UNUSED, proxy(name)), Scored)


@pytest.mark.parametrize(
    "name", ["fisher", "grad_norm", "gradsign", "grasp", "plain", "snip", "zico"]
)
def test_a_loss_that_is_not_finite_has_no_gradient(name: str) -> None:
    plugin = proxy(name)
    with pytest.raises(UndefinedError, match=r"the loss is inf, so it has no gradient"):
        score(bench(_Infinite, *plugin.passes), plugin)


@pytest.mark.parametrize("name", ["synflow", "synflow_bn"])
def test_a_flow_beyond_the_range_of_numbers_is_no_score(name: str) -> None:
    plugin = proxy(name)
    with pytest.raises(UndefinedError, match=r"the flow through weights made positive is -inf"):
        score(bench(_Infinite, *plugin.passes), plugin)


@pytest.mark.parametrize("name", ["activation_distance", "meco", "meco_opt", "nwot", "swap"])
def test_what_a_network_compares_is_no_score_where_it_returns_nan(name: str) -> None:
    plugin = proxy(name)
    with pytest.raises(UndefinedError, match=r"_NotANumber returns NaN for this batch"):
        score(bench(_NotANumber, *plugin.passes), plugin)


@pytest.mark.parametrize("name", ["jacov", "epe_nas"])
def test_a_cell_without_a_path_fails_where_correlations_are_undefined(name: str) -> None:
    outcome = _cell(NO_PATH, proxy(name))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NONFINITE
    assert outcome.reason == (
        "no gradient reaches 16 of 16 samples (dead units, or no differentiable path to the "
        "logits), so correlations between samples are undefined"
    )


@pytest.mark.parametrize(
    ("gradients", "reason"),
    [
        ([[1.0, 2.0], [math.inf, 0.0]], "the gradient of 1 of 2 samples is not finite"),
        ([[1.0, 2.0], [3.0, 3.0]], "the gradient of a sample is the same at every value"),
    ],
)
def test_undefined_correlations_between_samples_say_why(
    gradients: list[list[float]], reason: str
) -> None:
    with pytest.raises(UndefinedError, match=reason):
        sample_correlations(torch.tensor(gradients))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nwot", "the kernel of activation patterns is singular"),
        ("rbflex", "the kernel of activations of three samples is singular"),
        ("wrcor", "no layer's activations or gradients differ between samples"),
        ("zen", "features do not answer to a nudge of the input"),
        ("te_nas", "the smallest eigenvalue of the tangent kernel is not positive"),
        ("az_nas", "the output of a cell is constant"),
    ],
)
def test_a_network_that_computes_the_same_for_all_images_has_no_score_and_says_why(
    name: str, reason: str
) -> None:
    plugin = proxy(name)
    with pytest.raises(UndefinedError, match=reason):
        score(bench(_Same, *plugin.passes), plugin)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"jacov", "epe_nas", "nwot"}))
def test_a_cell_without_a_path_is_scored_by_the_other_proxies(name: str) -> None:
    assert isinstance(_cell(NO_PATH, proxy(name)), Scored)


@pytest.mark.parametrize("name", ["grad_norm", "snip", "plain", "fisher", "grasp"])
def test_gradient_proxies_score_a_network_that_ignores_its_input(name: str) -> None:
    plugin = proxy(name)
    assert math.isfinite(score(bench(_Constant, *plugin.passes), plugin))


@pytest.mark.parametrize("name", NAMES)
def test_a_proxy_leaves_network_and_process_as_they_were(name: str) -> None:
    plugin = proxy(name)
    on = bench(SmallNetwork, *plugin.passes, NETWORK)
    network = on.observation("test", (NETWORK,))[NETWORK]
    before = {key: value.clone() for key, value in network.state_dict().items()}
    random, grad, dtype = (
        torch.random.get_rng_state(),
        torch.is_grad_enabled(),
        torch.get_default_dtype(),
    )
    score(on, plugin)
    assert torch.equal(torch.random.get_rng_state(), random)
    assert (torch.is_grad_enabled(), torch.get_default_dtype()) == (grad, dtype)
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key])
    for module in network.modules():
        assert module.training
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
    for parameter in network.parameters():
        assert parameter.grad is None
        assert parameter.requires_grad


@pytest.mark.parametrize("name", NAMES)
def test_a_proxy_gives_the_same_number_twice(name: str) -> None:
    plugin = proxy(name)
    assert score(bench(SmallNetwork, *plugin.passes), plugin) == score(
        bench(SmallNetwork, *plugin.passes), plugin
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_proxy_gives_its_number_also_with_gradients_switched_off_outside(name: str) -> None:
    plugin = proxy(name)
    with torch.no_grad():
        inside = score(bench(SmallNetwork, *plugin.passes), plugin)
    assert inside == score(bench(SmallNetwork, *plugin.passes), plugin)

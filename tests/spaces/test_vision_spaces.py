"""MnasNet, AutoFormer-tiny, PiT and NAS-Bench-MR: notations, closed forms and networks."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError
from harness.plugins.spaces.networks_mnasnet import _HardSigmoid
from harness.plugins.spaces.networks_nas_bench_mr import _Fusion
from harness.spaces import mnasnet_notation, nas_bench_mr_notation, vit_bench_notation
from harness.spaces.registry import space
from tests.truth.upstream_vision import ACCEL, MNASNET, MR, MR_FIELDS, PIT, SMALL_MNASNET, VIT

SIDE, CLASSES = 32, 7
DATA = Dataset(name="small", shape=(3, SIDE, SIDE), classes=CLASSES)
MIXED_MNASNET = ",".join(
    f"e{block}={(1, 4, 6)[block % 3]},k{block}={(3, 5)[block % 2]},l{block}=2,se{block}={block % 2}"
    for block in range(7)
)
SMALL_MR = ",".join(
    f"{name}={options[0]}" for name, options in nas_bench_mr_notation.CHOICES.options.items()
)
WRITTEN = {
    "mnasnet": (json.dumps(json.loads(ACCEL[0])["architecture"]), MNASNET),
    "autoformer-tiny": (
        json.dumps(
            {"hidden_dim": 240, "depth": 12, "num_heads": [3, 4] * 6, "mlp_ratio": [3.5, 4.0] * 6}
        ),
        VIT,
    ),
    "pit": (
        '{"base_dim": 16, "mlp_ratio": 6, "depth": [2, 8, 4], "num_heads": [2, 4, 4]}',
        PIT,
    ),
    "nas-bench-mr": (json.dumps(MR_FIELDS), MR),
}


def built(name: str, text: str, dataset: Dataset = DATA) -> nn.Module:
    torch.manual_seed(0)
    return space(name).network(space(name).parse(text), dataset).eval()


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def operations(network: nn.Module, per_norm: int) -> int:
    """Count what layers do to one image, by their outputs."""
    total = 0

    def see(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        match module:
            case nn.Conv2d():
                total += output[0].numel() * module.weight[0].numel()
            case nn.Linear():
                total += module.weight.numel()
            case nn.BatchNorm2d():
                total += per_norm * output[0].numel()
            case nn.AdaptiveAvgPool2d() if per_norm == 4:
                total += inputs[0][0].numel() + output[0].numel()

    for module in network.modules():
        module.register_forward_hook(see)
    with torch.no_grad():
        network(torch.zeros(1, *DATA.shape))
    return total


@pytest.mark.parametrize("name", WRITTEN)
def test_a_published_object_is_read_as_the_text_of_its_network(name: str) -> None:
    written, text = WRITTEN[name]
    assert space(name).parse(written).text == text
    assert space(name).parse(text).text == text
    with pytest.raises(DataError):
        space(name).parse(written.replace("4", "77"))


@pytest.mark.parametrize("text", [SMALL_MNASNET, MIXED_MNASNET])
def test_the_closed_form_of_mnasnet_counts_the_network(text: str) -> None:
    network = built("mnasnet", text)
    expected = (parameters(network), operations(network, per_norm=4))
    assert mnasnet_notation.counts(text, SIDE, CLASSES) == expected


@pytest.mark.parametrize("text", [SMALL_MR, MR])
def test_the_closed_form_of_nas_bench_mr_counts_the_network(text: str) -> None:
    network = built("nas-bench-mr", text)
    biases = CLASSES
    expected = (parameters(network), operations(network, per_norm=2) + biases)
    assert nas_bench_mr_notation.counts(text, SIDE, CLASSES) == expected


def test_the_closed_forms_of_transformers_count_their_networks() -> None:
    deep = "|".join(["192", *["3x4"] * 13])
    pit = "base_dim=24,mlp_ratio=2,depth=1-8-4,num_heads=2-2-8"
    for name, count, texts in (
        ("autoformer-tiny", vit_bench_notation.autoformer_counts, (VIT, deep)),
        ("pit", vit_bench_notation.pit_counts, (PIT, pit)),
    ):
        for text in texts:
            assert count(text, SIDE, CLASSES).parameters == parameters(built(name, text))


def test_operations_of_a_transformer_are_those_of_its_matrices() -> None:
    # One patch and the class token: 2 tokens of width 192; 16 x 16 x 3 = 768 pixels.
    text = "|".join(["192", *["3x4"] * 12])
    layer = 2 * (4 * 192**2 + 2 * 4 * 192**2) + 2 * 2**2 * 192
    expected = 768 * 192 + 12 * layer + 192 * 10
    assert vit_bench_notation.autoformer_counts(text, 16, 10).operations == expected


@pytest.mark.parametrize("name", ["autoformer-tiny", "pit"])
def test_images_smaller_than_a_patch_are_refused(name: str) -> None:
    small = Dataset(name="tiny", shape=(3, 8, 16), classes=2)
    with pytest.raises(UsageError, match=r"'tiny' are \(3, 8, 16\); .* need at least one"):
        built(name, WRITTEN[name][1], small)


def test_autoformer_draws_depths_evenly_as_its_publishers_do() -> None:
    generator = np.random.default_rng(0)
    depths = [vit_bench_notation.autoformer_sample(generator).count("|") for _ in range(3000)]
    assert [abs(depths.count(depth) - 1000) < 120 for depth in (12, 13, 14)] == [True] * 3


def test_the_hard_sigmoid_is_that_of_torch_and_can_be_differentiated_twice() -> None:
    values = torch.linspace(-5, 5, 101, dtype=torch.float64, requires_grad=True)
    assert torch.allclose(_HardSigmoid()(values), functional.hardsigmoid(values))
    (slope,) = torch.autograd.grad(_HardSigmoid()(values).square().sum(), values, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), values)
    assert curvature[50] == pytest.approx(2 / 36)


def test_resizing_changes_nothing_where_maps_fit_together() -> None:
    images = torch.randn(2, *DATA.shape, generator=torch.Generator().manual_seed(0))
    network = built("nas-bench-mr", MR)
    plain = network(images)
    for module in network.modules():
        if isinstance(module, _Fusion):
            module.resizes = True
    assert torch.equal(network(images), plain)


def test_maps_that_do_not_fit_together_are_resized() -> None:
    odd = Dataset(name="odd", shape=(3, 50, 70), classes=CLASSES)
    assert built("nas-bench-mr", SMALL_MR, odd)(torch.zeros(2, 3, 50, 70)).shape == (2, CLASSES)


def test_columns_of_a_space_are_its_published_counts() -> None:
    known = space("mnasnet").parse(MNASNET)
    figures = {name: column(known) for name, column in space("mnasnet").columns.items()}
    assert (figures["parameters"], figures["macs"]) == mnasnet_notation.counts(MNASNET)
    assert figures["depth"] == 22

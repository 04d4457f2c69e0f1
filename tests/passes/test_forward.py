"""The shared forward pass: a graph only where one is needed, watched, and without a trace."""

import pytest
import torch
from torch import nn

from harness.passes.activation_kernel import ACTIVATION_KERNEL
from harness.passes.activation_patterns import ACTIVATION_PATTERNS
from harness.passes.backward import BACKWARD, LOSS_GRADIENTS
from harness.passes.channel_saliency import CHANNEL_SALIENCY
from harness.passes.curvature import CURVATURE
from harness.passes.forward import FORWARD
from harness.passes.jacobian import INPUT_JACOBIAN
from harness.passes.layout import rows
from harness.passes.observation import Pass
from harness.passes.subject import NETWORK
from tests.passes.subjects import SmallNetwork, bench, images, value


def test_without_a_differentiating_pass_no_graph_is_built() -> None:
    on = bench(SmallNetwork, ACTIVATION_KERNEL)
    assert value(on, FORWARD).logits.grad_fn is None


@pytest.mark.parametrize("wanted", [INPUT_JACOBIAN, LOSS_GRADIENTS, CURVATURE])
def test_a_differentiating_pass_makes_the_forward_pass_build_a_graph(wanted: Pass[object]) -> None:
    on = bench(SmallNetwork, wanted)
    assert value(on, FORWARD).logits.grad_fn is not None


def test_only_a_pass_that_differentiates_twice_keeps_the_gradient_s_graph() -> None:
    once = bench(SmallNetwork, BACKWARD)
    twice = bench(SmallNetwork, LOSS_GRADIENTS, CURVATURE)
    assert all(gradient.grad_fn is None for gradient in value(once, BACKWARD).gradients.values())
    assert all(
        gradient.grad_fn is not None for gradient in value(twice, BACKWARD).gradients.values()
    )
    assert all(gradient.grad_fn is None for gradient in value(twice, LOSS_GRADIENTS).values())


class _Fragile:
    def wants(self, module: nn.Module) -> bool:
        return True

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        raise ValueError("cannot look")


def test_hooks_are_removed_when_a_watcher_fails() -> None:
    wanted = Pass(
        name="fragile",
        compute=lambda context: context[FORWARD].watcher("fragile", _Fragile),
        requires=(FORWARD,),
        watch=_Fragile,
    )
    on = bench(SmallNetwork, wanted, ACTIVATION_KERNEL)
    with pytest.raises(ValueError, match="cannot look"):
        value(on, wanted)
    assert all(not module._forward_hooks for module in value(on, NETWORK).modules())
    assert value(on, ACTIVATION_KERNEL).shape == (8, 8)  # the others are not concerned


def test_watchers_see_tensors_with_gradients_switched_off() -> None:
    seen = []

    class Watching(_Fragile):
        def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
            seen.append(torch.is_grad_enabled())

    wanted = Pass(
        name="watching", compute=lambda context: None, requires=(FORWARD,), watch=Watching
    )
    value(bench(SmallNetwork, wanted, LOSS_GRADIENTS), wanted)
    assert seen
    assert not any(seen)


def test_what_watches_is_charged_to_the_pass_that_watches() -> None:
    on = bench(SmallNetwork, ACTIVATION_PATTERNS)
    value(on, ACTIVATION_PATTERNS)
    assert on.costs((ACTIVATION_PATTERNS,))["activation_patterns"].wall_s > 0


def test_running_statistics_stay_as_they_were() -> None:
    on = bench(SmallNetwork, LOSS_GRADIENTS)
    value(on, LOSS_GRADIENTS)
    norm = value(on, NETWORK)[1]
    assert torch.equal(norm.running_mean, torch.zeros(4))
    assert int(norm.num_batches_tracked) == 0


def test_the_jacobian_backward_does_not_disturb_channel_saliency() -> None:
    before, after = (bench(SmallNetwork, CHANNEL_SALIENCY, INPUT_JACOBIAN) for _ in range(2))
    value(before, INPUT_JACOBIAN)
    first = value(before, CHANNEL_SALIENCY)
    second = value(after, CHANNEL_SALIENCY)
    value(after, INPUT_JACOBIAN)
    third = value(after, CHANNEL_SALIENCY)
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name])
        assert torch.equal(tensor, third[name])


def test_channel_saliency_refuses_a_network_that_overwrites_a_layer_s_output() -> None:
    def build() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 10)
        )

    with pytest.raises(Exception, match="changed in place"):
        value(bench(build, CHANNEL_SALIENCY), CHANNEL_SALIENCY)


def test_the_activation_kernel_counts_agreeing_units() -> None:
    def build() -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.ReLU())

    inputs, _ = images()
    on = inputs.flatten(1) > 0
    by_hand = (on[:, None, :] == on[None, :, :]).sum(2)
    kernel = value(bench(build, ACTIVATION_KERNEL), ACTIVATION_KERNEL)
    assert torch.equal(kernel, by_hand.double())


@pytest.mark.parametrize("count", [3, 22, 23, 44, 64, 65, 130])
def test_patterns_are_told_apart_for_any_number_of_images(count: int) -> None:
    inputs, _ = images(count, size=8)
    patterns = (inputs.flatten(1) > 0).T
    distinct = len({tuple(pattern.tolist()) for pattern in patterns})
    assert value(bench(nn.ReLU, ACTIVATION_PATTERNS, count=count), ACTIVATION_PATTERNS) == distinct


def test_rows_are_the_same_values_in_any_layout() -> None:
    inputs, _ = images()
    inner = inputs.contiguous(memory_format=torch.channels_last)
    assert torch.equal(rows(inner).sort(1).values, rows(inputs).sort(1).values)
    assert rows(inner).data_ptr() == inner.data_ptr()

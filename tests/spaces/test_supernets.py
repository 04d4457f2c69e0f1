import numpy as np
import pytest
import torch
from torch import nn

from harness.core.errors import UsageError
from harness.isolation import isolated_generators
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.spaces.supernets import (
    Operation,
    Removal,
    Selection,
    State,
    Supernet,
    supernet,
    supernet_names,
    supernet_of,
)
from harness.spaces.supernets.mixture import FreshNorms, Mixture, MixtureOfInputs, Nothing, hold

CIFAR10 = dataset("cifar10")
NAMES = supernet_names()
WITH_SPACE = [name for name in NAMES if supernet(name).space]
WITHOUT_NOISE = [name for name in NAMES if name != "darts-s4"]  # it is drawn and has no notation


def built(name: str, removal: Removal = Removal.DELETED) -> nn.Module:
    with isolated_generators(0, torch.device("cpu")):
        return supernet(name).build(CIFAR10, removal).eval()


def everything(of_space: Supernet) -> State:
    return of_space.everything(np.random.default_rng(0))


def sampled(of_space: Supernet, seed: int = 0) -> Selection:
    return of_space.sample({}, np.random.default_rng(seed))


def outputs(network: nn.Module, state: State) -> torch.Tensor:
    hold(network, state)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad(), isolated_generators(0, torch.device("cpu")):
        return network(images)


def linear(weight: float) -> nn.Module:
    layer = nn.Conv2d(1, 1, 1, bias=False)
    nn.init.constant_(layer.weight, weight)
    return layer


def mixture(removal: Removal) -> Mixture:
    return Mixture("e", {"double": linear(2), "treble": linear(3), "none": Nothing()}, removal)


def test_a_mixture_is_the_weighted_sum_of_its_options():
    mixed = mixture(Removal.DELETED)
    mixed.hold({"double": 0.5, "treble": 0.25, "none": 0.25})
    # 0.5 * 2 + 0.25 * 3 = 1.75
    assert mixed(torch.ones(1, 1, 1, 1)).item() == pytest.approx(1.75)


@pytest.mark.parametrize("removal", Removal)
def test_weights_of_what_is_left_are_not_rescaled(removal):
    mixed = mixture(removal)
    mixed.hold({"double": 0.5, "none": 0.25})
    assert mixed(torch.ones(1, 1, 1, 1)).item() == pytest.approx(1.0)  # 0.5 * 2


def test_a_deleted_option_is_gone_and_comes_back_with_its_weights():
    mixed = mixture(Removal.DELETED)
    mixed.hold({"double": 1.0})
    assert len(list(mixed.parameters())) == 1
    mixed.hold({"double": 0.5, "treble": 0.5})
    assert mixed(torch.ones(1, 1, 1, 1)).item() == pytest.approx(2.5)  # 0.5 * 2 + 0.5 * 3


def test_a_masked_option_is_still_called_on_zeros():
    mixed = mixture(Removal.MASKED)
    seen = []
    mixed.options["_treble"].register_forward_hook(lambda module, given, out: seen.append(given[0]))
    mixed.hold({"double": 1.0})
    mixed(torch.ones(1, 1, 1, 1))
    assert [tensor.item() for tensor in seen] == [0.0]


def test_nothing_alone_gives_zeros_at_the_resolution_of_its_stride():
    mixed = Mixture("e", {"none": Nothing(2)}, Removal.DELETED)
    mixed.hold({"none": 1.0})
    assert torch.equal(mixed(torch.ones(1, 1, 4, 4)), torch.zeros(1, 1, 2, 2))


def test_options_of_inputs_read_the_input_of_their_number():
    mixed = MixtureOfInputs("e", {"0": nn.Identity(), "1": nn.Identity()}, Removal.DELETED)
    mixed.hold({"1": 1.0})
    assert mixed([torch.tensor([5.0]), torch.tensor([7.0])]).item() == 7.0


def test_an_operation_cannot_be_taken_away_twice():
    first = Operation(choice="0->1", option="none")
    state = everything(supernet("nas-bench-201")).without(first)
    with pytest.raises(UsageError, match="has no none on 0->1; it was taken away before"):
        state.without(first)


def test_weights_of_operations_are_nearly_equal_and_sum_to_one():
    weights = everything(supernet("nas-bench-201")).weights["0->1"]
    assert sum(weights.values()) == pytest.approx(1.0)
    assert all(weight == pytest.approx(0.2, abs=0.01) for weight in weights.values())


@pytest.mark.parametrize("name", NAMES)
def test_taking_an_operation_away_changes_what_the_network_gives(name):
    described, network = supernet(name), built(name)
    whole = outputs(network, everything(described))
    # The last option of the first choice: never "none", which carries nothing.
    operation = Operation(choice=described.choices[0].name, option=described.choices[0].options[-1])
    assert whole.shape == (2, 10)
    assert not torch.allclose(whole, outputs(network, everything(described).without(operation)))
    assert torch.equal(whole, outputs(network, everything(described)))


@pytest.mark.parametrize("name", WITHOUT_NOISE)
def test_masked_and_deleted_networks_give_the_same_logits(name):
    described = supernet(name)
    operation = Operation(
        choice=described.choices[-1].name, option=described.choices[-1].options[0]
    )
    state = everything(described).without(operation)
    kept, gone = (outputs(built(name, removal), state) for removal in Removal)
    assert torch.allclose(kept, gone, atol=1e-5)


@pytest.mark.parametrize("name", ["nas-bench-201", "nas-bench-macro"])
def test_a_decided_supernet_is_the_network_of_its_architecture(name):
    described, network = supernet(name), built(name)
    selection = sampled(described)
    hold(network, everything(described).kept(selection))
    on = space(described.space)
    alone = on.network(on.parse(described.text(selection)), CIFAR10).eval()
    parameters = [parameter.shape for parameter in alone.parameters()]
    assert [parameter.shape for parameter in network.parameters()] == parameters
    with torch.no_grad():
        for parameter, other in zip(alone.parameters(), network.parameters(), strict=True):
            parameter.copy_(other)
        images = torch.randn(2, 3, 32, 32)
        assert torch.allclose(alone(images), network(images), atol=1e-5)


@pytest.mark.parametrize("name", WITHOUT_NOISE)
@pytest.mark.parametrize("seed", range(3))
def test_a_selection_survives_being_written_and_read(name, seed):
    described = supernet(name)
    selection = sampled(described, seed)
    read = described.selection(described.text(selection))
    # A choice that the architecture does not use is read as empty.
    assert all(set(read[key]) in (set(), set(kept)) for key, kept in selection.items())
    assert any(read.values())


@pytest.mark.parametrize("name", WITH_SPACE)
def test_every_selection_is_an_architecture_of_the_space(name):
    described = supernet(name)
    text = described.text(sampled(described))
    assert space(described.space).parse(text).text == text


def test_a_masked_convolution_of_nas_bench_201_is_counted_by_its_container_too():
    plain, witnessed = (built("nas-bench-201", removal) for removal in Removal)
    relus = [
        sum(isinstance(m, nn.ReLU) for m in network.modules()) for network in (plain, witnessed)
    ]
    # 15 cells x 6 edges x 2 convolutions + 2 residual blocks x 2 + 1 = 185, all but one doubled.
    assert relus == [185, 369]


def test_fresh_norms_stay_fresh_in_training_mode():
    network = FreshNorms(nn.Sequential(nn.BatchNorm2d(1), nn.Dropout())).train()
    assert [part.training for part in network.network] == [False, True]


def test_the_sub_spaces_of_darts_have_two_or_three_options_an_edge():
    counts = {
        name: {len(choice.options) for choice in supernet(name).choices if not choice.inputs}
        for name in ("darts", "darts-s1", "darts-s2", "darts-s3", "darts-s4")
    }
    assert list(counts.values()) == [{7}, {2}, {2}, {3}, {2}]


def test_a_space_without_a_supernet_says_which_have_one():
    with pytest.raises(UsageError, match="space nas-bench-101 has no supernet"):
        supernet_of("nas-bench-101")


def test_a_vertex_that_an_architecture_does_not_use_has_no_option():
    described = supernet("nas-bench-1shot1-2")
    selection = dict(sampled(described))
    selection |= {"inputs of 2": ("0",), "inputs of 3": ("0", "1"), "inputs of 4": ("0", "1")}
    selection["inputs of 5"] = ("0", "1", "3")  # nothing reads the vertices 2 and 4
    read = described.selection(described.text(selection))
    assert [read[f"vertex {number}"] == () for number in (1, 2, 3, 4)] == [
        False,
        True,
        False,
        True,
    ]

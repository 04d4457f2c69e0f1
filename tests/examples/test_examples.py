"""Spaces of the ecosystem, as files that a user could have written."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.space import SearchSpace
from harness.spaces.registry import space

EXAMPLES = Path(__file__).parents[2] / "examples"
IMAGENET = Dataset(name="imagenet", shape=(3, 224, 224), classes=1000)
SMALL = Dataset(name="small", shape=(3, 32, 32), classes=7)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def example(name: str) -> SearchSpace:
    loaded = space(str(EXAMPLES / name))
    assert isinstance(loaded, SearchSpace)
    return loaded


@pytest.fixture(scope="module")
def torchvision_space() -> SearchSpace:
    return example("torchvision_networks.py")


def module_of(name: str) -> dict[str, object]:
    import runpy

    return runpy.run_path(str(EXAMPLES / name))


def test_torchvision_has_eighty_classification_networks(torchvision_space):
    texts = [member.text for member in torchvision_space.enumerate()]
    assert len(texts) == 80
    assert {"alexnet", "resnet50", "vit_h_14", "maxvit_t"} <= set(texts)


@pytest.mark.parametrize(
    ("name", "count"),
    [("resnet18", 11_689_512), ("googlenet", 6_624_904), ("vit_b_16", 86_567_656)],
)
def test_networks_have_the_published_count_of_parameters(torchvision_space, name, count):
    with torch.device("meta"):
        network = torchvision_space.network(torchvision_space.parse(name), IMAGENET)
    assert sum(parameter.numel() for parameter in network.parameters()) == count


def test_the_published_count_of_inception_holds_its_auxiliary_head(torchvision_space):
    from torchvision import models

    published = models.get_model_weights("inception_v3").DEFAULT.meta["num_params"]
    with torch.device("meta"):
        own = torchvision_space.network(torchvision_space.parse("inception_v3"), IMAGENET)
        whole = models.get_model("inception_v3", init_weights=False)
    assert sum(parameter.numel() for parameter in whole.parameters()) == published
    assert sum(parameter.numel() for parameter in own.parameters()) == 23_834_568


def test_two_recipes_rank_the_same_builders_otherwise():
    rows = list(module_of("torchvision_networks.py")["accuracies"]())
    of = {(builder, recipe): accuracy for builder, recipe, accuracy in rows}
    both = [builder for builder, recipe in of if recipe == "v2" and (builder, "v1") in of]
    first, second = ([of[builder, recipe] for builder in both] for recipe in ("v1", "v2"))
    assert len(rows) == 114
    assert len(both) == 24
    assert kendalltau(first, second).statistic == pytest.approx(0.804, abs=5e-4)


def test_torchvision_writes_suites_that_load(tmp_path, monkeypatch):
    from harness.suite import load_suite
    from harness.truth import load

    monkeypatch.chdir(EXAMPLES.parent)
    module_of("torchvision_networks.py")["write_suites"](
        tmp_path, "examples/torchvision_networks.py"
    )
    assert tomllib.loads((tmp_path / "v2.toml").read_text())["values"] == ["top1"]
    sizes = {
        name: len(load(str(tmp_path / f"{name}.toml")).values)
        for name in ("v1", "v2", "v1-cnn", "v1-transformer")
    }
    assert sizes == {"v1": 78, "v2": 24, "v1-cnn": 67, "v1-transformer": 11}
    assert load_suite(str(tmp_path / "suite-v1.toml")).batch.size == 8


class TestOnceForAll:
    @pytest.fixture(scope="class")
    def ofa(self) -> SearchSpace:
        return example("ofa_mobilenet_v3.py")

    def test_the_largest_network_is_the_supernet(self, ofa):
        text = "|".join([".".join(["k7e6"] * 4)] * 5)
        network = ofa.network(ofa.parse(text), IMAGENET)
        assert sum(parameter.numel() for parameter in network.parameters()) == 7_664_760

    def test_networks_share_no_weights(self, ofa):
        text = "|".join([".".join(["k3e3"] * 2)] * 5)
        first, second = (ofa.network(ofa.parse(text), SMALL) for _ in range(2))
        storages = [
            {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
            for network in (first, second)
        ]
        assert not storages[0] & storages[1]

    def test_weights_follow_the_seed_from_the_first_network_on(self):
        space, text = example("ofa_mobilenet_v3.py"), "|".join([".".join(["k3e3"] * 2)] * 5)
        states = []
        for _ in range(2):  # the first builds the supernet too
            torch.manual_seed(3)
            states.append(space.network(space.parse(text), SMALL).state_dict())
        assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])

    def test_a_draw_is_a_member_and_a_neighbour_of_its_neighbours(self, ofa):
        drawn = ofa.sample(np.random.default_rng(0))
        assert ofa.parse(drawn.text) == drawn
        neighbours = ofa.neighbours(drawn)
        assert len(set(neighbours)) == len(neighbours)
        assert all(drawn in ofa.neighbours(neighbour) for neighbour in neighbours[:5])

    def test_another_text_is_refused(self, ofa):
        with pytest.raises(DataError, match="five stages"):
            ofa.parse("k3e6|k3e3")

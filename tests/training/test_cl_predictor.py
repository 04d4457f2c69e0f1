import math

import numpy as np
import pytest
import torch

from harness.computation_graphs import ComputationGraph
from harness.core.errors import UsageError
from harness.training.cl_predictor import contrastive_loss, drawn_graphs, pretrain
from harness.training.recipe import ContrastiveRecipe, recipe_of

QUICK = ContrastiveRecipe(
    families={"nas-bench-macro": 40, "nas-bench-201": 20},
    layers=2,
    width=16,
    embedding=16,
    epochs=8,
    batch=27,
    learning_rate=5e-3,
)


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def graphs() -> list[ComputationGraph]:
    return drawn_graphs(QUICK, quiet)


def test_graphs_that_all_look_alike_cost_the_logarithm_of_their_number():
    # three others each, all as near and all as similar: -sum of 1/3 log 1/3 = log 3
    loss = contrastive_loss(QUICK, torch.ones(4, 2), torch.zeros(4, 3))
    assert float(loss) == pytest.approx(math.log(3), abs=1e-5)


def test_likeness_where_spectra_are_alike_costs_less_than_elsewhere():
    spectra = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    right = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    wrong = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    losses = [float(contrastive_loss(QUICK, projected, spectra)) for projected in (right, wrong)]
    assert losses[0] < losses[1]


def test_the_loss_of_three_graphs_is_as_computed_by_hand():
    # distances 1 between the first two and 2, 1 to the third; sharpness 1, temperature 1
    recipe = QUICK.model_copy(update={"sharpness": 1.0, "temperature": 1.0})
    spectra = torch.tensor([[0.0], [1.0], [2.0]])
    projected = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    near = 1 / (1 + math.exp(-1))  # share of distance 1 against 2
    same = math.log(1 + math.exp(-1))  # -log softmax of cosine 1 against 0
    nothing = math.log(1 + math.exp(1))  # of cosine 0 against 1
    first = near * same + (1 - near) * nothing
    second = 0.5 * same + 0.5 * nothing
    third = math.log(2)  # both cosines are 0
    expected = (first + second + third) / 3
    assert float(contrastive_loss(recipe, projected, spectra)) == pytest.approx(expected, abs=1e-5)


def test_training_lowers_the_loss_on_graphs_that_it_never_saw(graphs):
    metrics = pretrain(QUICK, graphs, quiet).metrics
    assert metrics["graphs"] + metrics["held out"] == 60
    assert metrics["loss"] < metrics["loss before"]


def test_equal_recipes_give_equal_encoders_and_another_seed_another(graphs):
    quick = QUICK.model_copy(update={"epochs": 1})
    seeds = [0, 0, 1]
    weights = [
        pretrain(quick.model_copy(update={"seed": seed}), graphs, quiet).encoder.readout.weight
        for seed in seeds
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_progress_counts_architectures_and_epochs(graphs):
    seen: list[tuple[int, int]] = []
    families = {"nas-bench-macro": 3, "nas-bench-201": 2}
    quick = QUICK.model_copy(update={"epochs": 2, "families": families})
    drawn = drawn_graphs(quick, lambda done, total: seen.append((done, total)))
    assert (len(drawn), seen) == (5, [(3, 5), (5, 5)])
    seen.clear()
    pretrain(quick, graphs, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_equal_seeds_draw_equal_architectures(graphs):
    again = drawn_graphs(QUICK, quiet)
    assert all(np.array_equal(a.kinds, b.kinds) for a, b in zip(graphs, again, strict=True))


def test_a_misspelt_key_of_a_recipe_is_named(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("temprature = 0.1\n")
    with pytest.raises(
        UsageError,
        match=r"unknown key 'temprature' in .*did you mean 'temperature'.*Known: .*families",
    ):
        recipe_of(path, ContrastiveRecipe)

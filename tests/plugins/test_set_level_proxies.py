import math

import numpy as np
import pytest
import torch
from torch import nn

from harness.core.errors import UndefinedError, UnsupportedError
from harness.core.outcome import Failed, FailureKind, ask
from harness.passes.workbench import Workbench
from harness.plugins.zero_cost import az_nas, meco_opt, swap_reg, te_nas, vkdnw, vkdnw_agg, zen
from harness.plugins.zero_cost.te_nas import condition_number
from harness.plugins.zero_cost.vkdnw import decile_entropy
from harness.spaces.nas_bench_201 import SPACE
from tests.passes.subjects import SmallNetwork, bench, images, score, subject

DRAWN = [az_nas.PLUGIN, meco_opt.PLUGIN, te_nas.PLUGIN, vkdnw.PLUGIN, vkdnw_agg.PLUGIN, zen.PLUGIN]


def network(cell):
    from harness.spaces.datasets import dataset

    return lambda: SPACE.network(SPACE.parse(cell), dataset("cifar10"))


CONNECTED = "|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|nor_conv_1x1~1|none~2|"
DISCONNECTED = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
IDENTITY = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"


def numbers(value):
    return list(value.values()) if isinstance(value, dict) else [value]


@pytest.mark.parametrize("plugin", DRAWN, ids=lambda plugin: plugin.name)
def test_a_seed_decides_all_draws(plugin):
    def scored(seed):
        on = Workbench(subject(network(CONNECTED), *images(), seed=seed), plugin.passes)
        return numbers(score(on, plugin))

    first = scored(1)
    assert all(math.isfinite(number) for number in first)
    assert scored(1) == first
    assert scored(2) != first


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (az_nas.PLUGIN, "the output of a cell is constant, so its channels have no entropy"),
        (vkdnw_agg.PLUGIN, "the predicted classes tell nothing of the weights"),
        (te_nas.PLUGIN, "the smallest eigenvalue of the tangent kernel is not positive"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_cell_that_computes_zeros_has_no_score(plugin, reason):
    on = bench(network(DISCONNECTED), *plugin.passes)
    outcome = ask(lambda: score(on, plugin), plugin.components, plugin.optional)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NONFINITE
    assert outcome.reason.startswith(reason)


def test_a_cell_that_computes_the_identity_has_no_trainability():
    on = bench(network(IDENTITY), *az_nas.PLUGIN.passes)
    with pytest.raises(UndefinedError, match="trainability is minus infinity"):
        score(on, az_nas.PLUGIN)


def test_az_nas_adds_logarithms_of_ranks():
    columns = {name: np.array([1.0, 2.0]) for name in az_nas.PLUGIN.components}
    columns["complexity"] = np.array([2.0, 1.0])
    # the second is best in three of four: log(1/2) once; the first three times
    expected = [3 * math.log(0.5), math.log(0.5)]
    assert az_nas.PLUGIN.aggregate(columns) == pytest.approx(expected)


def test_te_nas_prefers_small_condition_numbers_and_many_regions():
    columns = {"ntk_condition": np.array([5.0, 9.0, 7.0]), "linear_regions": np.full(3, 64.0)}
    # ranks 3, 1, 2 and three times the mean rank 2
    assert te_nas.PLUGIN.aggregate(columns).tolist() == [5.0, 3.0, 4.0]


def test_vkdnw_agg_ranks_by_tensors_then_entropy_without_gaps():
    columns = {name: np.zeros(3) for name in vkdnw_agg.PLUGIN.components}
    columns["tensors"] = np.array([7.0, 5.0, 7.0])
    columns["entropy"] = np.array([1.0, 2.0, 0.5])
    scores = vkdnw_agg.PLUGIN.aggregate(columns)
    # ranks 3, 1, 2; the other four tie at 2 of 3
    assert scores == pytest.approx(np.log([1.0, 1 / 3, 2 / 3]) + 4 * math.log(2 / 3))


def test_the_condition_number_is_the_ratio_of_extreme_eigenvalues():
    assert condition_number(torch.diag(torch.tensor([2.0, 8.0, 4.0]))) == 4.0


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_kernel_that_is_not_positive_definite_has_no_condition_number(value):
    with pytest.raises(UndefinedError, match="so it has no condition number"):
        condition_number(torch.diag(torch.tensor([value, 1.0])))


def test_the_entropy_of_equal_deciles_is_that_of_nine():
    assert decile_entropy(np.ones(20)) == pytest.approx(math.log(9))


def test_the_entropy_is_that_of_the_deciles_of_the_spectrum():
    # the deciles 0.1 to 0.9 of 0, 1, ..., 10 are 1 to 9
    shares = np.arange(1, 10) / 45
    assert decile_entropy(np.arange(11.0)) == pytest.approx(-(shares * np.log(shares)).sum())


@pytest.mark.parametrize("spectrum", [np.zeros(20), np.full(20, np.nan)])
def test_a_spectrum_without_information_has_no_entropy(spectrum):
    with pytest.raises(UndefinedError, match="so it has no entropy"):
        decile_entropy(spectrum)


def test_vkdnw_puts_entropy_behind_the_number_of_tensors():
    components = score(bench(SmallNetwork, *vkdnw.PLUGIN.passes), vkdnw.PLUGIN)
    # 7 tensors and an entropy of at most log 9 < 3
    assert 7 <= components < 8


def test_the_discount_of_swap_is_one_at_the_wanted_size():
    on = bench(SmallNetwork, *swap_reg.PLUGIN.passes)
    seen = on.observation("test", swap_reg.PLUGIN.passes)
    at_size = swap_reg.regularised(seen, mu=0.361, sigma=1.0)
    beside = swap_reg.regularised(seen, mu=1.361, sigma=2.0)
    assert beside == pytest.approx(at_size * math.exp(-0.5))
    assert at_size == round(at_size) > 0


def test_zen_of_a_network_that_ignores_its_input_is_no_number():
    class Constant(torch.nn.Sequential):
        def forward(self, inputs):
            return super().forward(inputs * 0)

    def build():
        return Constant(torch.nn.Conv2d(3, 4, 3), torch.nn.AdaptiveAvgPool2d(1))

    with pytest.raises(UndefinedError, match="features do not answer to a nudge"):
        score(bench(build, *zen.PLUGIN.passes), zen.PLUGIN)


def test_te_nas_computes_no_kernel_where_there_is_no_relu():
    made = bench(lambda: nn.Sequential(nn.Flatten(), nn.Linear(192, 10)), *te_nas.PLUGIN.passes)
    with pytest.raises(UnsupportedError, match="no ReLU"):
        score(made, te_nas.PLUGIN)
    assert "tangent_kernel" not in made.costs(te_nas.PLUGIN.passes)

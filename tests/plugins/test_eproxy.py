import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from harness.batches.source import Batch
from harness.core.errors import UnsupportedError, UsageError
from harness.core.outcome import Failed, FailureKind, ask
from harness.passes.eproxy import (
    RELATIVE_SIZE,
    Branch,
    Feature,
    Start,
    Training,
    TrainingLoss,
    training_loss,
)
from harness.passes.eproxy.heads import Head, redraw
from harness.passes.eproxy.loss import STEPS, train
from harness.passes.eproxy.taps import Taps
from harness.passes.eproxy.targets import bank, target
from harness.passes.observation import Subject
from harness.passes.workbench import Workbench
from harness.plugins.eproxies import settings_of, sized_eproxy
from harness.plugins.zero_cost.eproxy import PLUGIN as EPROXY
from harness.spaces.datasets import dataset
from harness.spaces.knowledge import largest_of
from harness.spaces.registry import space, space_names

CELL = "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|"
CELL_OF_TASKS = "64-41414-1_02_003"


@pytest.fixture(autouse=True)
def _one_thread_and_a_known_generator():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield
    torch.set_num_threads(threads)


def bench(passes, text=CELL, name="nas-bench-201", seed=0):
    where = space(name)
    images = torch.from_numpy(np.random.default_rng(0).standard_normal((4, 3, 32, 32)))
    subject = Subject(
        architecture=where.parse(text),
        space=where,
        dataset=dataset("cifar10"),
        batch=Batch(inputs=images.float(), labels=torch.zeros(4, dtype=torch.int64)),
        seed=seed,
        device=torch.device("cpu"),
    )
    return Workbench(subject, passes)


@pytest.mark.parametrize("feature", [feature for feature in Feature if feature is not Feature.NET])
def test_equal_seeds_make_equal_banks_and_other_seeds_others(feature):
    first = bank(feature, 0)
    bank.cache_clear()
    assert np.array_equal(first, bank(feature, 0))
    assert not np.array_equal(first, bank(feature, 1))
    assert first.shape == (16, 512, 8, 8)
    assert first.dtype == np.float32


def test_dots_are_ones_of_either_sign():
    dots = bank(Feature.DOT, 0)
    assert set(np.unique(dots).tolist()) == {-1.0, 1.0}
    assert abs(dots.mean()) < 0.01


@pytest.mark.parametrize(
    ("feature", "lowest", "highest"),
    [
        (Feature.WAVE_LOW, 0.01, 0.1),
        (Feature.WAVE_MIDDLE, 0.125, 0.35),
        (Feature.WAVE_HIGH, 0.375, 0.4875),
    ],
)
def test_a_wave_obeys_the_equation_of_its_frequency_along_one_axis(feature, lowest, highest):
    # u(n + 1) + u(n - 1) = 2 cos(2 pi beta) u(n) for any sine wave of frequency beta; along an
    # axis that it does not depend on, the wave is constant, as if beta were 0
    maps = bank(feature, 0)[0].astype(np.float64)
    betas = np.linspace(lowest, highest, 10)
    allowed = 2 * np.cos(2 * np.pi * np.append(betas, 0.0))
    for wave in maps[:20]:
        sums, middle = wave[2:] + wave[:-2], wave[1:-1]
        ratio = (sums * middle).sum() / (middle * middle).sum()
        assert np.abs(allowed - ratio).min() < 1e-5


def test_the_largest_feature_of_the_random_network_is_one():
    assert np.abs(bank(Feature.NET, 0)).max() == 1


def test_a_target_is_the_sum_of_its_banks_times_its_level():
    branch = Branch(features=(Feature.DOT, Feature.WAVE_LOW), target_channels=3, level=1.5)
    expected = 1.5 * (bank(Feature.DOT, 7) + bank(Feature.WAVE_LOW, 7))[:2, :3]
    assert np.allclose(target(branch, 2, 7).numpy(), expected)


def test_a_branch_without_features_has_a_target_of_zeros():
    assert not target(Branch(features=()), 2, 0).any()


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("nas-bench-201", [(64, 4, 4), (32, 8, 8), (16, 16, 16)]),
        ("nas-bench-101", [(512, 4, 4), (256, 8, 8), (128, 16, 16)]),
        ("darts", [(512, 4, 4), (256, 8, 8), (128, 16, 16)]),
        ("transnas-bench-101-micro", [(256, 4, 4), (128, 8, 8), (128, 8, 8)]),
    ],
)
def test_taps_are_the_ends_of_three_stages_the_deepest_first(name, shapes):
    where = space(name)
    network = where.network(where.sample(np.random.default_rng(0)), dataset("cifar10"))
    with torch.no_grad():
        maps = Taps(network, 3)(torch.zeros(2, 3, 16, 16))
    assert [tuple(feature_map.shape[1:]) for feature_map in maps] == shapes


@pytest.mark.parametrize(
    ("name", "text", "data", "modules"),
    [
        ("transnas-bench-101-macro", "64-222113-basic", "cifar10", "module_6 module_5 module_4"),
        ("transnas-bench-101-micro", CELL_OF_TASKS, "class_object", "stage_5 stage_4 stage_3"),
    ],
)
def test_taps_of_transnas_are_its_last_three_modules_whatever_their_shapes(
    name, text, data, modules
):
    where = space(name)
    network = where.network(where.parse(text), dataset(data)).train()
    images, outputs = torch.randn(2, 3, 32, 32), {}
    for module in modules.split():
        network.get_submodule(f"backbone.{module}").register_forward_hook(
            lambda _, __, output, module=module: outputs.setdefault(module, output)
        )
    with torch.no_grad():
        maps = Taps(network, 3)(images)
    assert len(maps) == 3
    for feature_map, module in zip(maps, modules.split(), strict=True):
        assert torch.equal(feature_map, outputs[module])


def test_fewer_branches_look_at_the_deepest_maps():
    where = space("nas-bench-201")
    network = where.network(where.parse(CELL), dataset("cifar10"))
    with torch.no_grad():
        (only,) = Taps(network, 1)(torch.zeros(2, 3, 16, 16))
    assert only.shape[1] == 64


def test_after_the_first_run_a_network_runs_no_further_than_its_deepest_tap():
    where = space("nas-bench-201")
    network = where.network(where.parse(CELL), dataset("cifar10"))
    calls: list[int] = []
    network[-1].register_forward_hook(lambda *_: calls.append(1))
    taps, images = Taps(network, 3), torch.zeros(2, 3, 16, 16)
    taps(images)
    taps(images)
    assert len(calls) == 1


def test_a_network_without_feature_maps_is_told_what_it_lacks():
    class Flat(nn.Module):
        def forward(self, images):
            return images.flatten(1)

    with pytest.raises(UnsupportedError, match="declare is_cell = True"):
        Taps(nn.Sequential(Flat()), 1)(torch.zeros(2, 3, 8, 8))


RELEASED = {
    "nas-bench-101": 7_218_069_504,
    "nas-bench-201": 187_166_720,
    "nas-bench-mr": 13_727_907_840,
    "darts": 515_047_424,
    "transnas-bench-101-macro": 1_505_384_448,
}
"""Multiply-accumulates of the largest network in the release, `utils.get_macs_lut`."""


class Constant(nn.Module):
    """A cell whose feature map is zero whatever the weights are."""

    is_cell = True

    def forward(self, images):
        return images * 0


def trained(training, wanted):
    return train(nn.Sequential(Constant()), torch.ones(2, 3, 8, 8), [wanted], training)


def test_ten_steps_with_momentum_agree_with_a_recursion_by_hand():
    # A constant map is 0 after batch norm, so all that can be learned is batch norm's shift s: the
    # error is (s - 1)^2 with gradient 2 (s - 1), velocity v = 0.9 v + 2 (s - 1), s = s - 0.1 v,
    # no weight decay; nine updates before the tenth error.
    shift = velocity = 0.0
    for _ in range(STEPS - 1):
        velocity = 0.9 * velocity + 2 * (shift - 1)
        shift -= 0.1 * velocity
    branch = Branch(barrier_kernel=None, target_channels=1)
    errors = trained(Training(branches=(branch,), learning_rate=0.1), torch.ones(2, 1, 8, 8))
    assert errors.total == pytest.approx((shift - 1) ** 2, rel=1e-4)


def test_through_a_barrier_only_the_transform_learns():
    # As above, past a frozen factor w without bias: the error is (w s - 1)^2 with gradient
    # 2 w (w s - 1). Were w trained too, the error would be another one.
    branch = Branch(barrier_kernel=1, transform_channels=1, target_channels=1)
    training = Training(branches=(branch,), learning_rate=0.1, barrier_start=Start.KAIMING_NORMAL)
    torch.manual_seed(3)
    barrier = Head(3, branch, training).barrier
    assert barrier is not None
    factor = barrier.weight.item()
    shift = velocity = 0.0
    for _ in range(STEPS - 1):
        velocity = 0.9 * velocity + 2 * factor * (factor * shift - 1)
        shift -= 0.1 * velocity
    torch.manual_seed(3)
    errors = trained(training, torch.ones(2, 1, 8, 8))
    assert errors.total == pytest.approx((factor * shift - 1) ** 2, rel=1e-4)


def test_errors_of_shallow_branches_count_half_and_a_quarter():
    assert TrainingLoss(errors=(4.0, 2.0, 8.0)).total == 4 + 1 + 2


def test_a_training_that_diverges_is_a_failure():
    training = Training(branches=(Branch(),), learning_rate=1e30)
    loss = training_loss(training)
    outcome = ask(lambda: bench([loss]).observation("a test", (loss,))[loss].total, ("score",))
    assert outcome == Failed(
        kind=FailureKind.NONFINITE, reason="the training diverged: its error is nan"
    )


def test_xavier_s_biases_are_a_hundredth_and_kaiming_s_zero():
    layer = nn.Conv2d(2, 3, 1)
    redraw(layer, Start.XAVIER_UNIFORM)
    assert layer.bias is not None
    assert layer.bias.tolist() == pytest.approx([0.01] * 3)
    redraw(layer, Start.KAIMING_UNIFORM)
    assert layer.bias.tolist() == [0.0] * 3


@pytest.mark.parametrize("start", [Start.KAIMING_UNIFORM, Start.KAIMING_NORMAL])
def test_kaiming_s_variance_follows_from_the_outputs_of_a_layer(start):
    # 2 / (256 outputs * 3 * 3) = 0.00087; by the 4 inputs it would be 64 times that
    layer = nn.Conv2d(4, 256, 3)
    redraw(layer, start)
    assert layer.weight.var().item() == pytest.approx(2 / (256 * 9), rel=0.1)


def test_weights_of_one_s_own_are_left_alone():
    layer = nn.Conv2d(2, 3, 1)
    before = layer.weight.clone()
    redraw(layer, Start.OWN)
    assert torch.equal(before, layer.weight)


def test_a_seed_changes_the_score_and_an_equal_seed_repeats_it():
    scores = [
        EPROXY.score(bench(EPROXY.passes, seed=seed).observation("eproxy", EPROXY.passes))
        for seed in (0, 0, 1)
    ]
    assert scores[0] == scores[1] != scores[2]


def test_a_network_whose_output_hears_nothing_scores_the_mean_square_of_the_targets():
    # The best score there is in practice, for ten steps make any living cell worse than that.
    dead = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    branches = Training().branches
    silent = sum(
        float(target(branch, 4, 0).square().mean()) / 2**depth
        for depth, branch in enumerate(branches)
    )
    assert silent == pytest.approx(0.875, rel=0.01)
    scores = [
        EPROXY.score(bench(EPROXY.passes, text).observation("eproxy", EPROXY.passes))
        for text in (dead, CELL)
    ]
    assert scores[0] == pytest.approx(silent, rel=0.01)
    assert scores[0] < scores[1]


def test_costs_count_ten_passes_forward_and_nine_back():
    (loss,) = EPROXY.passes
    work = bench(EPROXY.passes)
    work.observation("eproxy", EPROXY.passes)[loss]
    cost = work.costs(EPROXY.passes)[loss.name]
    assert (cost.forwards, cost.backwards, cost.images, cost.labels) == (10, 9, 4, 0)


@pytest.mark.parametrize(
    "name", [name for name in space_names() if largest_of(space(name)) and name not in RELEASED]
)
def test_the_largest_network_of_a_space_has_size_one_and_no_other_more(name):
    where, generator = space(name), np.random.default_rng(0)
    others = [where.sample(generator).text for _ in range(2)]
    sizes = [
        bench([RELATIVE_SIZE], text, name).observation("a test", (RELATIVE_SIZE,))[RELATIVE_SIZE]
        for text in (largest_of(where), *others)
    ]
    assert sizes[0] == 1
    assert all(0 < size <= 1 for size in sizes)


@pytest.mark.parametrize("name", RELEASED)
def test_where_the_release_counted_the_largest_network_sizes_are_shares_of_its_count(name):
    from harness.passes.counting import measure

    where = space(name)
    some = where.sample(np.random.default_rng(0))
    network = where.network(some, dataset("cifar10"))
    macs = measure(network, (3, 32, 32)).multiply_accumulates
    seen = bench([RELATIVE_SIZE], some.text, name).observation("a test", (RELATIVE_SIZE,))
    assert seen[RELATIVE_SIZE] == macs / RELEASED[name]


def test_above_zero_alpha_prefers_the_larger_of_two_networks_with_one_loss():
    # 2 (1 - 0.5 * 0.2) = 1.8 and 2 (1 - 0.5 * 1) = 1, lower is better
    proxy = sized_eproxy(settings_of({"alpha": 0.5}))
    assert proxy.aggregate is not None
    columns = {"loss": np.array([2.0, 2.0]), "size": np.array([0.2, 1.0])}
    assert proxy.aggregate(columns).tolist() == [1.8, 1.0]


def test_settings_that_differ_in_alpha_alone_share_the_pass():
    some, other = (sized_eproxy(settings_of({"alpha": alpha})) for alpha in (0.5, -0.5))
    assert some.passes == other.passes


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"rate": 1.0}, "rate"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"branches": []}, "branches"),
        ({"branches": [{"features": ["wave_x"]}]}, "branches.0.features.0"),
        ({"alpha": 1.0}, "alpha"),
    ],
)
def test_settings_with_a_fault_are_told_where_it_is(content, key):
    with pytest.raises(UsageError, match=f"settings of Eproxy, {key}: "):
        settings_of(content)


def loss_of_a_cell() -> float:
    return EPROXY.score(bench(EPROXY.passes).observation("eproxy", EPROXY.passes))


def test_another_instruction_set_moves_the_score_by_no_more_than_the_plugin_states():
    code = "import tests.plugins.test_eproxy as t, torch; torch.set_num_threads(1); "
    older = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print(repr(t.loss_of_a_cell()))"],
        env={**os.environ, **older, "MKL_CBWR": "COMPATIBLE"},
        check=True,
        capture_output=True,
        text=True,
    )
    here, there = loss_of_a_cell(), float(done.stdout)
    assert abs(here - there) <= EPROXY.stability.score * here

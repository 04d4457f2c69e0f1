import itertools

import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.learning import load_pool, pool_of
from harness.learning.transfer import transfer
from harness.learning.transfer_pair import Plan
from harness.metrics import Defined

PLAN = Plan(source_labels=20, target_labels=(0, 10), repeats=2)


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture
def reverse(pool, make_table):
    """The same cells, the worst one first."""
    from dataclasses import replace

    values = {text: -value for text, value in zip(pool.texts, pool.labels, strict=True)}
    table = replace(make_table(values), task="reverse", digest="1" * 64)
    return pool_of(table, pool.texts)


def pairs(*pools):
    return list(itertools.product(pools, repeat=2))


def by_pair(cells):
    return {(cell.source, cell.target, cell.labels): cell for cell in cells}


def test_what_is_learnt_on_one_task_is_held_against_the_other(pool, reverse, counting, tmp_path):
    cells = by_pair(transfer(pairs(pool, reverse), counting.loaded(), PLAN, tmp_path, quiet))
    with_itself, with_other = cells["made-up", "made-up", 0], cells["made-up", "reverse", 0]
    assert isinstance(with_itself.mean.value, Defined)
    assert isinstance(with_other.mean.value, Defined)
    # the predictor counts convolutions, which the reverse punishes
    assert with_itself.mean.value.value > 0.8
    assert with_other.mean.value.value < -0.8


def test_target_labels_are_not_evaluated(pool, reverse, counting, tmp_path):
    cells = by_pair(transfer(pairs(pool, reverse), counting.loaded(), PLAN, tmp_path, quiet))
    # 80 less the ten that may be labelled; with itself, less the twenty of the source
    assert cells["made-up", "reverse", 0].evaluated == 70
    assert cells["made-up", "made-up", 0].evaluated == 60


def test_a_target_label_stands_five_times_beside_the_source_s(pool, reverse, make, tmp_path):
    sizes = []

    def fit(labelled, seed):
        sizes.append(labelled.inputs.n)
        return lambda inputs: np.arange(inputs.n, dtype=np.float64)

    plan = Plan(source_labels=20, target_labels=(0, 10), repeats=1)
    transfer(pairs(pool, reverse), make(fit), plan, tmp_path, quiet)
    assert sorted(sizes) == [20, 20, 20, 20, 70, 70]


def test_columns_of_both_sides_have_mean_zero(pool, reverse, make, tmp_path):
    means = []

    def fit(labelled, seed):
        def predict(inputs):
            means.append(inputs.features.values.mean())
            return np.arange(inputs.n, dtype=np.float64)

        return predict

    plan = Plan(source_labels=20, target_labels=(0,), repeats=1)
    transfer(pairs(pool, reverse), make(fit), plan, tmp_path, quiet)
    # without target labels, all of the target is evaluated
    assert means[1] == pytest.approx(0, abs=1e-12)


def test_stored_transfers_are_not_fitted_again(pool, reverse, counting, tmp_path):
    first = transfer(pairs(pool, reverse), counting.loaded(), PLAN, tmp_path, quiet)
    fits = counting.fits
    assert transfer(pairs(pool, reverse), counting.loaded(), PLAN, tmp_path, quiet) == first
    assert counting.fits == fits


@pytest.mark.shared_data
def test_positions_mean_nothing_across_spaces(pool, shared_data, make, tmp_path):
    from dataclasses import replace

    from harness.encodings import encoding
    from harness.truth import Places

    other = load_pool("nb101-cifar10-suite-zero", Places.from_environment(shared_data))
    loaded = make(lambda labelled, seed: None)
    loaded = replace(loaded, plugin=replace(loaded.plugin, encoding=encoding("onehot")))
    with pytest.raises(UsageError, match="reads onehot, which means nothing across the spaces"):
        transfer(pairs(pool, other), loaded, PLAN, tmp_path, quiet)


def test_more_labels_of_a_source_than_it_has_are_refused_with_its_name(pool, counting, tmp_path):
    plan = Plan(source_labels=71, target_labels=(0,), repeats=2)  # 70 leave the ten to evaluate on
    with pytest.raises(UsageError, match=r"of made-up, which has 80 .*at most 70 with --source-l"):
        transfer(pairs(pool), counting.loaded(), plan, tmp_path, quiet)

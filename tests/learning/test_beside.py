"""Proxies without labels, beside predictors."""

from dataclasses import replace

import numpy as np
import pytest

from harness.catalog import FromModule, LoadedProxy
from harness.core.errors import UsageError
from harness.encodings import ScoreTable
from harness.learning import AlreadyReached, Experiment, curves, fit_all, pick_points
from harness.learning.label_free_baselines import (
    level_curves,
    level_picks,
    unlabelled,
    unlabelled_cells,
)
from harness.learning.transfer_pair import Plan
from harness.metrics import Undefined
from harness.plugin import Direction, ZeroCostProxy
from harness.reports.predictors import PredictorCurves, write_predictor_curves

SMALL = Experiment(sizes=(8, 16), repeats=3, evaluate_on=None)


def proxy(name: str = "conv", direction: Direction = Direction.HIGHER, **more) -> LoadedProxy:
    plugin = ZeroCostProxy(
        name=name,
        version="1",
        summary="",
        direction=direction,
        passes=(),
        score=lambda observation: 0.0,
        **more,
    )
    return LoadedProxy(plugin=plugin, origin=FromModule(module="harness.made_up"))


def convolutions(graphs):
    return np.array([sum("conv" in name for name in graph.operations) for graph in graphs], float)


@pytest.fixture
def fitted(pool, counting, tmp_path):
    return fit_all(pool, [counting.loaded()], SMALL, tmp_path, lambda done, total: None)


def test_a_perfect_proxy_is_a_level_line_at_one(fitted, pool):
    # The pool's stored scores are its truth.
    perfect = unlabelled(proxy(), pool, published=True)
    kendall, spearman = level_curves(fitted, [perfect])
    assert (kendall.metric, spearman.metric) == ("kendall", "spearman")
    assert [point.mean.value.value for point in kendall.points] == pytest.approx([1, 1])
    assert [point.labels for point in kendall.points] == [8, 16]
    assert kendall.area.value.value == pytest.approx(1)
    assert kendall.needed == AlreadyReached(labels=8)
    assert kendall.predictor == "conv (no labels)"
    assert kendall.points[0].fit_s is None


def test_a_proxy_of_graphs_is_measured_like_a_predictor_that_says_the_same(fitted, pool):
    # The counting predictor predicts the number of convolutions too.
    live = unlabelled(proxy("counted", score_cells=convolutions), pool, published=True)
    (predicted, _), (level, _) = curves(fitted), level_curves(fitted, [live])
    assert level.points[0].mean == predicted.points[0].mean


def test_only_computed_scores_are_turned_by_the_direction_of_the_proxy(pool):
    lower = proxy(direction=Direction.LOWER)
    published = unlabelled(lower, pool, published=True)
    recorded = unlabelled(lower, pool, published=False)
    assert published.scores.tolist() == (-recorded.scores).tolist() == pool.labels.tolist()
    live = unlabelled(
        proxy("live", direction=Direction.LOWER, score_cells=convolutions), pool, published=True
    )
    assert live.scores.tolist() == (-convolutions(pool.subjects.graphs)).tolist()


def without(pool, worst: int):
    """The pool without scores of its worst architectures."""
    values = pool.subjects.scores.values.copy()
    values[np.argsort(pool.labels)[:worst]] = np.nan
    table = ScoreTable(proxies=("conv",), values=values)
    return replace(pool, subjects=replace(pool.subjects, scores=table))


def test_an_architecture_without_a_score_comes_last(fitted, pool):
    (kendall, _) = level_curves(fitted, [unlabelled(proxy(), without(pool, 1), published=True)])
    # The one without a score is the worst, so that the order is still that of the truth.
    assert kendall.points[0].mean.value.value == pytest.approx(1)


def test_a_proxy_with_few_scores_is_undefined_and_says_so(fitted, pool):
    (kendall, _) = level_curves(fitted, [unlabelled(proxy(), without(pool, 79), published=True)])
    assert isinstance(kendall.points[0].mean.value, Undefined)
    assert "of 64 architectures" in kendall.points[0].mean.value.reason


def test_a_proxy_that_needs_networks_and_has_no_scores_is_refused(pool):
    with pytest.raises(UsageError, match=r"proxy zen has no stored scores of task made-up .*conv"):
        unlabelled(proxy("zen"), pool, published=True)


def test_rows_and_files_hold_the_proxy_with_its_key(fitted, pool, tmp_path):
    perfect = unlabelled(proxy(), pool, published=True)
    both = (*curves(fitted), *level_curves(fitted, [perfect]))
    keys = {perfect.name: perfect.key}
    picks = (*pick_points(fitted), *level_picks(fitted, [perfect]))
    predicted = PredictorCurves(fitted=fitted, curves=both, picks=picks, baselines=keys)
    records = predicted.data.records
    rows = [record for record in records if record["predictor"] == "conv (no labels)"]
    assert {row["key"] for row in rows} == {"published conv"}
    assert {row["evaluated"] for row in rows} == {64}
    # the proxy is the truth and regrets nothing; nobody says here how sure it is
    assert {row["pick_regret"] for row in rows} == {0.0}
    assert {row["inside_95"] for row in records} == {None}
    paths = write_predictor_curves(predicted, tmp_path)
    assert "counting-and-1-more-3xrest-seed0-" in paths[0].name


def test_another_command_writes_other_files_and_the_same_command_the_same(pool, counting, tmp_path):
    def written(*names: str) -> list[str]:
        several = [counting.loaded(name) for name in names]
        fitted = fit_all(pool, several, SMALL, tmp_path, lambda done, total: None)
        predicted = PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted))
        return [str(path) for path in write_predictor_curves(predicted, tmp_path)]

    first, other, again = written("one"), written("two"), written("one")
    assert first == again
    assert not set(first) & set(other)
    assert not set(written("one", "two")) & {*first, *other}


def test_a_proxy_has_a_row_of_the_transfer_matrix_without_target_labels(pool):
    perfect = unlabelled(proxy(), pool, published=True)
    plan = Plan(source_labels=20, target_labels=(0, 10), repeats=2)
    (cell,) = unlabelled_cells([perfect], plan)
    assert (cell.source, cell.target, cell.labels) == ("conv (no labels)", "made-up", 0)
    assert cell.evaluated == 80 - 10  # outside the largest draw of the target
    assert cell.mean.value.value == pytest.approx(1)

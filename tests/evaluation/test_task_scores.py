from dataclasses import replace

import numpy as np
import pytest

from harness.core.aggregation import average_ranks
from harness.core.direction import Direction
from harness.core.errors import DataError, UsageError
from harness.evaluation import PublishedScores, join
from harness.evaluation.method_scores import summarise_costs
from harness.execution.population import population_of
from tests.score_tables import computed, costs, method, texts_of
from tests.truth_tables import truth_table

SOURCES = PublishedScores(sources=("a-file",))


def test_scores_and_truth_are_those_of_the_architectures_that_have_truth_in_their_order():
    table = truth_table({"a002": 7.0, "a000": 5.0, "elsewhere": 9.0}, direction=Direction.LOWER)
    population = population_of("three", "nowhere", texts_of(3))
    task = join(table, population, [method("mine", [1.0, 2.0, 3.0])], SOURCES)
    assert task.architectures == ("a000", "a002")
    assert task.truth.tolist() == [-5.0, -7.0]
    assert task.methods[0].values.tolist() == [1.0, 3.0]
    assert task.scores_by_text(task.methods[0]) == {"a000": 1.0, "a002": 3.0}


def test_a_population_without_truth_is_refused():
    population = population_of("two", "nowhere", texts_of(2))
    with pytest.raises(UsageError, match="no value for any of the 2 architectures"):
        join(truth_table({"elsewhere": 1.0}), population, [], SOURCES)


def test_a_failure_has_no_number_and_takes_no_part_in_a_sample():
    task = computed([method("mine", [3.0, None, 1.0, 2.0])], [1.0, 2.0, 3.0, 4.0])
    (mine,) = task.methods
    assert np.isnan(mine.values).tolist() == [False, True, False, False]
    assert task.sample(mine).scores.tolist() == [3.0, 1.0, 2.0]
    assert task.sample(mine).truth.tolist() == [1.0, 3.0, 4.0]


def test_a_rule_that_aggregates_does_so_over_the_scored_architectures_that_are_kept():
    ranked = replace(
        method("mine", [30.0, None, 10.0, 20.0]),
        orient=lambda components: average_ranks(components["score"]),
    )
    # Of 30, 10 and 20 the ranks are 3, 1 and 2; of 30 and 20 alone 2 and 1.
    assert ranked.values[[0, 2, 3]].tolist() == [3.0, 1.0, 2.0]
    assert ranked.at(np.array([0, 3])).values.tolist() == [2.0, 1.0]


@pytest.mark.parametrize("scores", [np.array([1.0, 2.0]), np.float64(1.0), np.ones((3, 1))])
def test_a_rule_that_returns_another_number_of_scores_is_refused(scores):
    broken = replace(method("mine", [1.0, 2.0, 3.0]), orient=lambda components: scores)
    with pytest.raises(DataError, match="two vectors of one length"):
        _ = broken.values


def test_costs_are_summarised_on_the_environment_of_most_of_them():
    # Seconds 1, 2, 9 on "often" and 5 on "once"; one is unknown.
    spent = replace(
        costs(5, 1.0),
        wall_s=np.array([5.0, 1.0, np.nan, 2.0, 9.0]),
        gpu_s=np.array([np.nan, np.nan, np.nan, 0.5, 0.7]),
        peak_bytes=np.array([99.0, 7.0, np.nan, 8.0, np.nan]),
        environment=np.array([0, 1, -1, 1, 1]),
        environments=("once", "often"),
    )
    timing = summarise_costs(spent)
    assert timing is not None
    assert timing.environment == "often"
    assert timing.quartiles_s == (1.5, 2.0, 5.5)
    assert (timing.gpu_s, timing.peak_bytes) == (0.6, 8)


def test_of_environments_with_as_many_costs_the_first_counts_and_unknown_costs_are_none():
    both = replace(costs(2, 1.0), environment=np.array([1, 0]), environments=("later", "first"))
    timing = summarise_costs(both)
    assert timing is not None
    assert timing.environment == "first"
    assert timing.gpu_s is None
    assert summarise_costs(both.at(np.array([], dtype=np.int64))) is None

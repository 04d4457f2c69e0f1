"""Searches for the highest score of a proxy, with proxies whose best cell is known."""

from dataclasses import replace

import numpy as np
import pytest

from harness.architecture_search import Fitness, Problem, search_by
from harness.catalog import FromFile, LoadedProxy, LoadedSearch, installed
from harness.catalog.tuned_proxy import tuned_proxy
from harness.core.errors import ContractError, UsageError
from harness.core.outcome import Scored
from harness.execution.population import population_of
from harness.execution.run import Options, open_run_on
from harness.execution.task_truth import make_suite
from harness.passes.counting import measure
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.suite import BatchSettings
from harness.truth import TruthTable, load
from tests.stored import outcomes_of

TASK = "nb201-analog-baseline"
LARGEST = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|"
)

NO_LARGE_ONES = """
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy

def score(observation):
    parameters = observation[STRUCTURE].parameters
    if parameters > {limit}:
        raise ValueError("too large for me")
    return -float(parameters)

PLUGIN = ZeroCostProxy(
    name="no-large-ones", version="1", summary="The fewer parameters, the lower.",
    direction=Direction.LOWER, passes=(STRUCTURE,), score=score,
)
"""


@pytest.fixture(scope="module")
def truth() -> TruthTable:
    return load(TASK)


@pytest.fixture(scope="module")
def problem(truth) -> Problem:
    """The table with no value in it, so that a search which reads one finds nothing."""
    blank = {text: float("nan") for text in truth.values}
    return Problem(space=space(truth.space), truth=replace(truth, values=blank))


def fitness(proxy: LoadedProxy, truth: TruthTable, folder) -> Fitness:
    options = Options(results=folder, workers=0)
    suite = make_suite(TASK, truth, BatchSettings(source="noise", size=2), 0)
    prepared = open_run_on(population_of("search", truth.space, []), {}, suite, (), options)
    return Fitness(proxy=proxy, prepared=prepared, options=options)


def scores_of(proxy: Fitness) -> list[float]:
    outcomes = outcomes_of(proxy.prepared.scores, proxy.proxy.key).values()
    return [outcome.components["score"] for outcome in outcomes if isinstance(outcome, Scored)]


def from_file(folder, limit: float) -> LoadedProxy:
    path = folder / "plugin.py"
    path.write_text(NO_LARGE_ONES.format(limit=limit))
    return FromFile(path=path).load()


def test_local_search_climbs_to_the_largest_cell_without_a_label(truth, problem, tmp_path):
    params = fitness(installed().of_kind(LoadedProxy)["params"], truth, tmp_path)
    pick = search_by(params, problem, "local", 60, 0)
    assert pick.architecture.text == LARGEST
    assert pick.score == max(scores_of(params))
    assert (pick.searcher, pick.guide, pick.scored, pick.seed) == ("local", "params", 60, 0)


def test_what_was_scored_is_not_scored_again_and_a_longer_search_goes_on(truth, problem, tmp_path):
    proxy = installed().of_kind(LoadedProxy)["params"]
    told: list[int] = []
    first = fitness(proxy, truth, tmp_path)
    first.progress = told.append
    search_by(first, problem, "evolution", 12, 3)
    assert (first.computed, told) == (12, list(range(1, 13)))
    longer = fitness(proxy, truth, tmp_path)
    search_by(longer, problem, "evolution", 20, 3)
    assert (longer.asked, longer.computed) == (20, 8)


def test_a_lower_score_that_is_better_is_searched_for_and_failures_are_kept(
    truth, problem, tmp_path
):
    some = fitness(from_file(tmp_path, 500_000), truth, tmp_path / "results")
    pick = search_by(some, problem, "random", 30, 0)
    assert 0 < len(some.failures) < 30
    assert all("too large for me" in reason for reason in some.failures.values())
    # Declared lower is better, so the one with most parameters that it can score is found.
    assert pick.score == max(-score for score in scores_of(some)) > 0


def test_a_proxy_without_any_score_ends_the_search_in_one_sentence(truth, problem, tmp_path):
    none = fitness(from_file(tmp_path, 0), truth, tmp_path / "results")
    with pytest.raises(ContractError, match=r"no score of any of the 10 .*too large for me"):
        search_by(none, problem, "random", 10, 0)


def test_found_settings_whose_parts_are_stored_apart_can_be_searched_for(truth, tmp_path):
    branch = {"transform_channels": 16, "target_channels": 16}
    small = tuned_proxy(
        installed().of_kind(LoadedSearch)["dps"], {"branches": [branch], "alpha": 0.5}
    )
    small_fitness = fitness(small, truth, tmp_path)
    score = small_fitness(space("nas-bench-201").parse(LARGEST))
    (outcome,) = outcomes_of(small_fitness.prepared.scores, small.key).values()
    # The release's largest network has 187.2 million multiply-accumulates; lower is better.
    network = space("nas-bench-201").network(
        space("nas-bench-201").parse(LARGEST), dataset("cifar10")
    )
    size = measure(network, (3, 32, 32)).multiply_accumulates / 187_166_720
    assert score == pytest.approx(-(1 - 0.5 * size) * outcome.components["loss"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aggregate": lambda columns: np.zeros(1)}, "ranks a whole set of architectures"),
        ({"spaces": ("nas-bench-101",)}, "supports nas-bench-101, not nas-bench-201"),
    ],
)
def test_a_proxy_that_cannot_score_one_network_of_the_space_is_refused(
    truth, tmp_path, changes, message
):
    loaded = installed().of_kind(LoadedProxy)["params"]
    loaded = replace(loaded, plugin=replace(loaded.plugin, **changes))
    with pytest.raises(UsageError, match=message):
        fitness(loaded, truth, tmp_path)

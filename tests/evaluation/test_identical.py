"""Identical networks are merged: in truth, scores, draws, and in what the boards say."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.core.outcome import SCORE, Failed, FailureKind, Scored
from harness.encodings import ScoreTable
from harness.evaluation import (
    MethodScores,
    Procedure,
    join,
    load_published,
    rank_tasks,
)
from harness.execution.population import draw_population, population_of
from harness.learning import pool_of
from harness.learning.draws import draws
from harness.metrics import find_metric
from harness.records.columns import MethodColumn
from harness.reports.leaderboard import leaderboard_markdown
from harness.reports.leaderboard_tables import leaderboard_data
from harness.spaces.identical import classes_of, network_keys
from harness.spaces.registry import space
from harness.suite import PopulationSettings, Suite
from harness.truth import merge_identical, repeats_ceiling
from tests.score_tables import COMPUTED, costs
from tests.truth_tables import truth_table

MACRO = "nas-bench-macro"
# Idle identities may stand anywhere in a stage: the first two and the last two are one network.
TEXTS = ("01201002", "01210020", "00000012", "22222222", "10020100", "10002100")
VALUES = dict(zip(TEXTS, (90.0, 92.0, 80.0, 95.0, 0.1, 0.1), strict=True))


def table(**changes):
    return replace(truth_table(VALUES, space=MACRO), **changes)


def method(outcomes, name="made", seconds=1.0):
    return MethodScores(
        name=name,
        version="1",
        key=f"{name}:1:0",
        components=(SCORE,),
        orient=lambda parts: parts[SCORE],
        column=MethodColumn.of(outcomes, costs(len(outcomes), seconds)),
    )


def scored(*numbers):
    failed = Failed(kind=FailureKind.RAISED, reason="not finite")
    return [
        failed if number is None else Scored(components={SCORE: float(number)})
        for number in numbers
    ]


def joined(*numbers, identical="computation"):
    population = population_of("mine", MACRO, TEXTS)
    return join(table(), population, [method(scored(*numbers))], COMPUTED, identical)


def test_the_classes_are_numbered_by_their_first_members():
    classes = classes_of(MACRO, TEXTS, "computation")
    assert classes.numbers.tolist() == [0, 0, 1, 2, 3, 3]
    assert classes.first.tolist() == [0, 2, 3, 4]
    assert classes_of(MACRO, TEXTS, "rows").are_rows
    assert network_keys("nowhere", ["a", "a"], "computation") == ["a", "a"]


def test_equal_values_of_a_class_have_that_mean_to_the_last_digit():
    classes = classes_of(MACRO, TEXTS, "computation")
    numbers = np.array([0.1, 0.1, np.nan, 1.0, 3.0, np.nan])
    assert classes.mean(numbers).tolist()[0] == 0.1
    assert np.isnan(classes.mean(numbers)[1])
    assert classes.mean(numbers)[2:].tolist() == [1.0, 3.0]
    three = classes_of(MACRO, ("00000012",) * 3, "computation")
    assert three.mean(np.full(3, 0.1)).tolist() == [0.1]  # the sum of three over 3 is more


def test_the_truth_of_a_network_is_the_mean_of_its_rows():
    merged = merge_identical(table(), "computation")
    assert merged.values == {"01201002": 91, "00000012": 80, "22222222": 95, "10020100": 0.1}
    assert (merged.n, merged.rows, merged.identical) == (4, 6, "computation")
    assert merged.digest != table().digest
    assert merge_identical(table(), "rows") == table()


def test_the_runs_of_identical_rows_are_runs_of_the_network():
    runs = {text: (VALUES[text], VALUES[text] + 1) for text in TEXTS}
    merged = merge_identical(table(runs=runs), "computation")
    assert merged.runs["01201002"] == (90, 91, 92, 93)


def test_the_texts_that_are_asked_for_stand_for_their_networks():
    merged = merge_identical(table(), "computation", among=["01210020", "10002100"])
    assert set(merged.values) == {"01210020", "00000012", "22222222", "10002100"}


def test_a_network_has_the_mean_score_of_its_rows_and_counts_once():
    task = joined(1, 3, 5, 7, 9, 9)
    assert task.architectures == ("01201002", "00000012", "22222222", "10020100")
    assert task.truth.tolist() == [91, 80, 95, 0.1]
    assert task.methods[0].values.tolist() == [2, 5, 7, 9]
    assert (task.rows, task.population.texts) == (6, TEXTS)
    rows = joined(1, 3, 5, 7, 9, 9, identical="rows")
    assert rows.methods[0].values.tolist() == [1, 3, 5, 7, 9, 9]


def test_a_failure_on_one_row_is_none_of_a_network_that_another_row_has_a_score_of():
    (made,) = joined(None, 3, None, 7, 9, None).methods
    assert made.scored.tolist() == [True, False, True, True]
    assert made.values[[0, 2, 3]].tolist() == [3, 7, 9]
    assert list(made.column.failures) == [1]
    assert made.column.costs().wall_s.shape == (4,)


def test_a_board_says_what_its_rows_are_and_how_many():
    procedure = Procedure(names=("spearman",), resamples=100)
    boards = {
        kind: rank_tasks("mine", "six", [joined(1, 3, 5, 7, 9, 9, identical=kind)], procedure)
        for kind in ("computation", "rows")
    }
    assert [board.edition for board in boards.values()] == ["six", "six-rows"]
    assert "4 different networks (identical: computation)" in leaderboard_markdown(
        boards["computation"]
    )
    assert "not merged (identical: rows)" in leaderboard_markdown(boards["rows"])
    records = {kind: leaderboard_data(board).records[0] for kind, board in boards.items()}
    assert [record["identical"] for record in records.values()] == ["computation", "rows"]
    assert [record["drawn"] for record in records.values()] == [4, 6]


def test_a_sample_has_every_network_once_and_all_of_them_are_drawn_alike():
    # The 64 networks with fewest layers have 1 to 25 texts each.
    settings = [PopulationSettings(sample=60, seed=seed) for seed in range(30)]
    where = space(MACRO)
    counts = Counter()
    for setting in settings:
        drawn = draw_population(where, setting)
        keys = network_keys(MACRO, drawn.texts, "computation")
        assert len(set(keys)) == 60
        counts.update(len(key.rstrip("0")) for key in keys)
    sizes = Counter(len(text.rstrip("0")) for text in network_keys_of_all())
    share = {length: counts[length] / 1800 for length in sizes}
    expected = {length: number / 3969 for length, number in sizes.items()}
    assert share[8] == pytest.approx(expected[8], abs=0.04)


def network_keys_of_all():
    where = space(MACRO)
    return {where.canonical(architecture) for architecture in where.enumerate()}


def test_rows_are_drawn_whatever_they_compute():
    where, settings = space(MACRO), PopulationSettings(sample=5000)
    assert len(draw_population(where, settings, "rows").texts) == 5000
    with pytest.raises(UsageError, match="5000 architectures from the 3969 different networks"):
        draw_population(where, settings)


def test_labelled_and_evaluated_networks_are_never_the_same():
    where = space(MACRO)
    texts = [architecture.text for architecture in where.enumerate()][::7]
    values = {text: float(index % 97) for index, text in enumerate(texts)}
    scores = ScoreTable(proxies=("made",), values=np.array([[v] for v in values.values()]))
    pool = pool_of(truth_table(values, space=MACRO), texts, scores, "computation")
    keys = network_keys(MACRO, pool.texts, "computation")
    assert len(set(keys)) == pool.n < len(texts)
    assert np.array_equal(pool.subjects.scores.values[:, 0], pool.labels)
    for draw in draws(pool.texts, 32, 3, 0):
        labelled = {keys[index] for index in draw.order}
        assert labelled.isdisjoint(keys[index] for index in draw.evaluation)


def test_a_noise_ceiling_needs_thirty_networks_whose_rows_differ():
    where = space(MACRO)
    texts = [architecture.text for architecture in where.enumerate()]
    generator = np.random.default_rng(0)
    keys = dict(zip(texts, network_keys(MACRO, texts, "computation"), strict=True))
    quality = {key: generator.normal() for key in sorted(set(keys.values()))}
    noisy = {text: quality[keys[text]] + 0.5 * generator.normal() for text in texts}
    # Reliability of one row: 1 / (1 + 0.25).
    assert repeats_ceiling(truth_table(noisy, space=MACRO), "computation") == pytest.approx(
        0.8, abs=0.05
    )
    copies = {text: quality[keys[text]] for text in texts}
    assert repeats_ceiling(truth_table(copies, space=MACRO), "computation") is None
    assert repeats_ceiling(table(), "computation") is None


def test_a_suite_merges_identical_networks_unless_it_says_rows():
    plain = Suite(name="mine", summary="", space=MACRO, tasks=("nbmacro-cifar10-test",))
    assert plain.identical == "computation"
    assert plain.changed(identical="rows").identical == "rows"


BOARD = {
    "snip": (0.454, 0.045),
    "grad_norm": (0.383, -0.065),
    "fisher": (0.383, -0.096),
    "grasp": (-0.025, 0.292),
    "synflow": (0.648, 0.553),
    "flops": (0.720, 0.637),
}
"""Spearman correlations on the rows that NASLib published of NAS-Bench-101, and on its networks."""


@pytest.mark.shared_data
def test_the_board_that_everybody_quotes_rests_on_duplicates(shared_data, monkeypatch):
    monkeypatch.setenv("HARNESS_DATA_DIR", str(shared_data))
    spearman, columns = find_metric("spearman"), []
    for identical, n in (("rows", 500), ("computation", 292)):
        task = load_published("nb101-cifar10-suite-zero", identical=identical)
        assert len(task.architectures) == n
        columns.append([task.measure(task.by_name[name], spearman).value for name in BOARD])
    found = {name: pair for name, *pair in zip(BOARD, *columns, strict=True)}
    assert {name: pytest.approx(pair, abs=5e-4) for name, pair in BOARD.items()} == found
    rows = load_published("nb101-cifar10-suite-zero", identical="rows")
    empty = Counter(network_keys("nas-bench-101", rows.architectures, "computation"))["output:0"]
    assert empty == 55

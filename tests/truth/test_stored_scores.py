from pathlib import Path

import pytest
from scipy.stats import spearmanr

from harness.core.errors import DataError, UsageError
from harness.truth import load, stored_scores, tasks_with_scores
from harness.truth.readers import csv_columns, naslib_json, naslib_zip
from harness.truth.scores import PROXIES, SENTINEL, without_failures
from tests.truth.upstream import MIXED, SAMPLES, SKIPS

WITH_SENTINEL = {"zen": {SKIPS: SENTINEL, MIXED: 12.5}}


@pytest.mark.parametrize(
    ("name", "reader"),
    [("csv", csv_columns), ("naslib json", naslib_json), ("naslib zip", naslib_zip)],
)
def test_scores_are_read_from_every_format(name: str, reader: object, make_content) -> None:
    sample = SAMPLES[name]
    own = {"proxy", "value"}
    arguments = {key: value for key, value in sample.arguments.items() if key not in own}
    assert reader.read_scores(make_content(sample.data, sample.file), arguments) == WITH_SENTINEL


def test_a_stored_failure_is_no_score() -> None:
    assert without_failures(WITH_SENTINEL) == {"zen": {MIXED: 12.5}}


def test_an_unknown_proxy_is_refused(make_content) -> None:
    sample = SAMPLES["naslib json"]
    content = make_content(sample.data.replace(b'"zen"', b'"zem"'), sample.file)
    with pytest.raises(DataError, match=r"unknown proxy 'zem' .*did you mean 'zen'"):
        naslib_json.read_scores(content, sample.arguments)


def test_a_score_that_is_not_finite_is_refused_at_its_place(make_content) -> None:
    sample = SAMPLES["csv"]
    content = make_content(sample.data.replace(b"12.5", b"nan"), sample.file)
    with pytest.raises(DataError, match="row 3, column zen: expected a finite number"):
        csv_columns.read_scores(content, {"space": "nas-bench-201", "architecture": "net"})


def test_a_task_without_scores_is_answered_with_those_that_have_some() -> None:
    with pytest.raises(UsageError, match=r"has no stored scores; .*nb201-cifar10-suite-zero"):
        stored_scores("nb201-analog-baseline")


def test_an_unknown_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown task 'nb201-cifar10-zero'"):
        stored_scores("nb201-cifar10-zero")


def test_every_task_of_nas_bench_suite_zero_has_scores() -> None:
    from harness.truth import tasks

    assert {task.name for task in tasks("nas-bench-suite-zero")} <= set(tasks_with_scores())


# Spearman with CIFAR-10 validation accuracy over the 9,445 cells, as computed from the file.
PUBLISHED = {
    "jacov": 0.818,
    "nwot": 0.792,
    "epe_nas": 0.787,
    "params": 0.747,
    "synflow": 0.732,
    "l2_norm": 0.720,
    "flops": 0.714,
    "snip": 0.552,
    "grad_norm": 0.550,
    "fisher": 0.501,
    "grasp": 0.491,
    "zen": 0.101,
    "plain": -0.367,
}


@pytest.mark.shared_data
def test_the_published_correlations_come_out(shared_data: Path) -> None:
    name = "nb201-cifar10-validation-connected"
    scores = stored_scores(name, keep_failures=True, data_dir=shared_data)
    truth = load(name, shared_data).values
    assert scores.keys() == set(PROXIES)
    for proxy, expected in PUBLISHED.items():
        column = scores[proxy]
        assert column.keys() == truth.keys()
        correlation = spearmanr([column[text] for text in truth], list(truth.values()))[0]
        assert correlation == pytest.approx(expected, abs=0.0006), proxy


@pytest.mark.shared_data
def test_scores_of_several_files_are_put_together(shared_data: Path) -> None:
    scores = stored_scores("tnb101-micro-class-scene-suite-zero", data_dir=shared_data)
    assert {proxy: len(column) for proxy, column in scores.items()} == {
        "zen": 3927,
        "epe_nas": 3927,
        "synflow": 4096,
    }

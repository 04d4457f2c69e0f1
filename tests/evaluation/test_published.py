import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from scipy import stats

from harness.core.direction import Direction
from harness.core.errors import DataError
from harness.evaluation import (
    FailureCount,
    Procedure,
    PublishedScores,
    join_published,
    load_published,
    rank_tasks,
)
from harness.metrics.values import Defined
from harness.reports.leaderboard import leaderboard_markdown, write_leaderboard
from harness.reports.leaderboard_tables import leaderboard_data
from harness.truth import Places, TruthTable, load, stored_scores
from harness.truth.scores import SENTINEL, as_outcomes
from tests.truth.test_stored_scores import PUBLISHED
from tests.truth_tables import truth_table

QUICK = Procedure(resamples=100, top=1)
SOURCES = PublishedScores(sources=("a-file",))


FIVE = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0}
# Ranks 2 1 3 4 5 against 1 2 3 4 5: rho = 1 - 6 (1 + 1) / (5 * 24) = 0.9.
SWAPPED = {"a": 20.0, "b": 10.0, "c": 30.0, "d": 40.0, "e": 50.0}


def board(scores: Mapping[str, Mapping[str, float]], table: TruthTable | None = None):
    scores = join_published(table or truth_table(FIVE), as_outcomes(scores), SOURCES)
    return rank_tasks("stored", "hand-made", [scores], QUICK)


def stored(task: str, folder: Path):
    scores = load_published(task, Places(data_dir=folder), "rows")  # as others quote them
    return rank_tasks("stored", task, [scores], QUICK)


def spearman(leaderboard: object, proxy: str) -> float:
    (entry,) = (entry for entry in leaderboard.boards[0].entries if entry.plugin == proxy)
    value = entry.measured["spearman"].value
    assert isinstance(value, Defined)
    return value.value


def test_published_scores_are_ranked_as_stored_higher_first():
    leaderboard = board({"good": SWAPPED, "bad": {key: -value for key, value in SWAPPED.items()}})
    assert [entry.plugin for entry in leaderboard.boards[0].entries] == ["good", "bad"]
    assert spearman(leaderboard, "good") == pytest.approx(0.9, abs=1e-12)
    assert spearman(leaderboard, "bad") == pytest.approx(-0.9, abs=1e-12)


def test_a_task_of_which_lower_values_are_better_turns_the_correlation_round():
    leaderboard = board({"good": SWAPPED}, truth_table(FIVE, direction=Direction.LOWER))
    assert spearman(leaderboard, "good") == pytest.approx(-0.9, abs=1e-12)


def test_a_published_sentinel_is_counted_as_a_failure_and_never_a_number():
    # Without b the order of the other four is right. As a number, -1e8 for e would give rho 0.1.
    leaderboard = board({"whole": SWAPPED, "partly": {**SWAPPED, "b": SENTINEL}})
    entry = leaderboard.boards[0].entries[-1]
    assert (entry.plugin, entry.scored, entry.drawn) == ("partly", 4, 5)
    assert entry.failures == {"unexplained": FailureCount(count=1, reason="published as -1e+08")}
    assert entry.missing == 0
    assert spearman(leaderboard, "partly") == pytest.approx(1.0, abs=1e-12)
    assert "4/5, 1 unexplained" in leaderboard_markdown(leaderboard)


def test_the_population_is_what_has_a_value_and_a_published_outcome():
    scores = {"one": {"a": 1.0, "b": 2.0, "c": 4.0, "elsewhere": 9.0}, "two": {"b": 1.0, "d": 2.0}}
    leaderboard = board(scores)
    assert (leaderboard.boards[0].population, leaderboard.boards[0].population_size) == (
        "hand-made",
        4,
    )
    entry = next(entry for entry in leaderboard.boards[0].entries if entry.plugin == "two")
    assert (entry.scored, entry.missing) == (2, 2)
    assert "2 not published" in leaderboard_markdown(leaderboard)
    assert leaderboard.boards[0].best == 4.0


def test_scores_of_other_architectures_alone_are_refused_with_their_source():
    with pytest.raises(DataError, match="no value for any architecture that a-file has scores of"):
        board({"one": {"elsewhere": 1.0}})


def test_equal_scores_have_equal_keys_and_other_scores_another_key():
    keys = [
        board({"one": scores}).boards[0].entries[0].key
        for scores in (SWAPPED, dict(reversed(SWAPPED.items())), {**SWAPPED, "a": SENTINEL})
    ]
    assert keys[0] == keys[1] != keys[2]


def test_reports_name_the_sources_instead_of_condition_batch_and_device(tmp_path):
    scores = join_published(truth_table(FIVE), as_outcomes({"one": SWAPPED}), SOURCES)
    leaderboard = rank_tasks("stored", "hand-made", [scores], QUICK)
    (row,) = leaderboard_data(leaderboard).records
    assert row["sources"] == "a-file"
    assert not {"condition", "batch", "device"} & row.keys()
    paths = write_leaderboard(leaderboard, [scores], tmp_path)
    folder = tmp_path / "leaderboards" / "stored"
    assert paths == [folder / f"hand-made.{form}" for form in ("md", "csv", "json", "tex", "html")]
    first = [path.read_bytes() for path in paths]
    write_leaderboard(board({"one": SWAPPED}), [scores], tmp_path)
    assert [path.read_bytes() for path in paths] == first
    assert json.loads(paths[2].read_text()) == leaderboard_data(leaderboard).records
    assert "Scores as published in a-file" in paths[0].read_text()
    assert "ms / network" not in paths[0].read_text()
    assert "ms / network" not in paths[4].read_text()


CONNECTED = "nb201-cifar10-validation-connected"
ONE_FAILURE = {"epe_nas", "jacov", "nwot", "zen"}


@pytest.mark.shared_data
def test_the_thirteen_proxies_come_out_as_published_but_for_the_failures(shared_data: Path):
    leaderboard = stored(CONNECTED, shared_data)
    # The published values count the one failure of four proxies as the number -1e8. Left out, it
    # moves the third digit of zen alone: 0.1003 instead of 0.1006.
    for entry in leaderboard.boards[0].entries:
        failed = entry.plugin in ONE_FAILURE
        assert {kind: count.count for kind, count in entry.failures.items()} == (
            {"unexplained": 1} if failed else {}
        )
        assert entry.scored == 9445 - failed
        expected = 0.100 if entry.plugin == "zen" else PUBLISHED[entry.plugin]
        assert round(spearman(leaderboard, entry.plugin), 3) == expected, entry.plugin
    assert len(leaderboard.boards[0].entries) == 13


@pytest.mark.shared_data
def test_the_published_values_come_out_to_the_digit_with_failures_as_numbers(shared_data: Path):
    scores = stored_scores(CONNECTED, keep_failures=True, data_dir=shared_data)
    values = load(CONNECTED, shared_data).values
    for proxy, expected in PUBLISHED.items():
        column = [scores[proxy][text] for text in values]
        assert round(stats.spearmanr(column, list(values.values()))[0], 3) == expected, proxy


Pairs = dict[str, list[tuple[float, float]]]


def _from_zip(path: Path, benchmark: str, dataset: str) -> Pairs:
    pairs: Pairs = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if f"benchmark--{benchmark}--{dataset}--" in name:
                proxy = name.split("/")[0]
                for record in json.loads(archive.read(name)):
                    pair = (record[proxy]["score"], record["val_accuracy"])
                    pairs.setdefault(proxy, []).append(pair)
    return pairs


def _from_json(path: Path, benchmark: str, dataset: str) -> Pairs:
    pairs: Pairs = {}
    for fields in json.loads(path.read_text())[benchmark][dataset].values():
        for proxy in fields.keys() - {"val_accuracy"}:
            pairs.setdefault(proxy, []).append((fields[proxy], fields["val_accuracy"]))
    return pairs


def _raw(folder: Path) -> Iterator[tuple[str, Pairs]]:
    archive = folder / "automl+NASLib/run/results/benchmarks/9x_all.zip"
    shorts = {"nb201": "nasbench201", "nb301": "nasbench301", "tnb101-micro": "transbench101_micro"}
    for short, benchmark in shorts.items():
        for dataset in ("svhn", "ninapro", "scifar100"):
            yield f"{short}-{dataset}-suite-zero", _from_zip(archive, benchmark, dataset)
    for short in ("nb101", "nb301"):
        benchmark = short.replace("nb", "nasbench")
        path = folder / f"automl+NASLib/naslib/data/zc_{benchmark}.json"
        yield f"{short}-cifar10-suite-zero", _from_json(path, benchmark, "cifar10")


@pytest.mark.shared_data
def test_boards_equal_scipy_on_the_raw_files(shared_data: Path):
    for task, pairs in _raw(shared_data):
        leaderboard = stored(task, shared_data)
        entries = {entry.plugin: entry for entry in leaderboard.boards[0].entries}
        assert entries.keys() == pairs.keys()
        for proxy, both in pairs.items():
            kept = [pair for pair in both if pair[0] != SENTINEL]
            scores, accuracies = zip(*kept, strict=True)
            measured = entries[proxy].measured
            rho = stats.spearmanr(scores, accuracies).statistic
            tau = stats.kendalltau(scores, accuracies).statistic
            assert measured["spearman"].value.value == pytest.approx(rho, abs=1e-12)
            assert measured["kendall"].value.value == pytest.approx(tau, abs=1e-12)
            assert entries[proxy].scored == len(kept)
            assert entries[proxy].drawn == len(both)

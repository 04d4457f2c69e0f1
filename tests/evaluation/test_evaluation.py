import re

import numpy as np
import pytest
from scipy import stats

from harness import frame
from harness.catalog import FromFile
from harness.core.errors import UsageError
from harness.evaluation import evaluate, procedure_of
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.metrics.values import Defined, Undefined
from harness.reports.leaderboard import leaderboard_markdown
from harness.reports.leaderboard_tables import leaderboard_data
from harness.suite import BatchSettings, load_suite
from harness.truth import load, merge_identical

TASK = "nb201-analog-baseline"
CONVOLUTIONS = "return sum('conv' in one for one in seen[GRAPH].operations)"


@pytest.fixture
def leaderboard(tmp_path, load_plugin):
    """Evaluate plugins of the given bodies, named in turn, on 40 cells and one task."""

    def build(*bodies: str, **changes: object):
        options = Options(results=tmp_path / "r", workers=0)
        suite = load_suite("smoke").changed(sample=40).model_copy(update={"tasks": (TASK,)})
        suite = suite.model_copy(update=changes)
        plugins = [load_plugin(body, f"p{index}") for index, body in enumerate(bodies)]
        prepared = open_run(suite, plugins, options)
        execute(prepared, options, lambda done, total: None)
        return evaluate(prepared)

    return build


def test_values_agree_with_scipy_on_the_joined_arrays(leaderboard):
    board = leaderboard(CONVOLUTIONS)
    (row,) = leaderboard_data(board).records
    from harness.execution.population import draw_population
    from harness.spaces.registry import space
    from harness.suite import PopulationSettings

    settings = PopulationSettings(subset="no-unreachable", sample=40)
    cells = [
        architecture.text
        for architecture in draw_population(space("nas-bench-201"), settings).architectures
    ]
    table = merge_identical(load(TASK), "computation", among=cells).values
    truth = np.array([table[cell] for cell in cells])
    scores = np.array([cell.count("conv") for cell in cells])
    assert row["spearman"] == pytest.approx(stats.spearmanr(scores, truth).statistic, abs=1e-12)
    assert row["kendall"] == pytest.approx(stats.kendalltau(scores, truth).statistic, abs=1e-12)
    assert row["spearman_low"] < row["spearman"] < row["spearman_high"]
    assert row["distinct"] == len(set(scores))


def test_the_board_of_another_seed_takes_the_place_of_no_other(leaderboard):
    assert leaderboard(CONVOLUTIONS, seed=0).edition == "no-unreachable/40@0"
    assert leaderboard(CONVOLUTIONS, seed=3).edition == "no-unreachable/40@0-run-seed3"


def test_the_board_of_another_batch_than_the_suites_takes_the_place_of_no_other(tmp_path):
    one_color = (tmp_path / "x.npy", tmp_path / "y.npy")
    for path, value in zip(one_color, (0.0, 1.0), strict=True):
        np.save(path, np.full((8, 3, 32, 32), value, np.float32))
    arrays, usual = BatchSettings(source="arrays", size=8), load_suite("smoke").batch
    asked = [(usual, None), (BatchSettings(source="noise", size=4), None)]
    names = [
        open_run(
            load_suite("smoke").changed(batch=batch),
            [],
            Options(results=tmp_path / "r", images=path),
        ).variant
        for batch, path in [*asked, *((arrays, path) for path in one_color)]
    ]
    assert names[:2] == ["", "-noise4"]
    assert all(re.fullmatch("-arrays8-[0-9a-f]{8}", name) for name in names[2:])
    assert names[2] != names[3]


def test_a_lower_is_better_plugin_is_turned_round_and_nothing_else(
    leaderboard, write_plugin, tmp_path
):
    up = leaderboard(CONVOLUTIONS)
    path = write_plugin(CONVOLUTIONS.replace("return ", "return -"))
    path.write_text(path.read_text().replace("Direction.HIGHER", "Direction.LOWER"))
    options = Options(results=tmp_path / "r", workers=0)
    suite = load_suite("smoke").changed(sample=40).model_copy(update={"tasks": (TASK,)})
    prepared = open_run(suite, [FromFile(path=path).load()], options)
    execute(prepared, options, lambda done, total: None)
    down = evaluate(prepared)
    assert (
        leaderboard_data(down).records[0]["spearman"] == leaderboard_data(up).records[0]["spearman"]
    )
    assert (
        leaderboard_data(down).records[0]["spearman_high"]
        == leaderboard_data(up).records[0]["spearman_high"]
    )


def test_a_constant_score_has_no_correlation_and_says_so(leaderboard):
    (entry,) = leaderboard("return 1.0").boards[0].entries
    assert entry.measured["spearman"].value == Undefined(reason="constant scores")
    # Expected best of ten picked at random is still defined: all forty tie.
    assert isinstance(entry.measured["best@10"].value, Defined)


def test_failures_are_counted_and_incomplete_entries_come_last_and_apart(leaderboard):
    partly = "n = seen[GRAPH].operations.count('none')\nreturn float('nan') if n > 1 else n"
    board = leaderboard(partly, "return len(seen[GRAPH].edges) + 0.0", CONVOLUTIONS)
    last = board.boards[0].entries[-1]
    assert last.plugin == "p0"
    assert {kind: count.count for kind, count in last.failures.items()} == {
        "nonfinite": last.drawn - last.scored
    }
    assert 0 < last.coverage < 1
    text = leaderboard_markdown(board)
    assert text.index("Incomplete:") < text.index("| p0 |")
    assert text.index("| p2 |") < text.index("Incomplete:")


def test_two_plugins_with_equal_scores_get_equal_intervals(leaderboard):
    first, second = leaderboard(CONVOLUTIONS, CONVOLUTIONS + " * 2").boards[0].entries
    assert first.measured == second.measured


def test_a_frame_has_one_row_a_task_and_plugin(leaderboard):
    table = frame(leaderboard(CONVOLUTIONS, "return 1.0"))
    assert list(table["plugin"]) == ["p0", "p1"]
    assert table["spearman"].isna().tolist() == [False, True]


def test_a_task_of_another_space_is_refused(leaderboard):
    with pytest.raises(UsageError, match=r"is a task of .*, not of nas-bench-201"):
        leaderboard("return 1.0", tasks=("nb101-cifar10-test",))


def test_a_suite_names_its_metrics_and_the_first_orders_the_board(leaderboard):
    ranked = leaderboard(CONVOLUTIONS, "return 1.0", metrics=("best@3", "kendall"))
    assert ranked.metrics == ("best@3", "kendall")
    entries = ranked.boards[0].entries
    assert list(entries[0].measured) == ["best@3", "kendall"]
    values = [entry.measured["best@3"].value.value for entry in entries]
    assert values == sorted(values, reverse=True)
    assert [entry.rank.value.value for entry in entries] == [1.0, 2.0]


def test_without_names_a_suite_has_the_usual_metrics_at_its_own_top(leaderboard):
    assert leaderboard(CONVOLUTIONS, top=3).metrics == (
        *("spearman", "kendall", "kendall-top-10%", "partial-spearman", "partial-spearman-depth"),
        *("stratified-kendall", "stratified-kendall-params", "kendall-within-10%"),
        *("best@3", "regret@3"),
    )


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        (
            ("kendal",),
            r"unknown metric 'kendal' in suite smoke \[metrics\]; did you mean 'kendall'",
        ),
        (("kendall", "kendall"), r"metric 'kendall' stands twice in suite smoke \[metrics\]"),
    ],
)
def test_a_wrong_metric_is_refused_with_its_suite(metrics, message):
    suite = load_suite("smoke").model_copy(update={"metrics": metrics})
    with pytest.raises(UsageError, match=message):
        procedure_of(suite)

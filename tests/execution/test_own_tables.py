"""Suites whose truth is a table of one's own: what they are drawn from, and what is refused."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.core.errors import UsageError
from harness.evaluation import evaluate, join_stored
from harness.execution.execute import execute
from harness.execution.population import Shard, draw_population
from harness.execution.run import Options, open_run, open_tasks
from harness.reports.leaderboard import leaderboard_latex, leaderboard_markdown
from harness.reports.page import page
from harness.spaces.registry import space
from harness.suite import BatchSettings, PopulationSettings, Suite

EDGES = "(0, 0, 0, 0, 0, {})"
CELLS = [space("nas-bench-201").parse(EDGES.format(last)).text for last in range(5)]
VERTICES = "[[[0, 1, 1], [0, 0, 1], [0, 0, 0]], ['input', '{}', 'output']]"
OPERATIONS = ("conv1x1-bn-relu", "conv3x3-bn-relu", "maxpool3x3")
CHOICES = [("sep_conv_3x3", 0), ("{}", 1), *[("skip_connect", 0), ("skip_connect", 1)] * 3]
GENOTYPE = f"Genotype({CHOICES}, [2, 3, 4, 5], {CHOICES}, [2, 3, 4, 5])"

Write = Callable[..., str]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a table of architectures and its description, and return the latter's path."""
    monkeypatch.chdir(tmp_path)

    def write(
        texts: list[str],
        name: str = "mine",
        space: str = "nas-bench-201",
        dataset: str = "cifar10",
    ) -> str:
        rows = [f"{text}\t{60 + row}" for row, text in enumerate(texts)]
        Path(f"{name}.tsv").write_text("\n".join(["cell\tacc", *rows, ""]))
        Path(f"{name}.toml").write_text(
            f'name = "{name}"\nspace = "{space}"\ndataset = "{dataset}"\nsplit = "test"\n'
            'metric = "accuracy"\nunit = "percent"\ndirection = "higher"\n'
            f'table = "{name}.tsv"\narchitecture = "cell"\nvalues = ["acc"]\n'
        )
        return f"{name}.toml"

    return write


def suite_on(*tasks: str, space: str = "nas-bench-201", **population: object) -> Suite:
    return Suite(
        name="mine",
        summary="s",
        space=space,
        dataset="cifar10",
        tasks=tasks,
        population=PopulationSettings.model_validate(population),
        batch=BatchSettings(source="noise", size=2),
    )


def drawn(suite: Suite, **options: object) -> list[str]:
    prepared = open_run(suite, [], Options(results=Path("r"), workers=0, **options))
    return [architecture.text for architecture in prepared.population.architectures]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("nas-bench-201", [EDGES.format(last) for last in range(3)]),
        ("nas-bench-101", [VERTICES.format(operation) for operation in OPERATIONS]),
        ("darts", [GENOTYPE.replace("{}", op) for op in ("sep_conv_5x5", "skip_connect")]),
    ],
)
def test_the_architectures_of_its_own_table_are_a_suites_population(table, name, texts):
    path = table(texts, space=name)
    own = sorted(space(name).parse(text).text for text in texts)
    assert drawn(suite_on(path, space=name)) == own
    assert drawn(suite_on(path, space=name, subset=f"task:{path}")) == own
    assert len(drawn(suite_on(path, space=name, sample=2))) == 2


def test_a_suite_that_names_a_subset_keeps_it(table):
    suite = suite_on(table(CELLS), subset="all")
    assert suite.drawn.name == "all"
    assert suite_on("nb201-analog-baseline").drawn.name == "all"


def test_a_registered_task_beside_it_does_not_change_the_population(table):
    assert drawn(suite_on("nb201-analog-baseline", table(CELLS))) == sorted(CELLS)


def test_several_own_tables_give_the_architectures_of_any(table):
    first, second = table(CELLS[:2], "first"), table(CELLS[1:4], "second")
    suite = suite_on(first, second)
    assert drawn(suite) == sorted(CELLS[:4])
    assert suite.drawn.name == "task:first.toml+task:second.toml"


def test_a_population_does_not_depend_on_how_its_table_was_asked_for(table):
    path = table(CELLS)
    named = PopulationSettings(subset=f"task:{path}", sample=3, seed=1)
    assert draw_population(space("nas-bench-201"), named) == draw_population(
        space("nas-bench-201"), suite_on(path, sample=3, seed=1).drawn
    )


def test_a_population_without_any_truth_is_refused_before_scoring(table):
    first, second = table(CELLS[:2], "first"), table(CELLS[2:], "second")
    suite = suite_on(second, subset=f"task:{first}")
    with pytest.raises(UsageError) as caught:
        drawn(suite)
    assert str(caught.value) == (
        "task second.toml has no value for any of the 2 architectures of the population "
        "task:first.toml; choose another task, or a suite whose [population] has "
        'subset = "task:second.toml" and no sample'
    )
    remedied = suite_on(second, subset="task:second.toml")
    assert drawn(remedied) == sorted(CELLS[2:])


def test_a_shard_without_truth_is_no_population_without_truth(table):
    path = table(CELLS[:1])
    suite = suite_on(path, subset="task:nb201-analog-baseline")
    shards = [drawn(suite, shard=Shard(number=number, count=2)) for number in (1, 2)]
    assert sum(CELLS[0] in texts for texts in shards) == 1


def test_more_than_the_table_has_cannot_be_drawn(table):
    with pytest.raises(UsageError, match=r"cannot draw 9 architectures from the 5 .*task:mine"):
        drawn(suite_on(table(CELLS), sample=9))


def test_a_table_of_another_space_is_refused_as_population(table):
    path = table([VERTICES.format(OPERATIONS[0])], space="nas-bench-101")
    with pytest.raises(UsageError, match="is a task of nas-bench-101, not of nas-bench-201"):
        drawn(suite_on(table(CELLS, "other"), subset=f"task:{path}"))


def test_a_suite_of_another_data_set_than_its_table_says_so(table, caplog, load_plugin):
    plugin = load_plugin("return len(seen[GRAPH].edges)")
    options = Options(results=Path("r"), workers=0)
    with caplog.at_level(logging.WARNING):
        prepared = open_run(suite_on(table(CELLS, dataset="bloodcells")), [plugin], options)
    told = "networks and images are of data set cifar10, but the values of mine are of bloodcells"
    assert [record.getMessage() for record in caplog.records] == [told]
    execute(prepared, options, lambda done, total: None)
    board = evaluate(prepared)
    note = "Networks and images are of data set cifar10; the values are of bloodcells."
    assert note in leaderboard_markdown(board)
    assert note in leaderboard_latex(board)
    assert note in page(board, join_stored(prepared))


@pytest.mark.parametrize("spelling", ["cifar10", "CIFAR-10", "CIFAR 10"])
def test_another_spelling_is_no_other_data_set(table, caplog, spelling):
    with caplog.at_level(logging.WARNING):
        drawn(suite_on(table(CELLS, dataset=spelling)))
    assert not caplog.records


def test_architectures_without_value_are_counted_in_reports(table, load_plugin):
    path = table(CELLS)
    Path("mine.tsv").write_text(Path("mine.tsv").read_text().replace("\t64\n", "\t\n"))
    options = Options(results=Path("r"), workers=0)
    prepared = open_run(suite_on(path), [load_plugin("return 1.0")], options)
    execute(prepared, options, lambda done, total: None)
    board = evaluate(prepared)
    note = "The table names 1 more architecture without a value, left out."
    assert note in leaderboard_markdown(board)
    complete = dataclasses.replace(board.boards[0].truth, without_value=0)
    boards = (dataclasses.replace(board.boards[0], truth=complete),)
    assert "left out" not in leaderboard_markdown(dataclasses.replace(board, boards=boards))


@pytest.mark.parametrize("other", ["mine.toml", "./mine.toml", "same.toml"])
def test_tasks_of_one_name_are_refused_since_mean_ranks_would_count_both(table, other):
    path = table(CELLS[:3])
    Path("same.toml").write_text(Path(path).read_text())
    with pytest.raises(UsageError, match=r"task mine stands twice in suite mine .*; leave one out"):
        open_tasks(suite_on(path, other))

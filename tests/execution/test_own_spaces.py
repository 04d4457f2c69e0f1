"""A space of one's own from its file to a leaderboard, in every place that networks are built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import harness
from harness.catalog import FromModule, LoadedProxy
from harness.checks import Verdict
from harness.core.errors import UsageError
from harness.core.outcome import Failed, Scored
from harness.execution.cluster.remote_pool import RemotePool, read_plugin_files, score_chunk
from harness.execution.execute import execute, plan_work
from harness.execution.executor import InProcess, LocalPool
from harness.execution.own_process import OwnProcess
from harness.execution.population import draw_population
from harness.execution.run import Options, Run, open_run
from harness.execution.scoring import Assignment
from harness.metrics.values import Defined, Undefined
from harness.spaces.registry import require_space, space
from harness.suite import PopulationSettings, load_suite
from tests.plugin_files import plugin_source
from tests.stored import outcomes_of

TEXTS = tuple("abcdefghijklmn"[:length] for length in range(1, 15))
WALK = "neighbours=lambda text: [t for t in TEXTS if abs(len(t) - len(text)) == 1]"

WriteSpace = Callable[..., Path]


@pytest.fixture
def suite(write_space: WriteSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder with a space, accuracies of its networks and a suite, as a user writes them."""
    monkeypatch.chdir(tmp_path)
    write_space(texts=TEXTS, head=f"TEXTS = {TEXTS!r}\n\n\n", arguments=WALK)
    rows = [f"{text},{50 + 2 * len(text)}" for text in TEXTS]
    Path("accuracies.csv").write_text("\n".join(["cell,accuracy", *rows, ""]))
    Path("mine.toml").write_text(
        'name = "mine"\nspace = "tiny.py"\ndataset = "cifar10"\nsplit = "test"\n'
        'metric = "accuracy"\nunit = "percent"\ndirection = "higher"\n'
        'table = "accuracies.csv"\narchitecture = "cell"\nvalues = ["accuracy"]\n'
    )
    Path("suite.toml").write_text(
        'name = "of-mine"\nsummary = "mine"\nspace = "tiny.py"\ntasks = ["mine.toml"]\n'
        'plugins = ["params", "synflow"]\n[batch]\nsource = "noise"\nsize = 4\n'
    )
    return "suite.toml"


def run(suite: str) -> tuple[int, Run]:
    """Run the suite in this process, without a page; return how many scores were computed."""
    options = Options(results=Path("results"), executor=InProcess())
    prepared = open_run(load_suite(suite), _params(), options)
    return execute(prepared, options, lambda done, total: None).computed, prepared


def test_a_space_file_and_a_table_give_a_leaderboard(suite: str) -> None:
    done = harness.run(suite, workers=0)
    frame = harness.frame(done)
    assert set(frame["plugin"]) == {"params", "synflow"}
    assert (frame["scored"] == len(TEXTS)).all()
    assert dict(zip(frame["plugin"], frame["spearman"], strict=True))["params"] == 1.0


def test_an_edited_space_is_scored_again_and_one_with_a_comment_is_not(suite: str) -> None:
    assert run(suite)[0] == len(TEXTS)
    file = Path("tiny.py")
    file.write_text(f"# wider\n{file.read_text()}")
    assert run(suite)[0] == 0
    file.write_text(file.read_text().replace("width = 2 +", "width = 3 +"))
    assert run(suite)[0] == len(TEXTS)


def test_predictors_and_searches_take_the_table_of_a_space_file(suite: str) -> None:
    curves = harness.frame(
        harness.predict("mine.toml", plugins="ridge-onehot", labels=4, repeats=2)
    )
    assert set(curves["predictor"]) == {"ridge-onehot"}
    searches = harness.frame(
        harness.search("mine.toml", algorithms="local", repeats=2, queries=10, best=0.1)
    )
    assert (searches["reached"] == 1).all()


def test_a_search_that_needs_neighbours_says_that_there_are_none(
    suite: str, write_space: WriteSpace
) -> None:
    write_space(texts=TEXTS)
    with pytest.raises(UsageError, match=r"has no neighbours, .*SearchSpace\(neighbours=\.\.\.\)"):
        harness.search("mine.toml", algorithms="local", repeats=2, queries=10)


def test_a_cluster_and_its_worker_processes_load_the_space_that_the_driver_has(suite: str) -> None:
    prepared = open_run(load_suite(suite), _params(), Options(results=Path("unused")))
    work = plan_work(prepared, Options(results=Path("unused")), LocalPool(workers=1))
    assignment = Assignment(architecture=prepared.population.architectures[0], plugins=("params",))
    (here,) = InProcess().score(work, [assignment])
    files = read_plugin_files(work)
    Path("tiny.py").unlink()
    (there,) = score_chunk((assignment,), RemotePool(work, files)).delivery.records
    key = prepared.plugins[0].key
    assert isinstance(there.scores[key].result(), Scored)
    assert there.scores[key].result() == here.records[0].scores[key].result()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("import no_such_package_at_all", "; run: pip install no_such_package_at_all"),
        ("raise ValueError('no such layer')", "cannot build 'a': ValueError: no such layer (in"),
        ("return [text]", "built a list for 'a'; its network function returns a torch.nn.Module"),
        ("return nn.Linear(5, 10)", "networks of tiny do not take samples (3, 32, 32) of data set"),
    ],
)
def test_a_space_whose_networks_cannot_be_built_is_refused_before_anything_is_stored(
    suite: str, write_space: WriteSpace, body: str, sentence: str
) -> None:
    write_space(texts=TEXTS, body=body)
    with pytest.raises(UsageError) as refusal:
        run(suite)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not Path("results/runs").exists()


def test_one_network_that_cannot_be_built_is_a_failure_of_its_own(
    suite: str, write_space: WriteSpace
) -> None:
    write_space(texts=TEXTS, body="if text == 'ab': raise ValueError('no such layer')")
    _, prepared = run(suite)
    outcomes = outcomes_of(prepared.scores, prepared.plugins[0].key)
    (failed,) = (outcome for outcome in outcomes.values() if isinstance(outcome, Failed))
    assert failed.reason.startswith("the space tiny cannot build 'ab': ValueError: no such layer")
    assert len(outcomes) == len(TEXTS)


def test_a_process_of_a_plugin_from_outside_knows_the_space_by_its_name(suite: str) -> None:
    load_suite(suite)
    assert OwnProcess("a plugin").call(require_space, "tiny") == "tiny"


def test_a_space_without_end_is_drawn_from_and_never_listed(write_space: WriteSpace) -> None:
    write = "sample=lambda generator: 'x' * int(generator.integers(1, 50))"
    endless = space(str(write_space(arguments=write)))
    settings = PopulationSettings(sample=5, seed=1)
    population = draw_population(endless, settings)
    assert len(set(population.texts)) == 5
    assert draw_population(endless, settings) == population
    with pytest.raises(UsageError, match=r"4900 draws from tiny gave 49 .*, not 50|5000 draws"):
        draw_population(endless, PopulationSettings(sample=50))
    with pytest.raises(UsageError, match="does not list its architectures"):
        draw_population(endless, PopulationSettings())


def test_a_space_too_large_to_list_is_drawn_from_too() -> None:
    population = draw_population(space("darts"), PopulationSettings(sample=3))
    assert len(population.texts) == 3
    with pytest.raises(UsageError, match="cannot be enumerated; take those of a truth table"):
        draw_population(space("darts"), PopulationSettings())


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [("('a', 'bb', 'a')", "the space tiny lists 'a' twice"), ("()", "lists no architecture")],
)
def test_a_function_that_yields_no_proper_texts_is_refused_before_anything_is_scored(
    write_space: WriteSpace, texts: str, sentence: str
) -> None:
    own = space(str(write_space(arguments=f"texts=lambda: iter({texts})")))
    with pytest.raises(UsageError, match=sentence):
        draw_population(own, PopulationSettings())


def test_a_table_about_none_of_the_drawn_architectures_is_refused_before_scoring(
    suite: str,
) -> None:
    Path("accuracies.csv").write_text("cell,accuracy\na,50\nab,51\n")
    Path(suite).write_text(f'{Path(suite).read_text()}[population]\nsubset = "long"\n')
    file = Path("tiny.py")
    long = "subsets={'long': lambda: TEXTS[5:]}, "
    file.write_text(file.read_text().replace("texts=", f"{long}texts="))
    with pytest.raises(UsageError, match=r"mine\.toml has no value for any of the 9 architectures"):
        run(suite)


def test_a_space_is_named_by_its_file_where_a_plugin_is_checked_on_it(suite: str) -> None:
    Path("mine.py").write_text(plugin_source("return float(len(seen[GRAPH].edges))", "mine"))
    findings = harness.check("mine.py", space="tiny.py").findings["mine"]
    broken = [finding for finding in findings if finding.verdict is Verdict.BROKEN]
    assert findings
    assert not broken


def _params() -> tuple[LoadedProxy, ...]:
    return (FromModule(module="harness.plugins.zero_cost.params").load(),)


def test_columns_of_a_space_are_ranked_beside_plugins_and_depth_and_width_make_strata(
    suite: str,
) -> None:
    columns = "columns={'depth': lambda text: len(text) % 2, 'width': lambda text: 1}, "
    file = Path("tiny.py")
    file.write_text(file.read_text().replace("neighbours=", f"{columns}neighbours="))
    done = harness.run(suite, metrics=["spearman", "stratified-kendall"], workers=0)
    (board,) = done.table.boards
    entries = {entry.plugin: entry for entry in board.entries}
    assert entries["depth (column)"].imported == "columns of tiny"
    # Depth is constant inside a stratum; params follow the length of a text, as the accuracy does.
    assert isinstance(entries["depth (column)"].measured["stratified-kendall"].value, Undefined)
    assert entries["params"].measured["stratified-kendall"].value == Defined(value=1.0)


def test_without_depth_and_width_there_are_no_strata(suite: str) -> None:
    (board,) = harness.run(suite, metrics=["stratified-kendall"], workers=0).table.boards
    values = {entry.measured["stratified-kendall"].value for entry in board.entries}
    reason = "depth, which it holds fixed, is neither a column of the space nor among the plugins"
    assert values == {Undefined(reason=reason)}

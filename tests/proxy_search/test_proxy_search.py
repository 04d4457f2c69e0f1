import json
from dataclasses import replace

import numpy as np
import pytest

from harness.catalog import FromFile, LoadedProxy, LoadedSearch, installed
from harness.core.errors import ContractError, DataError, UsageError
from harness.execution.run import Options
from harness.proxy_search import Question, evaluated, find, load_found, set_up_search, write_found
from harness.suite import BatchSettings
from harness.truth import load, merge_identical
from tests.truth_tables import write_table

TASK = "nb201-analog-baseline"
SOURCE = """
import numpy as np
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy
from harness.searched_proxy import SearchedProxy, Unscored

def search(labelled, budget):
    CALLS
    found = {}
    for power in range(-1, budget.evaluations - 1):
        scores = labelled.score({"power": power, "sign": 1})
        if not isinstance(scores, Unscored) and np.ptp(scores):
            found[power] = np.corrcoef(scores, labelled.labels)[0, 1]
    return {"power": max(found, key=found.get), "sign": 1}

def score(power):
    def score(seen):
        if power == -1:
            raise ValueError("no such power")
        return (seen[STRUCTURE].layers / 1e2) ** power
    return score

def proxy(settings):
    return ZeroCostProxy(
        name="size", version="1", summary="", direction=Direction.HIGHER, passes=(STRUCTURE,),
        score=score(settings["power"]), components=("score",),
        aggregate=lambda columns: settings["sign"] * columns["score"],
    )

PLUGIN = SearchedProxy(
    name="size-searched", version="1", summary="", search=search, proxy=proxy,
    identity=lambda settings: {"power": settings["power"]},
)
"""


@pytest.fixture
def written(tmp_path):
    def write(calls="pass") -> LoadedSearch:
        path = tmp_path / "size.py"
        path.write_text(SOURCE.replace("CALLS", calls))
        (loaded,) = FromFile(path=path).load_all()
        assert isinstance(loaded, LoadedSearch)
        return loaded

    return write


@pytest.fixture
def options(tmp_path):
    return Options(results=tmp_path / "results", workers=0)


def question(**changes):
    asked = Question(
        task=TASK, batch=BatchSettings(source="noise", size=4), labels=5, evaluate_on=12
    )
    return replace(asked, **changes)


def quiet(done, total):
    pass


def stored_lines(options):
    (log,) = options.results.glob("runs/*/scores.jsonl")
    return log.read_text().splitlines(keepends=True)


def test_no_labelled_architecture_is_evaluated_on(options):
    setup = set_up_search(question(), options)
    labelled = {architecture.text for architecture in setup.labelled.architectures}
    evaluated_on = {architecture.text for architecture in setup.prepared.population.architectures}
    assert (len(labelled), len(evaluated_on)) == (5, 12)
    assert not labelled & evaluated_on


def test_architectures_that_were_labelled_elsewhere_are_left_out(options):
    first = set_up_search(question(), options)
    some = frozenset(
        architecture.text for architecture in first.prepared.population.architectures[:3]
    )
    second = set_up_search(question(excluded=some), options)
    assert len(second.prepared.population.architectures) == 9
    assert not some & {
        architecture.text for architecture in second.prepared.population.architectures
    }


def test_architectures_that_were_labelled_in_another_space_leave_none_out(options):
    elsewhere = frozenset({"depth=1,width=8"})
    setup = set_up_search(question(excluded=elsewhere), options)
    assert len(setup.prepared.population.architectures) == 12


def test_a_table_of_one_s_own_is_called_by_its_name_not_by_its_path(written, options, tmp_path):
    description = write_table(tmp_path, "mine", list(map(float, range(27))))
    setup = set_up_search(question(task=description), options)
    searched = find(setup, written(), 3, options, quiet)
    assert write_found(searched, options.results).parent == options.results / "proxies" / "mine"
    assert searched.name.startswith("size-searched-mine-")


def test_labels_are_turned_so_that_higher_is_better_and_belong_to_their_architectures(options):
    setup = set_up_search(question(), options)
    texts = [architecture.text for architecture in setup.labelled.architectures]
    truth = merge_identical(load(TASK), "computation", among=texts)
    assert setup.labels.tolist() == truth.oriented(texts).tolist()


def test_a_search_finds_settings_that_do_not_fail(written, options):
    searched = find(set_up_search(question(), options), written(), 3, options, quiet)
    assert searched.settings == {"power": 1, "sign": 1}  # of -1 (fails), 0 (all alike) and 1
    assert searched.evaluations == 3
    assert len(stored_lines(options)) == 3 * 5


def test_a_search_that_was_stopped_scores_only_what_is_missing(written, options):
    whole = find(set_up_search(question(), options), written(), 3, options, quiet)
    (log,) = options.results.glob("runs/*/scores.jsonl")
    lines = stored_lines(options)
    log.write_text("".join(lines[:7]))
    again = find(set_up_search(question(), options), written(), 3, options, quiet)
    assert again == whole
    assert [json.loads(line)["architecture"] for line in stored_lines(options)] == [
        json.loads(line)["architecture"] for line in lines
    ]


def test_settings_with_one_identity_share_their_scores(written, options):
    calls = """first = labelled.score({"power": 1, "sign": 1})
    second = labelled.score({"power": 1, "sign": -1})
    assert (first == -second).all()
    return {"power": 1, "sign": -1}"""
    find(set_up_search(question(), options), written(calls), 2, options, quiet)
    assert len(stored_lines(options)) == 5


def test_a_search_that_overspends_breaks_its_contract(written, options):
    greedy = written('[labelled.score({"power": 0, "sign": 1}) for _ in range(9)]')
    with pytest.raises(ContractError, match="size-searched asked for scores more than 2 times"):
        find(set_up_search(question(), options), greedy, 2, options, quiet)


def test_settings_that_are_no_json_break_the_contract(written, options):
    with pytest.raises(ContractError, match="settings that are no JSON"):
        find(
            set_up_search(question(), options),
            written('return {"power": 1, "sign": 1, "why": {1, 2}}'),
            1,
            options,
            quiet,
        )


def test_a_space_that_is_not_supported_is_refused(written, options):
    loaded = written()
    only = replace(loaded, plugin=replace(loaded.plugin, spaces=("darts",)))
    with pytest.raises(UsageError, match="size-searched supports darts, not nas-bench-201"):
        find(set_up_search(question(), options), only, 1, options, quiet)


def test_found_settings_are_read_as_they_were_written(written, options):
    searched = find(set_up_search(question(), options), written(), 3, options, quiet)
    assert load_found(write_found(searched, options.results)) == searched


def test_a_proxy_of_found_settings_is_ranked_beside_counts(written, options):
    setup = set_up_search(question(), options)
    searched = find(setup, written(), 3, options, quiet)
    plugins = (searched.proxy(), *installed().choose(LoadedProxy, ["params"], ""))
    scores = evaluated(setup, plugins, options, quiet)
    assert [method.name for method in scores.methods] == [searched.name, "params"]
    assert scores.architectures == scores.population.texts
    assert scores.methods[0].scored.all()
    assert searched.name.startswith(f"size-searched-{TASK}-")


@pytest.mark.parametrize(
    ("content", "message"),
    [("{}", "search is wrong"), ("{", "the file is wrong"), ('{"extra": 1}', "is wrong")],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, content, message):
    path = tmp_path / "found.json"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        load_found(path)


def test_scores_that_others_published_stand_beside(shared_data, options):
    asked = question(task="nb201-cifar10-validation-connected", labels=5)
    scores = evaluated(
        set_up_search(asked, options),
        installed().choose(LoadedProxy, ["params"], ""),
        options,
        quiet,
    )
    names = [method.name for method in scores.methods]
    assert names[0] == "params"
    assert sum(name.endswith(" (stored)") for name in names) == 13
    ours, theirs = (
        method.values for method in scores.methods if method.name in ("params", "params (stored)")
    )
    assert np.corrcoef(ours, theirs)[0, 1] == pytest.approx(1)

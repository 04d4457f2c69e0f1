import json

import pytest

from harness.api.choice import choose_proxies, choose_suite, warn_of_labelled
from harness.execution.population import draw_population
from harness.execution.run import Options, open_run
from harness.spaces.registry import space
from harness.suite import PopulationSettings
from tests.cli.conftest import in_own_process

SEARCH = """
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy
from harness.searched_proxy import SearchedProxy

def search(labelled, budget):
    labelled.score({"power": 1})
    return {"power": 1}

def proxy(settings):
    return ZeroCostProxy(
        name="size", version="1", summary="", direction=Direction.HIGHER, passes=(STRUCTURE,),
        score=lambda seen: seen[STRUCTURE].layers ** settings["power"],
    )

PLUGIN = SearchedProxy(name="size-searched", version="1", summary="", search=search, proxy=proxy)
"""
QUICK = ("nb201-analog-baseline", "--labels", "5", "--evaluate-on", "12", "--batch", "noise:4")
BESIDE = ("--beside", "params")
FOUND = "results/proxies/nb201-analog-baseline/size-searched-5x1-seed0.json"


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A folder in which settings were searched, and what the command said."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "size.py").write_text(SEARCH)
    asked = ("--plugin", "size.py", "--evaluations", "1")
    done = in_own_process(folder, "tune", *QUICK, *BESIDE, *asked)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_found_settings_are_stored_and_ranked(searched):
    folder, done = searched
    assert "size-searched-nb201-analog-baseline-" in done.stdout
    assert json.loads((folder / FOUND).read_text())["settings"] == {"power": 1}
    boards = folder / "results" / "leaderboards" / "proxy-search"
    assert (boards / "nb201-analog-baseline-12-seed0-noise4.json").is_file()


def test_found_settings_are_carried_to_a_suite(searched):
    asked = ("smoke", "--only", "--sample", "3", "--workers", "0", "--plugin", FOUND)
    done = in_own_process(searched[0], "run", *asked)
    assert done.returncode == 0, done.stderr
    assert "size-searched-nb201-analog-baseline-" in done.stdout


def test_a_run_on_labelled_architectures_is_told_so(searched, tmp_path, caplog):
    suite = choose_suite("smoke")
    everything = suite.model_copy(update={"population": PopulationSettings()})
    prepared = open_run(
        everything, choose_proxies(suite, None, only=False), Options(results=tmp_path)
    )
    path = searched[0] / FOUND
    warn_of_labelled(["params", str(path)], prepared)
    said = caplog.text
    assert "was searched with the labels of 5 of the 15625 architectures" in said
    assert f"--settings {path} leaves them out" in said


def test_several_seeds_of_labelled_architectures_are_told_once(searched):
    folder, quick = searched[0], ("smoke", "--only", "--sample", "3", "--workers", "0")
    settings = json.loads((folder / FOUND).read_text())
    suite = choose_suite("smoke", 3)
    drawn = draw_population(space(suite.space), suite.population).architectures
    settings["labelled"] = [architecture.text for architecture in drawn]
    (folder / "labelled.json").write_text(json.dumps(settings))
    done = in_own_process(folder, "run", *quick, "--seeds", "2", "--plugin", "labelled.json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("was searched with the labels of 3 of the 3 architectures") == 1


def test_stored_settings_are_evaluated_on_another_task_without_a_search(searched):
    asked = ("nb201-analog-ptq", *QUICK[1:], *BESIDE, "--settings", FOUND)
    done = in_own_process(searched[0], "tune", *asked)
    assert done.returncode == 0, done.stderr
    assert "size-searched-nb201-analog-baseline-" in done.stdout
    assert "proxies/nb201-analog-ptq" not in done.stderr


def test_without_evaluations_nothing_is_searched(harness, tmp_path):
    done = harness("tune", *QUICK, *BESIDE, "--evaluations", "0")
    assert done.returncode == 0, done.stderr
    assert "params" in done.stdout
    assert not (tmp_path / "results" / "proxies").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tune", *QUICK, "--plugin", "dsp"), "did you mean 'dps'?"),
        (("tune", *QUICK, "--settings", "none.json"), "there is no file of settings"),
        (
            ("run", "smoke", "--plugin", "dps"),
            "'dps' in --plugin is no proxy; harness tune finds",
        ),
    ],
)
def test_what_does_not_exist_is_refused_in_one_sentence(harness, arguments, message):
    done = harness(*arguments)
    assert done.returncode == 2
    assert message in done.stderr

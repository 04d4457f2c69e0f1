import textwrap

import pytest

from harness import searched_proxy
from harness.catalog import FromFile, LoadedSearch, installed
from harness.catalog.tuned_proxy import tuned_proxy
from harness.checks import Verdict, check_plugin
from harness.core.errors import ContractError
from harness.execution.executor import InProcess

SEARCHES = installed().of_kind(LoadedSearch)
SOURCE = """
import itertools
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy
from harness.searched_proxy import SearchedProxy, Unscored

COUNT = itertools.count()

def search(labelled, budget):
    scores = [labelled.score({"power": power}) for power in range(TIMES)]
    good = [power for power, score in enumerate(scores) if not isinstance(score, Unscored)]
    return {"power": good[0]} if (DEFAULT) is None else (DEFAULT)

def proxy(settings):
    return ZeroCostProxy(
        name="size", version="1", summary="its size", direction=Direction.HIGHER,
        passes=(STRUCTURE,), score=lambda seen: float(seen[STRUCTURE].layers + settings["power"]),
    )

PLUGIN = SearchedProxy(
    name="size-searched", version="1", summary="SUMMARY", search=search, proxy=proxy
)
"""


@pytest.fixture
def broken(tmp_path):
    def check(times="20", default="None", summary="its size"):
        text = SOURCE.replace("TIMES", times).replace("DEFAULT", default)
        path = tmp_path / "size.py"
        path.write_text(text.replace("SUMMARY", summary))
        (loaded,) = FromFile(path=path).load_all()
        assert isinstance(loaded, LoadedSearch)
        findings = check_plugin(loaded, "nas-bench-201", InProcess())
        return {finding.rule for finding in findings if finding.verdict is Verdict.BROKEN}

    return check


@pytest.mark.parametrize("name", SEARCHES)
def test_every_registered_search_keeps_its_contract(name, monkeypatch):
    # the proxies that they make keep theirs in the tests of proxies, which take longer
    monkeypatch.setattr("harness.checks.searches.check_proxy", lambda loaded, space, executor: ())
    findings = check_plugin(SEARCHES[name], "nas-bench-201", InProcess())
    assert len(findings) == 5
    assert [finding for finding in findings if finding.verdict is Verdict.BROKEN] == []


def test_a_search_that_keeps_its_contract_is_told_so_and_its_proxy_too(broken):
    assert broken() == set()


def test_the_example_of_the_documentation_is_complete_and_keeps_its_contract(tmp_path):
    _, _, example = (searched_proxy.__doc__ or "").partition("::\n\n")
    path = tmp_path / "norm.py"
    path.write_text(textwrap.dedent(example.partition("\nIt sees")[0]))
    (loaded,) = FromFile(path=path).load_all()
    findings = check_plugin(loaded, "nas-bench-201", InProcess())
    assert [finding for finding in findings if finding.verdict is Verdict.BROKEN] == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "makes no proxy of the settings None: TypeError: 'NoneType' object is not"),
        ({"power": "end"}, "makes no proxy of the settings .*: SystemExit: 3$"),
        ({"power": "made"}, "makes 3 of the settings .*; it makes a ZeroCostProxy of them"),
    ],
)
def test_settings_of_which_no_proxy_is_made_are_one_sentence(tmp_path, settings, message):
    text = SOURCE.replace("TIMES", "1").replace("DEFAULT", "None")
    head = "def proxy(settings):\n"
    path = tmp_path / "size.py"
    made = (
        "    if settings['power'] == 'made': return 3\n"
        "    if settings['power'] == 'end': raise SystemExit(3)\n"
    )
    path.write_text(text.replace(head, head + made))
    (loaded,) = FromFile(path=path).load_all()
    assert isinstance(loaded, LoadedSearch)
    with pytest.raises(ContractError, match=f"size-searched {message}"):
        tuned_proxy(loaded, settings)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"summary": " "}, "describes its search"),
        ({"times": "100"}, "keeps to its budget"),
        ({"default": "{'power': {1}}"}, "finds settings of a proxy"),
        ({"default": "{'power': next(COUNT)}"}, "searches the same way twice"),
        (
            {
                "default": "{'power': next(p for p, s in enumerate(scores) if type(s) is Unscored)}"
                " if any(type(s) is Unscored for s in scores) else {'power': 0}"
            },
            "survives settings that fail",
        ),
    ],
)
def test_a_search_that_breaks_a_rule_is_found_out(broken, fault, rule):
    assert rule in broken(**fault)

"""A space that is an object of the calling program is ranked and checked like one of a file."""

import json
import subprocess
import sys
import textwrap
import threading

import pytest
from torch import nn

import harness
from harness.core.errors import ContractError, DataError, UsageError
from harness.space import Choices, SearchSpace
from harness.spaces.registry import space as find_space

SOURCE = """
    from torch import nn

    from harness.space import Choices, SearchSpace


    def network(text):
        width = {factor} * int(text.split("=")[1])
        layers = [nn.Conv2d(3, width, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        return nn.Sequential(*layers, nn.Linear(width, 10))


    SPACE = SearchSpace(
        name="{name}", summary="Three widths", network=network, choices=Choices(width=(2, 4, 8))
    )
"""
RANK = """
    import harness

    done = harness.rank(
        SPACE, proxies=["params", "l2_norm"], batch="noise:2", results="results", workers=1
    )
    print(done.computed, *done.train)
"""


def source(name, factor=1):
    return textwrap.dedent(SOURCE).format(name=name, factor=factor)


def printed(program, folder):
    """Return what a program from standard input prints, as a notebook has no file either."""
    done = subprocess.run(
        [sys.executable, "-"], input=program, cwd=folder, text=True, capture_output=True, check=True
    )
    return done.stdout.split()


def codes(folder):
    paths = (folder / "results" / "runs").glob("*/condition.json")
    return {json.loads(path.read_text())["space_code"] for path in paths}


def test_a_program_ranks_its_space_and_another_process_reuses_the_scores(tmp_path):
    program = source("of_program") + textwrap.dedent(RANK)
    assert printed(program, tmp_path) == ["9", "width=8", "width=4", "width=2"]
    assert printed(program, tmp_path)[0] == "0"
    edited = source("of_program", factor=2) + textwrap.dedent(RANK)
    assert printed(edited, tmp_path)[0] == "9"
    assert len(codes(tmp_path)) == 2
    assert "" not in codes(tmp_path)


def test_an_object_has_the_scores_of_the_same_space_in_a_file(tmp_path):
    (tmp_path / "own.py").write_text(source("of_file"))
    scope = {"__name__": "program"}
    exec(source("of_object"), scope)  # noqa: S102 - the source above
    scores = []
    for space in (tmp_path / "own.py", scope["SPACE"]):
        options = {"proxies": "l2_norm", "batch": "noise:2", "workers": 0}
        done = harness.rank(space, results=tmp_path / "results", **options)
        scores.append(harness.frame(done).set_index("architecture")["score"].to_dict())
    assert scores[0] == scores[1]


def test_a_space_object_is_checked_and_plugins_are_tried_on_it():
    scope = {"__name__": "program"}
    exec(source("of_check"), scope)  # noqa: S102 - the source above
    assert harness.check(scope["SPACE"]).passed
    assert harness.check("l2_norm", space=scope["SPACE"]).passed


def test_a_space_object_with_accuracies_has_a_leaderboard(tmp_path):
    scope = {"__name__": "program"}
    exec(source("of_board"), scope)  # noqa: S102 - the source above
    truth = {"width=8": 90.0, "width=2": 70.0, "width=4": 80.0}
    options = {"plugins": ["params", "l2_norm"], "batch": "noise:2", "workers": 0}
    done = harness.run(scope["SPACE"], truth=truth, results=tmp_path, **options)
    frame = harness.frame(done).set_index("plugin")
    assert frame["scored"].to_dict() == {"params": 3, "l2_norm": 3}
    assert done.suite == "of_board"
    with pytest.raises(DataError, match="width is '3', not one of 2, 4, 8"):
        harness.run(scope["SPACE"], truth={"width=3": 1.0}, results=tmp_path, **options)


def tiny(name, network):
    return SearchSpace(name=name, summary="One choice", network=network, choices=Choices(a=(1, 2)))


def test_drawing_from_a_space_changes_nothing_of_what_it_is(tmp_path):
    space = SearchSpace(
        name="listed",
        summary="Four",
        network=lambda _: nn.Sequential(nn.Flatten(), nn.Linear(3072, 10)),
        texts=list("abcd"),
    )
    before = space.__getstate__()
    harness.rank(space, proxies="params", candidates=3, results=tmp_path, workers=0)
    assert space.__getstate__() == before


def test_the_object_of_a_known_space_stands_for_its_name(tmp_path):
    (tmp_path / "own.py").write_text(source("of_own_file"))
    for name in ("nas-bench-macro", str(tmp_path / "own.py")):
        options = {"proxies": "params", "candidates": 2, "batch": "noise:2", "workers": 0}
        named = harness.rank(name, results=tmp_path / "results", **options)
        given = harness.rank(find_space(name), results=tmp_path / "results", **options)
        assert (named.computed > 0, given.computed) == (True, 0)


@pytest.mark.parametrize("name", ["nas-bench-201", "a/b"])
def test_a_name_that_is_taken_or_no_part_of_a_path_is_refused(name, tmp_path):
    with pytest.raises((ContractError, UsageError), match="the space of the calling program"):
        harness.rank(tiny(name, lambda _: nn.Linear(3, 10)), results=tmp_path)


def test_what_cannot_be_compared_is_told(tmp_path):
    lock = threading.Lock()

    def network(text):
        with lock:
            return nn.Linear(3, 10)

    with pytest.raises(ContractError, match="make it inside of the function that uses it"):
        harness.rank(tiny("locked", network), results=tmp_path)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (harness.report, "a space is given to harness.rank or harness.run"),
        (harness.run, "the space misplaced has no accuracies: give some by architecture with 'tru"),
        (lambda space: harness.run(space, truth={"a=1": 1.0}, classes=2), "'classes' has no part"),
        (lambda space: harness.run("smoke", plugins=space), "is no plugin but a space"),
        (lambda space: harness.check(space, published=True), "values are those of plugins"),
        (lambda space: harness.rank(type(space)), "give a text or a path or a SearchSpace"),
    ],
    ids=[
        "as a suite",
        "without accuracies",
        "with classes",
        "as a plugin",
        "for published values",
        "as a class",
    ],
)
def test_a_space_in_another_place_is_refused(call, message):
    with pytest.raises(UsageError, match=message):
        call(tiny("misplaced", lambda _: nn.Linear(3, 10)))


@pytest.mark.parametrize(
    "way",
    [{}, {"evolve": True, "proxies": "params"}, {"exact": True, "proxies": "params"}],
    ids=["drawn", "evolved", "exact"],
)
def test_networks_that_cannot_be_built_are_one_sentence_before_any_score(way, tmp_path):
    space = tiny("broken", lambda text: nn.Linear(3, int(text["a"])))
    with pytest.raises(UsageError) as caught:
        harness.rank(space, results=tmp_path, **way)
    assert str(caught.value).startswith("the space broken cannot build 'a=")
    assert str(caught.value).count("cannot build") == 1
    assert not (tmp_path / "runs").exists()


class OfTwo(nn.Module):
    """Takes two samples or fewer."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten())
        self.head = nn.Linear(4 * 30 * 30, 10)

    def forward(self, images):
        if len(images) > 2:
            raise MemoryError("three samples are too many")
        return self.head(self.layers(images))


def test_proxies_without_a_score_for_one_reason_are_told_together(tmp_path, caplog):
    space = tiny("of_two", lambda text: OfTwo())
    harness.rank(space, results=tmp_path, workers=0, batch="noise:4")
    told = [message for message in caplog.messages if "three samples are too many" in message]
    assert len(told) == 1
    assert told[0].startswith("jacov, nwot, meco_opt have no score of any of 2 candidates: ")


def test_a_search_by_scores_tells_before_it_begins_that_networks_cannot_be_built(tmp_path):
    broken = source("unbuilt").replace("nn.Conv2d(3, width, 3)", "nn.Conv2d(3, nothing, 3)")
    (tmp_path / "own.py").write_text(broken)
    (tmp_path / "own.csv").write_text("architecture,accuracy\nwidth=2,1\nwidth=4,2\nwidth=8,3\n")
    (tmp_path / "own.toml").write_text(
        f'name = "own"\nspace = "{tmp_path}/own.py"\ndataset = "cifar10"\nsplit = "test"\n'
        'metric = "accuracy"\nunit = "percent"\ndirection = "higher"\ntable = "own.csv"\n'
        'architecture = "architecture"\nvalues = ["accuracy"]\n'
    )
    with pytest.raises(UsageError, match=r"^the space unbuilt cannot build 'width="):
        harness.search(
            tmp_path / "own.toml", algorithms="evolution", fitness="params", results=tmp_path
        )
    assert not (tmp_path / "runs").exists()

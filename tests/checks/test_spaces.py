"""The contract of a space: kept by those that come with the harness, and broken one rule a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import nn

import harness
from harness.checks import Verdict, check_space
from harness.core.architecture import CellGraph, Dataset
from harness.core.errors import UsageError
from harness.execution.executor import InProcess
from harness.space import SearchSpace
from harness.spaces.registry import LoadedSpace, SpaceOrigin, load_space

SMALL = Dataset(name="small", shape=(3, 4, 4), classes=4)
SHARED = nn.Linear(48, 4)
COUNTED = [0]
STEPS = {"a": ["bb"], "bb": ["ccc"], "ccc": ["a"]}


def network(text: str, classes: int = 4) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(48, len(text)), nn.Linear(len(text), classes))


def other_each_time(text: str) -> nn.Module:
    COUNTED[0] += 1
    return nn.Sequential(nn.Flatten(), nn.Linear(48, COUNTED[0]), nn.Linear(COUNTED[0], 4))


def drawn_elsewhere(text: str) -> nn.Module:
    built = network(text)
    numbers = np.random.default_rng().standard_normal(built[1].weight.shape)
    built[1].weight.data = torch.from_numpy(numbers.astype(np.float32))
    return built


def of_any_width(text: str) -> nn.Module:
    width = int(torch.randint(1, 1000, ()))
    return nn.Sequential(nn.Flatten(), nn.Linear(48, width), nn.Linear(width, 4))


def always_equal(text: str) -> nn.Module:
    built = network(text)
    for parameter in built.parameters():
        nn.init.ones_(parameter)
    return built


def dirty(text: str) -> nn.Module:
    torch.set_num_threads(3)
    return network(text)


def raising(text: str) -> nn.Module:
    raise ValueError("no layer of that kind")


def findings(verdict: Verdict, **given: object) -> dict[str, str]:
    """Return what the rules say of a space with one change."""
    parts = {"network": network, "texts": ["a", "bb", "ccc"], "dataset": SMALL} | given
    space = SearchSpace(name="mine", summary="s", **parts)  # type: ignore[arg-type]
    loaded = LoadedSpace(space=space, origin=SpaceOrigin(name="mine"))
    return {
        finding.rule: finding.detail
        for finding in check_space(loaded, InProcess())
        if finding.verdict is verdict and finding.rule != "scores in a worker process"
    }


def twice() -> Iterator[str]:
    yield from ("a", "bb", "a")


@pytest.mark.parametrize(
    ("given", "rule", "detail"),
    [
        ({"network": raising}, "builds networks", "ValueError: no layer of that kind (in raising"),
        ({"network": lambda text: [text]}, "builds networks", "built a list for"),
        ({"network": other_each_time}, "builds the same network again", "another network each"),
        ({"network": of_any_width}, "builds the same network again", "under another seed"),
        ({"network": drawn_elsewhere}, "builds the same network again", "other weights, such as"),
        (
            {"network": lambda text: nn.Sequential(nn.Flatten(), SHARED)},
            "gives every network weights of its own",
            "share 1.weight, so that what is done to one changes the other",
        ),
        (
            {"network": lambda text: network(text, 7)},
            "takes the batch of its data set",
            "gives (4, 7) for 4 samples of small, expected (4, 4)",
        ),
        ({"network": dirty}, "leaves the process alone", "torch.get_num_threads() (1, now 3)"),
        ({"parse": lambda text: "bb"}, "reads what it prints", "is read as 'bb'"),
        ({"largest": "dddd"}, "reads what it prints", "largest is 'dddd', which it does not read"),
        ({"texts": twice}, "lists every architecture once", "it lists a twice"),
        ({"size": 4}, "lists every architecture once", "it lists 3 architectures, and its size is"),
        (
            {"subsets": {"more": lambda: ["dddd"]}},
            "lists every architecture once",
            "its subset more has dddd, which it does not list",
        ),
        (
            {"sample": lambda generator: "a" if generator.random() < 0.6 else "bb"},
            "draws uniformly",
            "say SearchSpace(uniform=False) if that is meant",
        ),
        (
            {"sample": lambda generator: "dddd"},
            "draws architectures of its own",
            "it draws dddd, which it does not list",
        ),
        (
            {"sample": lambda generator: f"{np.random.default_rng().integers(10**9)}"},
            "draws architectures of its own",
            "equal generators draw different architectures",
        ),
        ({"neighbours": STEPS.get}, "has mutual neighbours", "but not the other way"),
        ({"neighbours": lambda text: [text]}, "has mutual neighbours", "are itself"),
        ({"neighbours": lambda text: ["dddd"]}, "has mutual neighbours", "it does not list"),
        (
            {"canonical": lambda text: {"a": "bb", "bb": "ccc", "ccc": "a"}[text]},
            "keeps a canonical text as it is",
            "and of that",
        ),
        (
            {"columns": {"latency": lambda text: "fast"}},
            "has numbers in its columns",
            "cannot tell the column latency of",
        ),
        ({"neighbours": lambda text: 3}, "has mutual neighbours", "is not iterable"),
        (
            {"graph": lambda text: CellGraph(operations=("a", "b"), edges=((0, 1),))},
            "has a graph from input to output",
            "does not lead from input to output",
        ),
    ],
)
def test_a_space_that_breaks_a_rule_is_told_which(
    given: dict[str, object], rule: str, detail: str
) -> None:
    broken = findings(Verdict.BROKEN, **given)
    assert detail in broken[rule]
    assert all("\n" not in sentence for sentence in broken.values())


@pytest.mark.parametrize(
    ("given", "rule", "detail"),
    [
        ({"texts": ["a", "b"]}, "no two texts build one network", "build one network"),
        ({"network": always_equal}, "weights follow the seed", "do not depend on the seed"),
        ({}, "can be walked by searches", "SearchSpace(neighbours=...)"),
        (
            {"texts": None, "sample": lambda generator: "abcd"[: generator.integers(1, 5)]},
            "can be listed",
            "it lists no architectures",
        ),
        (
            {"graph": lambda text: CellGraph(operations=("input", "output"), edges=((0, 1),))},
            "isomorphic graphs have one text",
            "have equal graphs and different canonical texts",
        ),
    ],
)
def test_what_a_space_lacks_is_a_note_and_no_fault(
    given: dict[str, object], rule: str, detail: str
) -> None:
    assert detail in findings(Verdict.NOTE, **given)[rule]
    assert findings(Verdict.BROKEN, **given) == {}


@pytest.mark.parametrize(
    ("given", "rule", "reason"),
    [
        (
            {"texts": None, "sample": lambda generator: "abcd"[: generator.integers(1, 5)]},
            "lists every architecture once",
            "it lists no architectures",
        ),
        (
            {"texts": None, "sample": lambda generator: "abcd"[: generator.integers(1, 5)]},
            "draws uniformly",
            "does not list 2 to 200",
        ),
        ({"uniform": False}, "draws uniformly", "says that its draws are not uniform"),
        ({}, "has mutual neighbours", "it has no neighbours"),
        ({}, "has numbers in its columns", "it has no columns"),
        ({}, "isomorphic graphs have one text", "its graphs are traced"),
    ],
)
def test_a_rule_that_cannot_be_tried_is_not_said_to_be_kept(
    given: dict[str, object], rule: str, reason: str
) -> None:
    assert reason in findings(Verdict.NOT_TRIED, **given)[rule]
    assert rule not in findings(Verdict.KEPT, **given)


def test_a_canonical_function_settles_texts_of_one_network() -> None:
    notes = findings(Verdict.NOTE, texts=["a", "b"], canonical=lambda text: "a")
    assert "no two texts build one network" not in notes


def test_draws_that_are_not_meant_to_be_uniform_are_not_held_to_it() -> None:
    skewed = {"sample": lambda generator: "a" if generator.random() < 0.6 else "bb"}
    assert findings(Verdict.BROKEN, uniform=False, **skewed) == {}


def test_a_built_in_space_keeps_the_contract() -> None:
    checked = check_space(load_space("nas-bench-macro"), InProcess())
    assert {finding.rule: finding.verdict for finding in checked if finding.detail} == {
        "draws uniformly": Verdict.NOT_TRIED,  # of 6,561 architectures
        "has numbers in its columns": Verdict.NOT_TRIED,
    }


def test_a_space_file_is_checked_by_its_path_and_scored_in_a_worker_process(
    write_space: Callable[..., Path],
) -> None:
    path = write_space()
    done = harness.check([str(path)])
    rules = {finding.rule: finding.verdict for finding in done.findings["tiny"]}
    assert done.passed
    assert rules["scores in a worker process"] is Verdict.KEPT
    with pytest.raises(UsageError, match="'space' is for plugins"):
        harness.check(path, space="darts")


def test_a_file_is_taken_for_a_space_by_what_it_assigns(write_space: Callable[..., Path]) -> None:
    path = write_space(constant="MINE")
    with pytest.raises(UsageError, match="there is no Python file"):
        harness.check("nowhere.py")
    assert "tiny" in harness.check(f"{path}:MINE").findings


class OfTwo(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(53, 4)

    def forward(self, image: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
        return cast("torch.Tensor", self.head(torch.cat([image.flatten(1), row], dim=1)))


def test_networks_of_several_inputs_are_left_to_runs_and_break_no_rule() -> None:
    given = {"network": lambda text: OfTwo(), "texts": ["a"]}
    assert findings(Verdict.BROKEN, **given) == {}
    left = findings(Verdict.NOT_TRIED, **given)
    for rule in ("takes the batch of its data set", "has a graph from input to output"):
        assert left[rule].startswith("its networks take image and row, and this draws one input")

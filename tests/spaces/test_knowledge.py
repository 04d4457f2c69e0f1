"""What spaces know of themselves: nothing outside asks for the name of one."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.plugin import Direction, ZeroCostProxy
from harness.plugins.zero_cost.swap_reg import PLUGIN as SWAP_REG
from harness.spaces.choices import Choices
from harness.spaces.knowledge import (
    cells_by_role,
    decisions_of,
    family_of,
    genes_of,
    largest_of,
    usual_size_of,
    why_no_largest,
    why_unsupported,
    why_untraceable,
)
from harness.spaces.registry import space, space_names

PACKAGE = Path(harness.__file__).parent
OWN_MODULE = re.compile(r"(darts|nas_bench|transnas_bench|four_node)\w*")
"""Modules of `harness.spaces` that are of one space or a family of them."""

ALLOWED = {
    "truth/readers/": "reads files of published benchmarks",
    "truth/own_reading.py": "the benchmark's own package, which a message says how to install",
}
"""Where a space is named, and why; all of it is about published data."""


def names_of_spaces(path: Path) -> Iterator[str]:
    """Yield the names in texts, docstrings aside, and the imports of a space's own modules."""
    code = path.read_text(encoding="utf-8")
    if not re.search("darts|nas.bench|four.node", code):
        return
    tree = ast.parse(code)
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    whole = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, space_names()))})(?![\w-])")
    family = re.compile(r"(?<![\w-])(nas-bench|transnas-bench)-\d*-?$")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in described:
                yield from (match[0] for match in whole.finditer(node.value))
                yield from (match[0] for match in family.finditer(node.value))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("harness.spaces"):
            within = (node.module or "").removeprefix("harness.spaces").lstrip(".")
            imported = [within] if within else [alias.name for alias in node.names]
            parts = [part for name in imported for part in name.split(".")]
            yield from (part for part in parts if OWN_MODULE.fullmatch(part))


@functools.cache
def modules_that_name_spaces() -> dict[str, list[str]]:
    modules = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        within = path.relative_to(PACKAGE).as_posix()
        if not within.startswith(("spaces/", "plugins/spaces/")) and (
            names := list(names_of_spaces(path))
        ):
            modules[within] = names
    return modules


def test_no_module_outside_the_spaces_names_one():
    named = modules_that_name_spaces()
    unexplained = {
        module: names
        for module, names in named.items()
        if not any(module.startswith(allowed) for allowed in ALLOWED)
    }
    assert unexplained == {}


def test_every_exception_is_one():
    named = modules_that_name_spaces()
    for allowed in ALLOWED:
        assert any(module.startswith(allowed) for module in named), allowed


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('SPACES = ("darts", "mine")', ["darts"]),
        ('space.startswith("transnas-bench-101-")', ["transnas-bench-101-"]),
        ("from harness.spaces import darts", ["darts"]),
        ("from harness.spaces.darts_topology import NODES", ["darts_topology"]),
        ('"""The space darts."""\nfrom harness.spaces.registry import space', []),
        ('TASK = "nb201-cifar10-test"', []),
    ],
)
def test_names_are_found_in_texts_and_imports(tmp_path, code, names):
    path = tmp_path / "module.py"
    path.write_text(code)
    assert list(names_of_spaces(path)) == names


class Plain:
    """A space from outside that says nothing of itself."""

    name = "plain"

    def graph(self, architecture: Architecture) -> CellGraph:
        return CellGraph(operations=("input", "output"), edges=((0, 1),))

    def network(self, architecture: Architecture, dataset: Dataset) -> None:
        raise NotImplementedError


class Chosen(Plain):
    """One that is made of choices and knows its sizes."""

    name = "chosen"
    choices = Choices(depth=(2, 3), width=(8, 16))
    largest = "depth=3,width=16"
    usual_size = 2.5
    family = "CNN"


def test_nothing_is_assumed_of_a_space_that_says_nothing():
    plain, some = Plain(), Architecture(space="plain", text="a")
    graph = plain.graph(some)
    assert cells_by_role(plain, some, graph) == {"cell": graph}
    assert (decisions_of(plain), genes_of(plain), usual_size_of(plain)) == (None, None, None)
    assert (largest_of(plain), why_untraceable(plain), family_of(plain)) == ("", "", "")
    assert "does not say which of its networks is the largest" in why_no_largest(plain)


def test_a_space_that_says_more_is_taken_at_its_word():
    chosen = Chosen()
    genes = genes_of(chosen)
    assert genes is not None
    assert genes.genes == 2
    assert genes.decoded([0.9, 0.1]).text == "depth=3,width=8"
    assert (largest_of(chosen), why_no_largest(chosen)) == ("depth=3,width=16", "")
    assert why_unsupported(SWAP_REG, chosen) == ""


def test_a_plugin_says_what_a_space_lacks():
    assert why_unsupported(SWAP_REG, Plain()) == (
        "swap_reg does not support plain: plain states no size to discount from (attribute "
        "usual_size)"
    )
    assert [name for name in space_names() if not why_unsupported(SWAP_REG, space(name))] == [
        "nas-bench-201"
    ]


def test_a_plugin_may_still_name_the_spaces_that_it_was_made_for():
    mine = ZeroCostProxy(
        name="mine",
        version="1",
        summary="Mine.",
        direction=Direction.HIGHER,
        passes=(),
        score=lambda observation: 1.0,
        spaces=("chosen",),
    )
    assert why_unsupported(mine, Chosen()) == ""
    assert why_unsupported(mine, Plain()) == "mine supports chosen, not plain"


def test_networks_that_read_graphs_cannot_be_traced_and_say_so():
    untraceable = [name for name in space_names() if why_untraceable(space(name))]
    assert untraceable == ["nas-bench-graph"]


def test_largest_networks_are_texts_of_their_spaces_or_numbers():
    for name in space_names():
        largest = largest_of(space(name))
        if isinstance(largest, str):
            assert not largest or space(name).parse(largest).text == largest
        else:
            assert largest > 1e6

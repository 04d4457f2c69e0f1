"""Every trap of the registry is held to its file by a test that carries its name."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from harness.core.errors import UsageError
from harness.truth import source, task, traps, traps_of

HERE = Path(__file__).parent


def marked_traps(path: Path) -> Iterator[str]:
    """Yield the names in the marks ``pytest.mark.trap("name")`` of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="trap", value=ast.Attribute(attr="mark")),
                args=[ast.Constant(value=str(name))],
            ):
                yield name


def test_no_two_traps_have_one_name() -> None:
    assert [
        name for name, count in Counter(trap.name for trap in traps()).items() if count > 1
    ] == []


@pytest.mark.parametrize("publication", sorted({trap.publication for trap in traps()}))
def test_the_traps_of_a_publication_are_those_of_its_tests(publication: str) -> None:
    path = HERE / f"test_traps_{publication}.py"
    assert path.is_file(), f"tests of the traps of {publication} belong into {path.name}"
    expected = {trap.name for trap in traps() if trap.publication == publication}
    assert set(marked_traps(path)) == expected


def test_no_test_is_of_a_trap_that_is_gone() -> None:
    files = {path.stem.removeprefix("test_traps_") for path in HERE.glob("test_traps_*.py")}
    assert files == {trap.publication for trap in traps()}


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.name)
def test_a_trap_is_of_files_and_tasks_that_exist(trap: object) -> None:
    assert trap.sources
    publishers = {source(name).name for name in trap.sources}
    assert publishers == set(trap.sources)
    assert {task(name).name for name in trap.tasks} == set(trap.tasks)


def test_the_traps_of_a_task_are_listed_by_its_name() -> None:
    named = harness.data_traps("nb201-imagenet16-120-validation")
    assert "tinyimagenet-is-imagenet16-120" in {trap.name for trap in named}
    assert named == traps_of("nb201-imagenet16-120-validation")
    assert harness.data_traps() == traps()


def test_an_unknown_task_has_no_traps_and_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown task 'nb201-imagenet16-120-validatio'"):
        harness.data_traps("nb201-imagenet16-120-validatio")

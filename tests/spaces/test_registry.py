"""Spaces by name and by file, and the identity of those from outside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from harness.api.inventory import list_spaces
from harness.core.errors import ContractError, UsageError
from harness.own_code import offers
from harness.spaces.registry import load_space, require_space, space, space_names
from tests.space_files import space_source

WriteSpace = Callable[..., Path]


def test_a_space_is_named_by_its_file_and_from_then_on_by_its_name(write_space: WriteSpace) -> None:
    path = write_space()
    assert require_space(str(path)) == "tiny"
    assert space("tiny") is space("tiny")
    assert [each.text for each in space("tiny").enumerate()] == ["a", "bb", "ccc"]


def test_a_space_under_another_name_is_named_behind_a_colon(write_space: WriteSpace) -> None:
    path = write_space(constant="MINE")
    assert space(f"{path}:MINE").name == "tiny"
    with pytest.raises(ContractError, match=r"nothing under the name SPACE; .*tiny\.py:MINE"):
        space(str(path))


def test_a_file_is_found_from_the_working_directory(
    write_space: WriteSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_space()
    monkeypatch.chdir(path.parent)
    assert load_space("tiny.py").origin.file == path


def test_an_edited_file_is_another_space_and_one_with_another_comment_is_not(
    write_space: WriteSpace,
) -> None:
    path = write_space()
    first = load_space(str(path)).origin.code
    path.write_text(f"# a comment\n{space_source()}")
    assert load_space(str(path)).origin.code == first
    write_space(texts=("a", "b"))
    assert load_space(str(path)).origin.code != first
    assert space("tiny").size == 2


def test_an_edited_module_that_the_file_imports_makes_another_space(
    write_space: WriteSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    helper = tmp_path / "widths_of_mine.py"
    helper.write_text("WIDTH = 4\n")
    path = write_space(head="import widths_of_mine\n")
    first = load_space(str(path)).origin.code
    helper.write_text("WIDTH = 16\n")  # not as long, or a compiled copy of this second counts
    with pytest.raises(ContractError, match="WIDTH of the module widths_of_mine is not what"):
        load_space(str(path))
    monkeypatch.delitem(sys.modules, "widths_of_mine")
    assert load_space(str(path)).origin.code != first


def test_the_built_in_spaces_have_no_code_in_their_identity() -> None:
    assert all(load_space(name).origin.code == "" for name in space_names()[-2:])


def test_an_origin_refuses_a_file_that_was_edited_after_it(write_space: WriteSpace) -> None:
    path = write_space()
    origin = load_space(str(path)).origin
    write_space(texts=("a",))
    load_space(str(path))
    with pytest.raises(ContractError, match="code of the space tiny is not what it was"):
        origin.load()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"constant": "OTHER"}, "nothing under the name SPACE"),
        ({"tail": "SPACE = [1]"}, "a list under the name SPACE; a space file ends with SPACE ="),
        ({"tail": "SPACE = SearchSpace"}, "a type under the name SPACE"),
        ({"name": "darts"}, "is named 'darts' like the built-in one; rename it"),
        ({"name": "../up"}, "a name has letters, digits"),
        ({"summary": "two\\nlines"}, "one line of printable text"),
        ({"texts": ()}, "the texts of the space 'tiny' are an empty list; give some"),
        ({"texts": ("a", "b", "a")}, "the space 'tiny' lists 'a' twice"),
        ({"texts": ("a\nb",)}, "one line of at most 4000 printable characters"),
        ({"texts": ("a\x07",)}, "one line of at most 4000 printable characters"),
        ({"head": "import no_such_package_at_all\n"}, "; run: pip install no_such_package_at_all"),
        ({"head": "x = = 1\n"}, "syntax error"),
    ],
    ids=str,
)
def test_a_file_that_holds_no_proper_space_is_refused_in_one_sentence(
    write_space: WriteSpace, given: dict[str, object], sentence: str
) -> None:
    path = write_space(**given)
    with pytest.raises((ContractError, UsageError)) as refusal:
        space(str(path))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_module_beside_the_file_that_python_does_not_find_is_told(
    write_space: WriteSpace, tmp_path: Path
) -> None:
    (tmp_path / "blocks_of_mine.py").write_text("")
    path = write_space(head="import blocks_of_mine\n")
    with pytest.raises(ContractError, match=f"lies beside the file: set PYTHONPATH to {tmp_path}"):
        space(str(path))


@pytest.fixture
def offer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[dict[str, str]], None]]:
    """Let modules of the given sources be installed, each an entry point of its name."""
    offers.installed_offers.cache_clear()

    def install(sources: dict[str, str]) -> None:
        points = []
        for number, (name, source) in enumerate(sources.items()):
            module = f"offered_space_{number}"
            (tmp_path / f"{module}.py").write_text(source)
            monkeypatch.delitem(sys.modules, module, raising=False)
            points.append(EntryPoint(name=name, value=f"{module}:SPACE", group="harness.spaces"))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(offers, "entry_points", lambda group: points)

    yield install
    offers.installed_offers.cache_clear()


def test_an_installed_space_is_known_by_its_name_and_its_code(
    offer: Callable[[dict[str, str]], None],
) -> None:
    offer({"tiny": space_source()})
    assert space("tiny").size == 3
    origin = load_space("tiny").origin
    assert origin.code
    assert origin.load() == load_space("tiny")


def test_a_broken_installed_space_breaks_nothing_and_is_listed_with_its_reason(
    offer: Callable[[dict[str, str]], None], caplog: pytest.LogCaptureFixture
) -> None:
    offer(
        {
            "broken": "import no_such_package_at_all\n",
            "darts": space_source(name="darts"),
            "mine": space_source(name="yours"),
            "tiny": space_source(),
        }
    )
    listed = {each.name: each for each in list_spaces()}
    assert "No module named 'no_such_package_at_all'" in listed["broken"].fault
    assert "both one name" in listed["mine"].fault
    assert listed["tiny"].fault == ""
    assert listed["tiny"].summary == "three CNNs"
    assert "the space broken cannot be used" in caplog.text
    assert space("darts").size > 10**17


def test_a_file_may_not_have_the_name_of_an_installed_space(
    offer: Callable[[dict[str, str]], None], write_space: WriteSpace
) -> None:
    offer({"tiny": space_source()})
    with pytest.raises(UsageError, match="'tiny' like the installed one of offered_space_0"):
        space(str(write_space()))


def test_two_files_with_one_name_are_not_taken_for_each_other(
    write_space: WriteSpace, tmp_path: Path
) -> None:
    space(str(write_space()))
    other = tmp_path / "other.py"
    other.write_text(space_source(texts=("x",)))
    with pytest.raises(UsageError, match=r"'tiny' like the one of .*tiny\.py, which this process"):
        space(str(other))


def test_a_file_that_is_not_there_and_an_unknown_name_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no space file"):
        space(str(tmp_path / "none.py"))
    with pytest.raises(UsageError, match=r"unknown space 'dart'.*did you mean 'darts'"):
        space("dart")

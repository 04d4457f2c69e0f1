"""Values that files and installed packages offer under a name: ``file.py:NAME``, entry points."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TypeVar

from harness.core.errors import ContractError, HarnessError, sentence_of
from harness.own_code.loading import execute_file, import_module_of_others

__all__ = ["file_and_name", "installed_values", "load_installed", "load_value", "names_file"]

_FILE = re.compile(r"(?P<path>.+\.py)(:(?P<name>[A-Za-z_]\w*))?", re.DOTALL)

T = TypeVar("T")


def names_file(text: str) -> bool:
    """Say whether a text names a value of a Python file: ``file.py`` or ``file.py:NAME``."""
    return _FILE.fullmatch(text) is not None


def load_value(text: str, wanted: type[T], kind: str, name: str) -> T | None:
    """Return what a Python file holds under a name.

    Args:
        text: ``file.py`` or ``file.py:NAME``, from the working directory.
        wanted: What it should be.
        kind: The same in a word, for messages.
        name: Name of the value, where the text has none.

    Returns:
        The value; None where the text names no Python file.

    Raises:
        UsageError: There is no such file.
        ContractError: It cannot be imported, or holds something else there.
    """
    named = file_and_name(text)
    if named is None:
        return None
    file, given = named
    code = execute_file(file.absolute(), kind)
    return _held(vars(code.module), given or name, wanted, str(file))


def file_and_name(text: str) -> tuple[Path, str] | None:
    """Return the path and the name, if there is one, of ``file.py:NAME``; None for other texts."""
    named = _FILE.fullmatch(text)
    return None if named is None else (Path(named["path"]), named["name"] or "")


@cache
def installed_values(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by their names."""
    return {point.name: point for point in entry_points(group=group)}


@cache
def load_installed(point: EntryPoint, wanted: type[T]) -> T:
    """Return what an entry point names, ``module:NAME``.

    Raises:
        ContractError: Its module cannot be imported, or holds something else there.
    """
    try:
        code = import_module_of_others(point.module)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:  # a stranger's import may raise anything
        raise ContractError(f"{point.module} cannot be imported: {sentence_of(error)}") from error
    return _held(vars(code.module), point.attr, wanted, point.module)


def _held(names: dict[str, object], name: str, wanted: type[T], place: str) -> T:
    held = names.get(name)
    if name not in names or not isinstance(held, wanted):
        what = f"a {type(held).__name__}" if name in names else "nothing"
        belongs = "" if wanted is object else f"; a {wanted.__name__} belongs there"
        raise ContractError(f"{place} has {what} under the name {name}{belongs}")
    return held

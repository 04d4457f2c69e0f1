"""What files and packages of others offer: ``file.py:NAME``, entry points.

A value of one type has one usual name, such as ``SOURCE``: `load_value`, `load_installed`. What may
also be a plain function has several, or is the only function of its module: `offer_in_file`,
`load_offer`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of
from harness.own_code.loading import OwnCode, execute_file, import_module_of_others

__all__ = [
    "Offer",
    "import_offered",
    "installed_offers",
    "load_installed",
    "load_offer",
    "load_value",
    "offer_in_file",
    "python_file",
]

_FILE = re.compile(r"(?P<path>.+\.py)(:(?P<name>[A-Za-z_]\w*))?", re.DOTALL)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A value that a file or a package offers.

    Attributes:
        value: The value.
        name: What its module calls it.
        place: The file or module.
        code: Digest of the module's code, and of the user's own modules that it imports.
    """

    value: object
    name: str
    place: str
    code: str


def python_file(text: str) -> tuple[Path, str] | None:
    """Return path and name of ``file.py`` or ``file.py:NAME``; None for any other text."""
    named = _FILE.fullmatch(text)
    return None if named is None else (Path(named["path"]), named["name"] or "")


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
    named = python_file(text)
    if named is None:
        return None
    file, given = named
    code = execute_file(file.absolute(), kind)
    return _held(vars(code.module), given or name, wanted, str(file))


def offer_in_file(path: Path, name: str, kind: str, constants: tuple[str, ...]) -> Offer:
    """Return what a Python file holds under a name.

    Args:
        path: The file.
        name: The name; empty for the first of `constants` that is there, or else the only function.
        kind: What it should be, in a word, for messages.
        constants: Names that such a value usually has.

    Raises:
        UsageError: There is no such file or name, or the file has several functions.
        ContractError: It cannot be imported.
    """
    code = execute_file(path.absolute(), kind)
    return _offered(code, str(path), name, kind, constants)


@cache
def installed_offers(group: str) -> Mapping[str, EntryPoint]:
    """Return the entry points of a group by their names."""
    return {point.name: point for point in entry_points(group=group)}


def import_offered(point: EntryPoint) -> OwnCode:
    """Import the module of an entry point.

    Raises:
        ContractError: It cannot be imported.
    """
    try:
        return import_module_of_others(point.module)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:  # a stranger's import may raise anything
        raise ContractError(f"{point.module} cannot be imported: {sentence_of(error)}") from error


@cache
def load_installed(point: EntryPoint, wanted: type[T]) -> T:
    """Return what an entry point names, ``module:NAME``.

    Raises:
        ContractError: Its module cannot be imported, or holds something else there.
    """
    return _held(vars(import_offered(point).module), point.attr, wanted, point.module)


@cache
def load_offer(point: EntryPoint, kind: str, constants: tuple[str, ...]) -> Offer:
    """Return what an entry point names, ``module`` or ``module:NAME``.

    Raises:
        UsageError: Its module has nothing of the name.
        ContractError: Its module cannot be imported.
    """
    return _offered(import_offered(point), point.module, point.attr, kind, constants)


def _offered(code: OwnCode, place: str, name: str, kind: str, constants: tuple[str, ...]) -> Offer:
    names = vars(code.module)
    chosen = name or next((constant for constant in constants if constant in names), "")
    chosen = chosen or _only_function(code.module, place, kind, constants)
    if chosen not in names:
        functions = ", ".join(_functions(code.module)) or "none"
        raise UsageError(f"{place} has no {kind} {chosen!r}; its functions: {functions}")
    return Offer(value=names[chosen], name=chosen, place=place, code=code.digest)


def _only_function(module: ModuleType, place: str, kind: str, constants: tuple[str, ...]) -> str:
    functions = _functions(module)
    if len(functions) == 1:
        return functions[0]
    if not functions:
        raise UsageError(
            f"{place} has no {kind}; write a function, or a value under the name {constants[0]}"
        )
    raise UsageError(
        f"{place} has the functions {', '.join(functions)}; name the {kind} among them, as "
        f"{place}:{functions[0]}, or give it the name {constants[0]}"
    )


def _functions(module: ModuleType) -> list[str]:
    """Return the names of the functions that a module defines, without those with an underscore."""
    return [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def _held(names: dict[str, object], name: str, wanted: type[T], place: str) -> T:
    held = names.get(name)
    if name not in names or not isinstance(held, wanted):
        what = f"a {type(held).__name__}" if name in names else "nothing"
        belongs = "" if wanted is object else f"; a {wanted.__name__} belongs there"
        raise ContractError(f"{place} has {what} under the name {name}{belongs}")
    return held

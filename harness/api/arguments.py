"""Arguments of the public functions: of the kind that is declared, or refused in one sentence.

A caller from Python may give anything for anything. What is wrong is said before any work, by the
name of the argument, and not where it is first used, which is hours later for some. Errors from
further inside name options of the command line; here they become arguments of the function.
"""

from __future__ import annotations

import ast
import functools
import inspect
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import ParamSpec, TypeGuard, TypeVar

from harness.core.architecture import Space
from harness.core.errors import HarnessError, UsageError
from harness.core.identity import SEEDS
from harness.core.numbers import plain_number
from harness.isolation import as_torch_comes

__all__ = ["checked", "options_named"]

P = ParamSpec("P")
R = TypeVar("R")

_WANTED = {
    "None": "None",
    "bool": "True or False",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "Literal": "the text",
    "Path": "a path",
    "Mapping": "a mapping",
    "Sequence": "several of these",
    "Progress": "a function",
    "Space": "a SearchSpace",
}
"""What is asked for by each kind of annotation that is checked here."""
_ALIASES = {"Scores": "str | Path | Sequence[str | Path] | Mapping"}
"""Aliases of kinds that are checked here."""
_SEVERAL = ("Plugins", "Metrics")
"""Kinds of one or several, which are judged where they are used."""
_OPTION = re.compile(
    r"(?P<command>\bharness [a-z]+[^;,()]*)|--(?P<name>[a-z][a-z-]*)(?: (?P<number>-?\d+)\b)?"
)
"""A command as a shell takes it, which stays, or an option of this one with a number after it."""
_RENAMED = {"from": "sources", "max": "maximum", "min": "minimum", "proxy": "proxies"}
"""Options whose argument has another name; of other repeated ones it is the plural."""
_options_named = ContextVar("options_named", default=False)
_MAY_BE_EMPTY = frozenset(
    {"against", "beside", "maximum", "minimum", "predictors", "scores", "settings"}
)
"""Arguments of several of which none is a choice too; of others it would be taken for all."""


class _OtherKindError(Exception):
    """A value is of none of the kinds that an annotation names."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Hold arguments against their annotations before a function is entered.

    Numbers of numpy become numbers of Python, paths given for texts become texts, ``~`` at their
    beginning the home folder, and iterators and other series become tuples, so that they can be
    read more than once. What the caller has set in
    torch and numpy, such as a default dtype, changes nothing of what the function computes.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        signature = _signature(function)
        try:
            given = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise UsageError(
                f"harness.{function.__name__}: {error}; its arguments are "
                f"{', '.join(signature.parameters)}"
            ) from None
        for name, value in given.arguments.items():
            annotation = function.__annotations__[name]
            try:
                given.arguments[name] = _converted(value, _kinds(annotation))
            except _OtherKindError:
                raise UsageError(
                    f"harness.{function.__name__}: {name} is {_shown(value)}; give "
                    f"{_wanted_of(value, _kinds(annotation))}"
                ) from None
            taken = given.arguments[name]
            if name == "seed":
                _require_seed(function.__name__, taken)
            elif isinstance(taken, tuple) and not taken and name not in _MAY_BE_EMPTY:
                has_default = signature.parameters[name].default is not inspect.Parameter.empty
                raise UsageError(
                    f"harness.{function.__name__}: {name} is empty; give one or more"
                    + (", or leave it out" if has_default else "")
                )
        try:
            with as_torch_comes():
                return function(*given.args, **given.kwargs)
        except HarnessError as error:
            if error.args and not _options_named.get():
                error.args = (_in_python(str(error), signature.parameters), *error.args[1:])
            raise

    return call


@contextmanager
def options_named() -> Iterator[None]:
    """Let errors name arguments as options in a block, e.g. ``--plugin``: the command line's."""
    token = _options_named.set(True)
    try:
        yield
    finally:
        _options_named.reset(token)


def _in_python(message: str, parameters: Collection[str]) -> str:
    """Name a function's arguments as Python does: ``--workers 0`` is ``workers=0``."""

    def named(found: re.Match[str]) -> str:
        option = (found["name"] or "").replace("-", "_")
        name = _RENAMED.get(option, option)
        name = name if name in parameters else f"{name}s"
        if name not in parameters:
            return found[0]
        return f"{name}={found['number']}" if found["number"] else f"'{name}'"

    return _OPTION.sub(named, message)


def _require_seed(function: str, seed: object) -> None:
    """Refuse a seed that numpy or torch do not take.

    Raises:
        UsageError: It is negative or too large.
    """
    if isinstance(seed, int) and not 0 <= seed < SEEDS:
        raise UsageError(f"harness.{function}: seed is {seed}; give 0 to {SEEDS - 1}")


@functools.cache
def _signature(function: Callable[..., object]) -> inspect.Signature:
    return inspect.signature(function)


@functools.cache
def _kinds(annotation: str) -> tuple[ast.expr, ...]:
    """Return the alternatives of an annotation, such as those of ``"Path | str | None"``."""
    return _alternatives(ast.parse(annotation, mode="eval").body)


def _alternatives(node: ast.expr) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.BinOp):
        return (*_alternatives(node.left), *_alternatives(node.right))
    alias = _ALIASES.get(_name(node))
    return (node,) if alias is None else _kinds(alias)


def _name(kind: ast.expr) -> str:
    return ast.unparse(kind.value if isinstance(kind, ast.Subscript) else kind)


def _wanted(kinds: tuple[ast.expr, ...]) -> str:
    """Say what is asked for, e.g. ``"a text or several of these or None"``."""
    wanted: dict[str, None] = {}
    for kind in kinds:
        text = _WANTED[_name(kind)]
        match kind:
            case ast.Subscript(value=ast.Name(id="Literal"), slice=literal):
                text = f"{text} {ast.unparse(literal)}"
            case ast.Subscript(value=ast.Name(id="Sequence"), slice=members):
                each = _wanted(_alternatives(members))
                text = text if each in wanted or " or " in each else f"several, each {each}"
        wanted[text] = None
    return " or ".join(wanted)


def _converted(value: object, kinds: tuple[ast.expr, ...]) -> object:
    """Return a value as one of some kinds.

    Raises:
        _OtherKindError: It is of none of them.
    """
    if isinstance(value, Iterator):
        value = tuple(value)
    value = _expanded(value)
    names = [_name(kind) for kind in kinds]
    if any(name in _SEVERAL for name in names) and _is_series(value) and not callable(value):
        return tuple(_expanded(member) for member in value)
    if not all(name in _WANTED for name in names):
        return value  # judged where it is used
    number = plain_number(value)
    for kind, name in zip(kinds, names, strict=True):
        match name:
            case "None" if value is None:
                return None
            case "bool" if isinstance(number, bool):
                return number
            case "int" if isinstance(number, int) and not isinstance(number, bool):
                return number
            case "float" if isinstance(number, int | float) and not isinstance(number, bool):
                return number
            case "Literal" if isinstance(kind, ast.Subscript) and isinstance(value, str):
                if value == ast.literal_eval(kind.slice):
                    return value
            case "str" | "Path" if isinstance(value, str | os.PathLike):
                if value == "" and "Path" in names:
                    continue  # it would be the current folder
                return value if "Path" in names else os.fspath(value)
            case "Mapping" if isinstance(value, Mapping):
                return value
            case "Progress" if callable(value):
                return value
            case "Space" if _is_space(value):
                return value
            case "Sequence" if isinstance(kind, ast.Subscript) and _is_series(value):
                members = _alternatives(kind.slice)
                return tuple(_converted(member, members) for member in value)
            case _:
                continue
    raise _OtherKindError


def _expanded(value: object) -> object:
    """Return a path below a home folder, ``~/results``, as shells give it; others as they are."""
    if isinstance(value, str | Path) and str(value).startswith("~"):
        return type(value)(Path(value).expanduser())
    return value


def _is_space(value: object) -> bool:
    return isinstance(value, Space) and not isinstance(value, type)


def _is_series(value: object) -> TypeGuard[Iterable[object]]:
    """Tell whether a value has members; a frame of pandas would give the names of its columns."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    return several and getattr(value, "ndim", 1) == 1


def _wanted_of(value: object, kinds: tuple[ast.expr, ...]) -> str:
    """Say what is asked for instead of a value: of a frame or a space the way to give it."""
    path = "Path" in map(_name, kinds)
    if path and hasattr(value, "to_csv"):
        return "the path of a file, which its to_csv writes"
    if path and _is_space(value) and "Space" not in map(_name, kinds):
        return "the path of a file; a space is given to harness.rank or harness.run"
    return _wanted(kinds)


def _shown(value: object) -> str:
    return " ".join(f"{value!r:.200}".split())[:80]

"""Literals of Python, JSON and numpy inside the notations of architectures, never evaluated.

Beside numbers, names, tuples, lists and dicts, what printing adds to them is understood:

====================================  ============================================================
``np.int64(4)``, ``np.str_('none')``  a number, truth value or name of numpy 2, as itself
``array([0, 1], dtype=int8)``         an array, as a list; ``np.array`` likewise
``range(2, 6)``                       the tuple of its numbers
``list(...)``, ``tuple(...)``         a sequence, as a list or a tuple
``true``, ``false``                   the truth values of JSON
====================================  ============================================================
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

__all__ = [
    "arguments_of",
    "evaluate_literal",
    "integers",
    "parse_literal",
    "quote",
    "read_literal",
]

_LONGEST = 4_000
_LONGEST_RANGE = 100
_QUOTED_CHARACTERS = 80
_NAMES = {
    "true": True,
    "false": False,
    "np.True_": True,
    "np.False_": False,
}
_SCALARS: tuple[tuple[re.Pattern[str], type], ...] = (
    (re.compile(r"np\.u?int(8|16|32|64)"), int),
    (re.compile(r"np\.float(16|32|64)"), float),
    (re.compile(r"np\.bool_?"), bool),
    (re.compile(r"np\.str_"), str),
)


def read_literal(text: str) -> object:
    """Return what a text stands for.

    Raises:
        ValueError: It is anything else than data, or longer than any architecture.
    """
    return evaluate_literal(parse_literal(text))


def integers(text: str) -> tuple[int, ...] | None:
    """Return the integers of a tuple or list; nothing where a text is anything else."""
    try:
        value = read_literal(text)
    except ValueError:
        return None
    if not isinstance(value, list | tuple):
        return None
    numbers = tuple(item for item in value if isinstance(item, int) and not isinstance(item, bool))
    return numbers if len(numbers) == len(value) else None


def parse_literal(text: str) -> ast.expr:
    """Return the expression that a text is, whatever it says.

    Raises:
        ValueError: It is none, or longer than any architecture.
    """
    if len(text) > _LONGEST:
        raise ValueError("longer than any architecture")
    try:
        return ast.parse(text, mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise ValueError("no expression") from None


def evaluate_literal(expression: ast.expr) -> object:
    """Return the data that an expression writes down.

    Raises:
        ValueError: It is anything else than data.
    """
    try:
        return _value(expression)
    except (RecursionError, TypeError):
        raise ValueError("no data") from None


def arguments_of(call: ast.Call, names: Sequence[str]) -> dict[str, object]:
    """Return the arguments of a call by name; those without one have the names in order.

    Raises:
        ValueError: There are others than those named, one twice, or one that is no data.
    """
    given = list(zip(names, call.args, strict=False))
    given += [(keyword.arg or "**", keyword.value) for keyword in call.keywords]
    if sorted(name for name, _ in given) != sorted(names) or len(call.args) > len(names):
        raise ValueError("other arguments")
    return {name: evaluate_literal(value) for name, value in given}


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Tuple(elts=items):
            return tuple(_value(item) for item in items)
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return _dict([None if key is None else _value(key) for key in keys], values)
        case ast.Call():
            return _called(node)
        case _ if _name(node) in _NAMES:
            return _NAMES[_name(node)]
        case _:
            raise ValueError("no data")


def _name(node: ast.expr) -> str:
    """Return a name, or that of a member of numpy after ``np.``; nothing for all else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name):
            return f"np.{name}"
        case _:
            return ""


def _dict(keys: Sequence[object], values: Sequence[ast.expr]) -> dict[object, object]:
    read = {key: _value(value) for key, value in zip(keys, values, strict=True)}
    if len(read) != len(keys) or None in read:
        raise ValueError("a key twice, or none")
    return read


def _called(call: ast.Call) -> object:
    name = _name(call.func).replace("np.array", "array")
    if any(keyword.arg != "dtype" or name != "array" for keyword in call.keywords):
        raise ValueError("no data")
    match name, [_value(argument) for argument in call.args]:
        case "range", [*bounds]:
            return _range(bounds)
        case "list", [list() | tuple() as items]:
            return list(items)
        case "tuple", [list() | tuple() as items]:
            return tuple(items)
        case "array", [list() as items]:
            return items
        case _, [scalar] if any(
            form.fullmatch(name) and type(scalar) is kind for form, kind in _SCALARS
        ):
            return scalar
        case _:
            raise ValueError("no data")


def _range(bounds: Sequence[object]) -> tuple[int, ...]:
    match bounds:
        case [int(start), int(stop)] if 0 <= stop - start <= _LONGEST_RANGE:
            return tuple(range(start, stop))
        case [int(stop)] if 0 <= stop <= _LONGEST_RANGE:
            return tuple(range(stop))
        case _:
            raise ValueError("no short range")


def quote(value: object) -> str:
    """Write a value, or a text that somebody gave, for a message; cut where it is long."""
    text = str(value)
    return repr(text if len(text) <= _QUOTED_CHARACTERS else f"{text[:_QUOTED_CHARACTERS]}...")

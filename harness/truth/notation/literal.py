"""Python literals inside data files, read without evaluating them."""

from __future__ import annotations

import ast

from harness.core.errors import DataError
from harness.truth.reading import quoted

__all__ = ["integers", "literal"]

_LONGEST = 4000


def literal(text: object, where: str) -> object:
    """Read a text of numbers, strings, tuples and lists; nothing else is understood.

    Raises:
        DataError: It is no text, no literal, or longer than any architecture.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise DataError(f"{where}: expected a short text, found {quoted(text)}")
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise DataError(f"{where}: {quoted(text)} is no Python literal") from None
    return value


def integers(value: object, where: str) -> tuple[int, ...]:
    """Return a tuple or list of integers.

    Raises:
        DataError: It is none, or a member is no integer.
    """
    if not isinstance(value, tuple | list):
        raise DataError(f"{where}: expected a list of integers, found {quoted(value)}")
    for member in value:
        if isinstance(member, bool) or not isinstance(member, int):
            raise DataError(
                f"{where}: expected an integer, found {quoted(member)} in {quoted(value)}"
            )
    return tuple(value)

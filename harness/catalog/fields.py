"""Fields of a plugin: of the kind that its class declares, or refused in one sentence."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from harness.core.direction import Direction
from harness.core.errors import ContractError
from harness.core.names import FILE_NAME
from harness.operation_scorer import OperationScorer
from harness.passes.observation import Pass
from harness.plugin import Stability, ZeroCostProxy
from harness.predictor import Predictor
from harness.searched_proxy import SearchedProxy

__all__ = ["require_fields"]

_LONGEST = 500
"""Characters of a name, version or summary, which stand in tables and keys."""


def require_fields(
    plugin: ZeroCostProxy | Predictor | SearchedProxy | OperationScorer, where: str
) -> None:
    """Refuse a plugin with a field of another kind, which would fail wherever it is used first.

    Args:
        plugin: A plugin of someone else, who may have given anything.
        where: What it is of, for messages.

    Raises:
        ContractError: A field is of another kind than declared, or the name cannot be part of a
            path.
    """
    for field in dataclasses.fields(plugin):
        value: object = getattr(plugin, field.name)
        fits, wanted = _KINDS.get(str(field.type), (_is_anything, ""))
        if not fits(value):
            raise ContractError(
                f"the field {field.name} of the plugin of {where} is {value!r:.80}; give {wanted}"
            )
    if not re.fullmatch(FILE_NAME, plugin.name):
        raise ContractError(
            f"the plugin of {where} is named {plugin.name[:80]!r}; a name has letters, digits and "
            "._+-, a letter or digit first, and 100 characters at most"
        )


def _is_anything(_: object) -> bool:
    return True


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST


def _is_function(value: object) -> bool:
    return value is None or callable(value)


def _is_series_of(kind: type) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        return isinstance(value, tuple | list) and all(isinstance(each, kind) for each in value)

    return fits


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (_is_line, f"one line of printable text, {_LONGEST} characters at most"),
    "bool": (lambda value: isinstance(value, bool), "True or False"),
    "Direction": (
        lambda value: isinstance(value, Direction),
        "Direction.HIGHER or Direction.LOWER",
    ),
    "Stability": (lambda value: isinstance(value, Stability), "a Stability"),
    "tuple[str, ...]": (_is_series_of(str), 'texts in parentheses, ("a",) for one'),
    "tuple[Pass[object], ...]": (_is_series_of(Pass), "passes in parentheses, (WEIGHTS,) for one"),
    "Aggregate | None": (_is_function, "a function or None"),
    "CellScores | None": (_is_function, "a function or None"),
    "Lacks": (callable, "a function"),
}
"""Whether a value is of the kind of an annotation, and what to give. Where a function that does the
work is none, its first call fails with a reason."""

"""What is wrong in a file that a person wrote, as one sentence: key, value and what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, get_args

from harness.core.counts import joined
from harness.core.errors import unknown_name
from harness.core.names import FILE_NAME

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

__all__ = ["file_fault", "first_fault"]

_WANTED = {
    "model_type": "make it a table",
    "tuple_type": "give a list",
    "list_type": "give a list",
    "dict_type": "make it a table",
}


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Return where the first fault lies, the keys with dots between them, and what it is.

    Of files that programs write; where the whole is wrong, the place is empty.
    """
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"]


def file_fault(error: ValidationError, model: type[BaseModel], where: str, table: str = "") -> str:
    """Describe a fault: a misspelt key, which is what another one lacks, or the first one.

    Of keys that are missing, all are named.

    Args:
        error: What the model found.
        model: The model of the file.
        where: The file.
        table: Table of the file that the model describes; empty for the whole file.
    """
    faults = error.errors()
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    outer = [table] if table else []
    inside = [str(part) for part in first["loc"]]
    place = ".".join([*outer, *inside])
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        parents = ".".join([*outer, *inside[:-1]])
        at = f"{where} [{parents}]" if parents else where
        return str(unknown_name("key", inside[-1], _keys(model, inside[:-1]), at))
    message = first["msg"].removeprefix("Value error, ")
    if not place:
        return f"{where}: {message}"
    match kind:
        case "missing":
            lacking = [fault["loc"] for fault in faults if fault["type"] == "missing"]
            if len(lacking) == 1:
                return f"{where} [{place}] is missing; add it"
            keys = [f"[{'.'.join([*outer, *map(str, location)])}]" for location in lacking]
            return f"{where} {joined(keys)} are missing; add them"
        case "too_short":
            sentence = "is empty; give one or more"
        case "value_error":
            sentence = f"is {first['input']!r:.80}: {message}"
        case _:
            wanted = _WANTED.get(kind, f"it {message.removeprefix('Input ')}")
            if kind == "string_pattern_mismatch" and context["pattern"] == FILE_NAME:
                wanted = (
                    "give up to 100 letters, digits and ._+-, of which the first is a letter or "
                    "digit"
                )
            sentence = f"is {first['input']!r:.80}; {wanted}"
    return f"{where} [{place}] {sentence}"


def _keys(model: type[BaseModel], parents: Iterable[str]) -> Mapping[str, object]:
    """Return the keys of a table inside a file."""
    fields: Mapping[str, object] = model.model_fields
    for parent in parents:
        annotation = getattr(fields.get(parent), "annotation", None)
        for kind in (annotation, *get_args(annotation)):
            if hasattr(kind, "model_fields"):
                fields = kind.model_fields
    return fields

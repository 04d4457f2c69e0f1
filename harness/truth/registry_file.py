"""The registries that come with the package as TOML: read once, checked strictly."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import DataError

if TYPE_CHECKING:
    from pydantic import BaseModel

    Model = TypeVar("Model", bound=BaseModel)

__all__ = ["read_packaged", "validate_file"]


@functools.cache
def read_packaged(name: str) -> dict[str, object]:
    """Return a TOML file of this package."""
    text = resources.files("harness.truth").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def validate_file(model: type[Model], content: object, where: str) -> Model:
    """Check the content of a file against a model.

    Raises:
        DataError: The first thing that does not fit, with its place.
    """
    import pydantic

    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        reason = first["msg"].removeprefix("Value error, ")
        raise DataError(f"{where}, {place}: {reason} (found {first['input']!r})") from error

"""The registry of published results that comes with the package: read once, checked strictly.

It is a folder of TOML files, ``registry/``, one a publication: each holds its publishers, files of
results, tasks, stored scores and traps. What one file defines the others may name.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import DataError
from harness.core.file_faults import file_fault

if TYPE_CHECKING:
    from pydantic import BaseModel

    from harness.truth.registry_models import RegistryFile

    Model = TypeVar("Model", bound=BaseModel)

__all__ = ["registry", "registry_files", "validate_file"]

_FOLDER = "registry"


@functools.cache
def registry_files() -> dict[str, RegistryFile]:
    """Return what every file of the registry holds, by its name, in the order of the names."""
    from harness.truth.registry_models import RegistryFile

    folder = resources.files("harness.truth").joinpath(_FOLDER)
    texts = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return {
        name: validate_file(RegistryFile, tomllib.loads(texts[name]), f"{_FOLDER}/{name}.toml")
        for name in sorted(texts)
    }


@functools.cache
def registry() -> RegistryFile:
    """Return all rows of all files."""
    from harness.truth.registry_models import RegistryFile

    files = registry_files().values()
    return RegistryFile(
        publisher=[row for file in files for row in file.publisher],
        source=[row for file in files for row in file.source],
        task=[row for file in files for row in file.task],
        scores=[row for file in files for row in file.scores],
        trap=[row for file in files for row in file.trap],
    )


def validate_file(model: type[Model], content: object, where: str) -> Model:
    """Check the content of a file against a model.

    Raises:
        DataError: The first thing that does not fit, with its place.
    """
    import pydantic

    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        raise DataError(file_fault(error, model, where)) from error

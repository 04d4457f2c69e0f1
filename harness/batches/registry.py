"""All sources of batches by name: built-in ones, installed ones, and those of files."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.batches.source import BatchSource
from harness.core.errors import ContractError, HarnessError, unknown_name
from harness.core.names import FILE_NAME
from harness.own_code.offers import installed_offers, load_installed, load_value

__all__ = ["BUILT_IN", "BrokenSource", "known_sources", "load_source"]

_GROUP = "harness.batches"
_MODULES = {
    "arrays": "arrays",
    "cifar10": "cifar10",
    "folder": "folder",
    "noise": "noise",
    "photographs": "photographs",
    "text": "text",
    "torch": "torch_dataset",
}
BUILT_IN = frozenset(_MODULES)
"""Names of the sources of this package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSource:
    """An installed source that cannot be used, and why."""

    name: str
    reason: str


def load_source(name: str) -> BatchSource:
    """Return a source by its name or its file, ``file.py`` or ``file.py:NAME``.

    Raises:
        UsageError: There is no such source.
        ContractError: Its code cannot be imported, or holds no source.
    """
    if name in _MODULES:
        built_in: BatchSource = importlib.import_module(f"harness.batches.{_MODULES[name]}").SOURCE
        return built_in
    installed = installed_offers(_GROUP)
    source = load_value(name, BatchSource, "batches", "SOURCE")
    if source is None and name in installed:
        source = load_installed(installed[name], BatchSource)
    if source is None:
        raise unknown_name("batch source", name, [*_MODULES, *installed])
    if not re.fullmatch(FILE_NAME, source.name) or source.name in _MODULES:
        raise ContractError(
            f"the batch source of {name} is named {source.name[:80]!r}; give it a name of letters, "
            "digits and ._+- that no built-in source has"
        )
    return source


def known_sources() -> Iterator[BatchSource | BrokenSource]:
    """Yield every built-in and installed source; one that cannot be used with its reason."""
    yield from (load_source(name) for name in _MODULES)
    for name in installed_offers(_GROUP):
        if name in _MODULES:
            yield BrokenSource(name=name, reason="a built-in source has this name")
            continue
        try:
            yield load_source(name)
        except HarnessError as error:
            yield BrokenSource(name=name, reason=str(error))

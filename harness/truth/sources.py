"""The registry of sources, read from ``sources.toml``."""

from __future__ import annotations

import functools

from harness.core.errors import unknown_name
from harness.truth.registry_file import checked, packaged
from harness.truth.source import Source

__all__ = ["source", "sources"]

_FILE = "sources.toml"


@functools.cache
def _registry() -> dict[str, Source]:
    from harness.truth.registry_models import SourcesFile

    content = checked(SourcesFile, packaged(_FILE), _FILE)
    publishers = {publisher.name: publisher for publisher in content.publisher}
    return {
        row.name: Source(
            name=row.name,
            origin=row.origin(publishers[row.publisher]),
            size=row.size,
            sha256=row.sha256,
            licence=publishers[row.publisher].licence,
            citation=publishers[row.publisher].citation,
            holds=row.holds,
        )
        for row in content.source
    }


def sources() -> tuple[Source, ...]:
    """Return every source, in the order of the registry."""
    return tuple(_registry().values())


def source(name: str) -> Source:
    """Return a source by name.

    Raises:
        UsageError: There is no such source.
    """
    known = _registry()
    if name not in known:
        raise unknown_name("source", name, known)
    return known[name]

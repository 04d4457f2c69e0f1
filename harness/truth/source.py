"""A file of published results: where it comes from, its digest and licence; the registry of all."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import assert_never

from harness.core.errors import unknown_name
from harness.truth.registry_file import registry

__all__ = ["HOST", "Converted", "Origin", "Packaged", "Published", "Source", "source", "sources"]

HOST = "https://raw.githubusercontent.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file of a public repository at one commit, used as it is there."""

    repository: str
    commit: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A file that exists upstream in another form only, and was turned into this one by hand.

    Attributes:
        repository: Owner and name of the repository.
        commit: Commit that the file was converted from.
        path: Path of the converted file.
        upstream: What the repository has instead.
    """

    repository: str
    commit: str
    path: str
    upstream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """A file inside an installable package of the Python index."""

    distribution: str
    version: str
    path: str


Origin = Published | Converted | Packaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of published results.

    Attributes:
        name: Name in the registry.
        origin: Who publishes it, and in which form.
        size: Length in bytes.
        sha256: Digest in hexadecimal digits.
        licence: Licence that the publisher states, or that none is stated.
        citation: The paper to cite.
        holds: What is in the file.
        architectures: Name of the source with the architectures that this file names by numbers
            only; empty where it has its own.
    """

    name: str
    origin: Origin
    size: int
    sha256: str
    licence: str
    citation: str
    holds: str
    architectures: str = ""

    @property
    def relative_path(self) -> str:
        """Path inside a data folder or the cache, ``OWNER+NAME/PATH`` or ``PACKAGE/PATH``."""
        match self.origin:
            case Published() | Converted():
                return f"{self.origin.repository.replace('/', '+')}/{self.origin.path}"
            case Packaged():
                return f"{self.origin.distribution}/{self.origin.path}"
            case _:
                assert_never(self.origin)

    def address(self, host: str = HOST) -> str | None:
        """Public address of the file; none where it is not published as a single file."""
        match self.origin:
            case Published():
                file = self.origin
                return f"{host.rstrip('/')}/{file.repository}/{file.commit}/{file.path}"
            case Converted() | Packaged():
                return None
            case _:
                assert_never(self.origin)


@functools.cache
def _registry() -> dict[str, Source]:
    content = registry()
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
            architectures=row.architectures,
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

"""Computation graphs of the architectures of a space, traced once a machine.

A network is built without weights as the space builds it, for the data set that the space names,
and traced. Graphs are kept in memory, and those of a hundred new architectures and more of a space
of this package in ``computation-graphs/SPACE.npz`` in the cache folder, under a digest of the
source code of the spaces and of what traces here. A file of other code, damaged or unwritable, is
as good as none.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.packed import Packed, pack
from harness.computation_graphs.tracer import graph_of_architecture
from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.core.files import DAMAGED_ARRAYS, replacing
from harness.spaces.knowledge import why_untraceable
from harness.spaces.registry import space, space_names

__all__ = ["GraphCache", "graphs_of", "trace_network"]

_log = logging.getLogger(__name__)
_SAVED_AFTER = 2000
_WORTH_SAVING = 100
_TRACING = (
    "calls",
    "graph",
    "kinds",
    "operator",
    "simplification",
    "tracer",
    "tracing",
)
_PARTS = ("kinds", "attributes", "edges", "sizes", "edge_counts")


def graphs_of(architectures: Sequence[Architecture]) -> list[ComputationGraph]:
    """Return the computation graph of every architecture; they may be of several spaces.

    Raises:
        UsageError: A space has networks that cannot be traced.
        DataError: A network cannot be traced.
    """
    for name in dict.fromkeys(architecture.space for architecture in architectures):
        _cache_of(space(name)).fill(
            architecture.text for architecture in architectures if architecture.space == name
        )
    return [
        _cache_of(space(architecture.space)).graphs[architecture.text]
        for architecture in architectures
    ]


def trace_network(architecture: Architecture) -> ComputationGraph:
    """Build and trace the network of one architecture.

    Raises:
        UsageError: Its space has networks that cannot be traced.
        DataError: The network cannot be traced.
    """
    searched = space(architecture.space)
    if reason := why_untraceable(searched):
        raise UsageError(f"{reason}; choose a task of another space")
    return graph_of_architecture(searched, architecture)


class GraphCache:
    """Graphs of one space by text, read from the cache and added to."""

    def __init__(self, searched: Space) -> None:
        self.space = searched
        kept = searched.name in space_names()
        self._path = _folder() / f"{searched.name}.npz" if kept else None
        self.graphs: dict[str, ComputationGraph] = _read(self._path) if self._path else {}

    def fill(self, texts: Iterable[str]) -> None:
        """Trace the networks that are missing; many of them are saved as they come."""
        missing = [text for text in dict.fromkeys(texts) if text not in self.graphs]
        if len(missing) >= _WORTH_SAVING:
            _log.info("tracing %d networks of %s, once a machine", len(missing), self.space.name)
        for start in range(0, len(missing), _SAVED_AFTER):
            for text in missing[start : start + _SAVED_AFTER]:
                self.graphs[text] = trace_network(Architecture(space=self.space.name, text=text))
            if self._path and len(missing) >= _WORTH_SAVING:
                _write(self._path, self.graphs)


_CACHES: dict[str, GraphCache] = {}


def _cache_of(searched: Space) -> GraphCache:
    """Return the graphs of a space; one of an edited file begins anew."""
    cache = _CACHES.get(searched.name)
    if cache is None or cache.space is not searched:
        cache = _CACHES[searched.name] = GraphCache(searched)
    return cache


def _folder() -> Path:
    given = os.environ.get("HARNESS_CACHE_DIR")
    if given:
        return Path(given).expanduser() / "computation-graphs"
    platformdirs = importlib.import_module("platformdirs")
    return Path(platformdirs.user_cache_dir("nas-proxy-harness")) / "computation-graphs"


@functools.cache
def _source() -> str:
    """Digest of the code that graphs follow from."""
    hasher = hashlib.sha256()
    harness = Path(__file__).parents[1]
    package, spaces = harness / "computation_graphs", harness / "spaces"
    own = [package / f"{name}.py" for name in _TRACING]
    for path in [*own, *sorted(spaces.glob("*.py")), *sorted(spaces.glob("networks/*.py"))]:
        hasher.update(path.read_bytes())
    return hasher.hexdigest()[:16]


def _read(path: Path) -> dict[str, ComputationGraph]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if str(file["source"]) != _source():
                return {}
            whole = Packed(**{part: file[part].astype(np.int64) for part in _PARTS})
            texts = str(file["texts"]).split("\n")
            return dict(zip(texts, whole.unpacked(), strict=True))
    except DAMAGED_ARRAYS:
        return {}


def _write(path: Path, graphs: dict[str, ComputationGraph]) -> None:
    if not graphs:
        return
    whole = pack(list(graphs.values()))
    arrays = {part: getattr(whole, part).astype(np.int32) for part in _PARTS}
    about = {"source": np.array(_source()), "texts": np.array("\n".join(graphs))}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary, temporary.open("wb") as raw:
            np.savez_compressed(raw, allow_pickle=False, **about, **arrays)
    except OSError as error:
        _log.warning("graphs are not kept for next time, %s: %s", path, error.strerror)

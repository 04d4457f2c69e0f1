"""What a search that asks for no label ends in: one architecture, held against the table after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture
from harness.metrics.values import Undefined
from harness.operation_scoring import PoolSearch, TableRank
from harness.truth import TruthTable

__all__ = ["LabelFree", "Pick", "Request", "rank_in_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is searched, and by what.

    Attributes:
        space: Name of the space.
        dataset: Name of the data set that networks would be made for.
        guide: The proxy that scores.
        seed: Seed of everything that the search draws.
        pool: Effort of a search in supernets.
    """

    space: str
    dataset: str
    guide: LoadedProxy
    seed: int
    pool: PoolSearch = field(default_factory=PoolSearch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One search.

    Attributes:
        searcher: Name of the algorithm.
        guide: Name of the proxy.
        architecture: What it ended in.
        score: Its score, higher is better; picks of one guide can be compared by it.
        scored: How many architectures or supernets were scored on the way.
        seconds: Wall-clock time of the search.
        seed: Seed of the search.
    """

    searcher: str
    guide: str
    architecture: Architecture
    score: float
    scored: int
    seconds: float
    seed: int


LabelFree: TypeAlias = Callable[[Request], Pick]
"""A search that sees scores alone, never a value of the table."""


def rank_in_table(architecture: Architecture, truth: TruthTable) -> TableRank | Undefined:
    """Look an architecture up, or say that the table does not have it."""
    if architecture.text not in truth.values:
        return Undefined(reason=f"not among the {truth.n} architectures of {truth.task}")
    oriented = truth.oriented(list(truth.values))
    (own,) = truth.oriented([architecture.text])
    return TableRank(
        value=truth.values[architecture.text],
        rank=int(np.count_nonzero(oriented > own)) + 1,
        of=truth.n,
    )

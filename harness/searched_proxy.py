"""What a searched proxy is: a family of proxies, and a way to choose one of them by a few labels.

A module has one constant ``PLUGIN``, or ``PLUGINS`` for several::

    import numpy as np

    from harness.passes.weights import WEIGHTS
    from harness.plugin import Direction, ZeroCostProxy
    from harness.searched_proxy import SearchedProxy, Unscored

    def search(labelled, budget):
        fits = {}
        for power in (1, 2)[: budget.evaluations]:
            scores = labelled.score({"power": power})  # one a labelled architecture, or Unscored
            if not isinstance(scores, Unscored):
                fits[power] = np.corrcoef(scores, labelled.labels)[0, 1]
        return {"power": max(fits, key=fits.get, default=1)}

    def norm_of_power(settings):
        power = settings["power"]

        def score(seen):
            return sum(float(w.detach().abs().pow(power).sum()) for w in seen[WEIGHTS].values())

        return ZeroCostProxy(
            name="norm", version="1", summary="...", direction=Direction.HIGHER,
            passes=(WEIGHTS,), score=score,
        )

    PLUGIN = SearchedProxy(
        name="norm-searched", version="1", summary="...", search=search, proxy=norm_of_power,
    )

It sees labels of the labelled draw, which are never evaluated on, and no other. The harness scores,
stores and counts; what it has stored is not scored again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.identity import Json
from harness.plugin import ZeroCostProxy
from harness.spaces.knowledge import Lacks, lacks_nothing

__all__ = ["Budget", "LabelledDraw", "Search", "SearchedProxy", "Unscored"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """A proxy failed on a labelled architecture, so it has no scores to compare."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledDraw:
    """The labelled architectures, as a search may use them.

    Attributes:
        labels: Shape ``(n,)``, finite, higher is better.
        score: Maps settings to scores of these architectures, shape ``(n,)``, finite, higher is
            better. Every call is one evaluation of the budget.
    """

    labels: FloatArray
    score: Callable[[Json], FloatArray | Unscored]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a search may spend.

    Attributes:
        evaluations: Calls of `LabelledDraw.score`; one more is a `ContractError`.
        seed: Seed of everything that the search draws.
    """

    evaluations: int
    seed: int


Search: TypeAlias = Callable[[LabelledDraw, Budget], Json]
"""Chooses settings."""


def _whole(settings: Json) -> Json:
    return settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedProxy:
    """A family of zero-cost proxies whose settings are searched.

    Attributes:
        name: Unique among plugins.
        version: Bumped whenever the settings that are found may change.
        summary: One sentence for lists.
        search: Chooses settings; they are JSON, so that they can be stored and carried elsewhere.
        proxy: The proxy of some settings; raises `UsageError` for those that do not fit.
        identity: The part of the settings that a proxy's stored components depend on; all of it,
            unless `proxy` puts the rest into its `aggregate`. Equal parts share their scores.
        spaces: Names of the spaces it supports; empty for all.
        lacks: Why it does not support a space, by what the space says of itself; an empty text if
            it does. See `harness.spaces.knowledge`.
        identity_by_version: Whether `version` alone says which code it is: stored scores of edited
            code are used until it is raised.
    """

    name: str
    version: str
    summary: str
    search: Search
    proxy: Callable[[Json], ZeroCostProxy]
    identity: Callable[[Json], Json] = _whole
    spaces: tuple[str, ...] = ()
    lacks: Lacks = lacks_nothing
    identity_by_version: bool = False

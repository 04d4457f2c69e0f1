"""Pruning: a supernet with all operations loses the least important one of every edge, and again.

Algorithm 1 of TG-NAS (Qiao, Xu, Huang 2024, arXiv 2404.00271), first search. The importance of an
operation is the score of the supernet less its score without the operation. In each round every
edge that has several loses the one of least importance, measured with all others in place, until
each has one. In DARTS the edges into a node are then thinned out the same way, one a round, until
two are left. A supernet is scored as a graph in which every operation that is left is a node
(`harness.spaces.decisions`); the released code scores one cell drawn from it instead,
and sorts by the name of the operation where the importance belongs, which this does not follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.architecture_search.scorer import Scorer
from harness.spaces.decisions import Decisions, Edge, Left, Thinning

__all__ = ["prune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """An operation to try without.

    Attributes:
        group: Of trials with equal groups one is carried out in a round.
    """

    group: Edge
    edge: Edge
    operation: str


def prune(decisions: Decisions, scorer: Scorer) -> Left:
    """Return what is left when every edge has one operation and every node its inputs."""
    left = decisions.everything()
    while trials := _spare_operations(left):
        left = _without_least_important(decisions, scorer, left, trials)
    while trials := _spare_edges(decisions.thinnings, left):
        left = _without_least_important(decisions, scorer, left, trials)
    return left


def _spare_operations(left: Left) -> list[_Trial]:
    return [
        _Trial(group=edge, edge=edge, operation=name)
        for edge, names in left.items()
        if len(names) > 1
        for name in names
    ]


def _spare_edges(thinnings: Sequence[Thinning], left: Left) -> list[_Trial]:
    trials = []
    for thinning in thinnings:
        present = [edge for edge in thinning.edges if edge in left]
        if len(present) > thinning.keep:
            trials += [
                _Trial(group=thinning.edges[0], edge=edge, operation=left[edge][0])
                for edge in present
            ]
    return trials


def _without_least_important(
    decisions: Decisions, scorer: Scorer, left: Left, trials: Sequence[_Trial]
) -> Left:
    whole = scorer([decisions.graph(left)])[0]
    importance = whole - scorer([decisions.graph(_without(left, trial)) for trial in trials])
    chosen: dict[Edge, _Trial] = {}
    for number in np.argsort(importance, kind="stable"):
        chosen.setdefault(trials[int(number)].group, trials[int(number)])
    for trial in chosen.values():
        left = _without(left, trial)
    return left


def _without(left: Left, trial: _Trial) -> Left:
    names = tuple(name for name in left[trial.edge] if name != trial.operation)
    rest = {edge: others for edge, others in left.items() if edge != trial.edge}
    return {**rest, trial.edge: names} if names else rest

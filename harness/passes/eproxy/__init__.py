"""Ten steps of training towards synthetic features, through a frozen barrier layer (Eproxy)."""

from harness.passes.eproxy.loss import TrainingLoss, training_loss
from harness.passes.eproxy.settings import Branch, Feature, Start, Training
from harness.passes.eproxy.size import RELATIVE_SIZE

__all__ = [
    "RELATIVE_SIZE",
    "Branch",
    "Feature",
    "Start",
    "Training",
    "TrainingLoss",
    "training_loss",
]

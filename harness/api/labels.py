"""Labels that a ranking learns from: a file, or accuracies by architecture."""

from __future__ import annotations

from pathlib import Path

from harness.api.choice import refuse_options
from harness.api.given import numbers_by_name
from harness.api.zoo import Accuracies
from harness.candidates import FEWEST_LABELS
from harness.core.direction import Direction
from harness.core.errors import UsageError, unknown_name
from harness.execution.task_truth import load_truth, warn_of_datasets
from harness.suite import Suite
from harness.truth import TruthTable
from harness.truth.columns import given_labels, read_labels

__all__ = ["labels_of"]


def labels_of(given: Accuracies, suite: Suite, direction: str | None) -> TruthTable:
    """Read labels of a space, at least ten that differ."""
    if isinstance(given, str | Path) and Path(given).suffix == ".toml":
        refuse_options(f"labels of {given}, which states it", direction=direction)
        truth = load_truth(str(given), suite.space, "--labels")
    else:
        if direction not in (None, *Direction):
            raise unknown_name("direction", str(direction), list(Direction), "--direction")
        better = Direction(direction or Direction.HIGHER)
        if isinstance(given, str | Path):
            truth = read_labels(Path(given), suite.space, suite.dataset, better)
        else:
            items = numbers_by_name("the labels", given)
            truth = given_labels(items, suite.space, suite.dataset, better)
    warn_of_datasets([truth], suite.dataset)
    if truth.n >= FEWEST_LABELS and len(set(truth.values.values())) == 1:
        raise UsageError(
            f"{given if isinstance(given, str | Path) else 'the mapping'} has the same value for "
            f"all {truth.n} architectures, which tells no method from another; rank without "
            "--labels"
        )
    return truth

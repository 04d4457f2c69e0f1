"""How well scores of operations agree with what the operations are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

import numpy as np

from harness.metrics import Sample, find_metric, measure
from harness.metrics.values import Defined, Undefined, Value
from harness.operation_scoring.order import OrientedScores
from harness.operation_scoring.truth import OperationTruth
from harness.spaces.supernets import Operation, Selection

__all__ = ["Against", "agreement"]

_FEWEST = 3
"""Options of a choice: two can only agree or not."""


class Against(StrEnum):
    """What scores are held against, of the architectures that hold an operation.

    The published best accuracies are those of the best single runs.
    """

    BEST = "best"
    BEST_RUN = "best run"
    MEAN = "mean"


def agreement(
    truth: OperationTruth, oriented: OrientedScores, fixed: Selection, against: Against
) -> Value:
    """Return the mean over the choices of operations of their Spearman correlations.

    Choices of inputs do not count, nor those of which the table knows fewer than three options.
    Where one that counts has the same score for all options, the mean is undefined.

    Args:
        truth: The table.
        oriented: Scores of the operations of one or more choices, higher is better.
        fixed: What the architectures of the truth have in common; nothing for all of them.
        against: Their best, their best single run or their mean.
    """
    correlations: list[float] = []
    for choice, own in oriented.items():
        pairs = _pairs(truth, choice, own, fixed, against)
        if truth.supernet.choice(choice).inputs or len(pairs.worth) < _FEWEST:
            continue
        sample = Sample(scores=np.array(pairs.scores), truth=np.array(pairs.worth))
        match measure(find_metric("spearman"), sample):
            case Defined(value=value):
                correlations.append(value)
            case Undefined(reason=reason):
                return Undefined(reason=f"{choice}: {reason}")
    if not correlations:
        return Undefined(reason="the table knows too few operations of every choice")
    return Defined(value=fmean(correlations))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Scores of the options of a choice, and what they are worth where the table knows it."""

    scores: list[float]
    worth: list[float]


def _pairs(
    truth: OperationTruth,
    choice: str,
    own: Mapping[str, float],
    fixed: Selection,
    against: Against,
) -> _Pairs:
    look_up = {
        Against.BEST: truth.best,
        Against.BEST_RUN: truth.best_run,
        Against.MEAN: truth.mean,
    }[against]
    scores, worth = [], []
    for option, score in own.items():
        value = look_up(Operation(choice=choice, option=option), fixed)
        if isinstance(value, Defined):
            scores.append(score)
            worth.append(value.value)
    return _Pairs(scores=scores, worth=worth)

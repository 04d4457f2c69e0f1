"""What a score is made of: how much of its ranking size, depth, width and operators explain.

The rank of a score is predicted from the ranks of a part, e.g. the number of parameters, by a ridge
regression that has not seen the architecture (five folds). R2 is one less the squared error over
that of the mean: 1 where sums of ranks of the part determine the ranking, 0 and below where it says
nothing. No ground truth is involved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.core.aggregation import average_ranks
from harness.core.architecture import Architecture
from harness.core.errors import HarnessError
from harness.core.identity import derived_seed
from harness.encodings import encoding, subjects_of
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.task_scores import TaskScores
from harness.metrics.values import BoolArray, Defined, FloatArray, IntArray, Undefined, Value
from harness.spaces.registry import names_space, space

__all__ = ["FEWEST", "PARTS", "explain_scores"]

PARTS = ("params", "depth", "width", "operators", "together")
"""What explains a score, each alone and all together."""

FEWEST = 20
"""Fewest architectures of which R2 says anything."""

_MOST, _FOLDS, _PENALTY = 2000, 5, 1.0
_KINDS = ("layers_convolution", "layers_attention", "layers_feed_forward", "layers")
"""Proxies that count operators, of spaces whose graphs would have to be traced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Columns of shape ``(rows, c)`` by part, or why there are none, and the folds of the rows."""

    columns: Mapping[str, FloatArray | Undefined]
    folds: IntArray


def explain_scores(task: TaskScores) -> Mapping[str, Mapping[str, Value]]:
    """Return R2 of every method of a task by part.

    Of more than 2,000 architectures it is from 2,000, drawn by the digest of the population.
    """
    rows = _drawn(task)
    parts = _parts_of(task, rows)
    return {method.name: _explain(method, rows, parts) for method in task.methods}


def _drawn(task: TaskScores) -> IntArray:
    generator = _generator(task)
    n = len(task.architectures)
    return np.sort(generator.permutation(n)[:_MOST])


def _generator(task: TaskScores) -> np.random.Generator:
    return np.random.default_rng(derived_seed(0, "explained", task.population.digest))


def _parts_of(task: TaskScores, rows: IntArray) -> _Parts:
    columns: dict[str, FloatArray | Undefined] = {}
    for name in PARTS[:3]:
        control = task.controls[name]
        columns[name] = control if isinstance(control, Undefined) else control[rows, None]
    columns["operators"] = _operators(task, rows)
    known = [column for column in columns.values() if not isinstance(column, Undefined)]
    none = Undefined(reason="neither size, depth, width nor operators are known")
    columns["together"] = np.concatenate(known, axis=1) if known else none
    folds = np.arange(len(rows)) % _FOLDS
    return _Parts(columns=columns, folds=_generator(task).permutation(folds))


def _operators(task: TaskScores, rows: IntArray) -> FloatArray | Undefined:
    name = task.table.space
    if names_space(name) and not getattr(space(name), "is_traced", False):
        try:
            return _counted(name, tuple(task.architectures[row] for row in rows))
        except HarnessError as error:
            return Undefined(reason=f"the space {name} gives no graph: {error}")
    methods = task.by_name
    counts = [methods[kind] for kind in _KINDS if kind in methods and methods[kind].scored.all()]
    if not counts:
        return Undefined(reason="the space states no graph, and no plugin counts its operators")
    return np.stack([method.values[rows] for method in counts], axis=1)


@lru_cache(maxsize=4)
def _counted(name: str, texts: tuple[str, ...]) -> FloatArray:
    """Count operators; kept, since the tasks of a suite mostly share their architectures."""
    subjects = subjects_of(name, [Architecture(space=name, text=text) for text in texts])
    return encoding("counts").encode(subjects).values


def _explain(method: MethodScores, rows: IntArray, parts: _Parts) -> dict[str, Value]:
    values = method.values[rows]
    scored = np.isfinite(values)
    reason = ""
    if scored.sum() < FEWEST:
        reason = f"{scored.sum()} architectures are fewer than the {FEWEST} that it takes"
    elif np.ptp(values[scored]) == 0:
        reason = "constant scores"
    if reason:
        return dict.fromkeys(PARTS, Undefined(reason=reason))
    target = average_ranks(values[scored])
    return {
        name: column
        if isinstance(column, Undefined)
        else Defined(value=_r2(_ranked(column[scored]), target, parts.folds[scored]))
        for name, column in parts.columns.items()
    }


def _ranked(columns: FloatArray) -> FloatArray:
    return np.stack([average_ranks(column) for column in columns.T], axis=1)


def _r2(columns: FloatArray, target: FloatArray, folds: IntArray) -> float:
    """Return R2 of architectures that the regression has not seen."""
    error = spread = 0.0
    for fold in range(_FOLDS):
        held = folds == fold
        if held.any():
            predicted, mean = _predict(columns, target, held)
            error += float(((target[held] - predicted) ** 2).sum())
            spread += float(((target[held] - mean) ** 2).sum())
    return 1 - error / spread


def _predict(columns: FloatArray, target: FloatArray, held: BoolArray) -> tuple[FloatArray, float]:
    """Fit a ridge regression on standardised columns; return predictions and the mean learnt."""
    learnt = columns[~held]
    centre, scale = learnt.mean(axis=0), learnt.std(axis=0)
    scale[scale == 0] = 1.0
    design = (learnt - centre) / scale
    mean = float(target[~held].mean())
    gram = design.T @ design + _PENALTY * np.eye(design.shape[1])
    weights = np.linalg.solve(gram, design.T @ (target[~held] - mean))
    return mean + ((columns[held] - centre) / scale) @ weights, mean

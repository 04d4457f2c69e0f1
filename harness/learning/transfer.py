"""Transfer: learnt on one task, with no or few labels of another, evaluated on that other.

Architectures of both tasks are encoded together (`harness.encodings.kinds`). Each side is then
brought to mean 0 and deviation 1 by column, which takes no label, and labels of each side become
normal scores among themselves: units, depths and value ranges of different spaces do not meet.
The predictor learns from the source's draw and the target's labels in one; each target label
stands five times. With no target label it has never seen the target's values.

Where both tasks are of one space, an architecture can be labelled on the source and evaluated on
the target: that is the question, since labels of another data set may be there already.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness.catalog import LoadedPredictor
from harness.core.errors import UsageError
from harness.learning.fits import stored_fits
from harness.learning.fitting import Progress
from harness.learning.machine import fitting_environment
from harness.learning.pool import Pool
from harness.learning.transfer_pair import Pair, Plan, pair_of
from harness.metrics import Estimate, Value, estimate_mean, find_metric
from harness.records.environment import Environment
from harness.records.fit import FitFailed

__all__ = ["Cell", "transfer"]

_ACROSS = ("counts", "graf", "zc", "traced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One pair of tasks with one number of target labels.

    Attributes:
        labels: Target labels; of a task with itself, the draw of the source alone is learnt from.
        evaluated: Architectures of the target that were ranked.
        mean: Over repeats.
        failed: Repeats whose fit failed.
    """

    source: str
    target: str
    labels: int
    evaluated: int
    mean: Estimate
    failed: int = 0


def transfer(
    pairs: Sequence[tuple[Pool, Pool]],
    loaded: LoadedPredictor,
    plan: Plan,
    results: Path,
    progress: Progress,
) -> tuple[Cell, ...]:
    """Learn on the first of each pair of tasks, and rank the second.

    Args:
        pairs: Sources and targets; a task with itself is the same object twice.
        loaded: The predictor.
        plan: Numbers of labels, draws and seed.
        results: Results folder.
        progress: Called with the number of pairs done and to do.

    Raises:
        UsageError: The predictor's encoding means nothing across spaces, or a task has too few
            architectures.
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    _require_common_encoding(pairs, loaded)
    environment = fitting_environment()
    cells: list[Cell] = []
    for done, (source, target) in enumerate(pairs):
        progress(done, len(pairs))
        pair = pair_of(source, target, loaded, plan)
        for labels, (values, failed) in _values(pair, plan, results, environment).items():
            cells.append(
                Cell(
                    source=source.truth.task,
                    target=target.truth.task,
                    labels=labels,
                    evaluated=len(pair.target_draws[0].evaluation),
                    mean=estimate_mean(values, target.range_of(find_metric(plan.metric))),
                    failed=failed,
                )
            )
    return tuple(cells)


def _values(
    pair: Pair, plan: Plan, results: Path, environment: Environment
) -> dict[int, tuple[list[Value], int]]:
    """Return by number of target labels the metric, one a repeat, and how many fits failed."""
    task = f"transfer/{pair.source.truth.task}--{pair.target.truth.task}"
    measured: dict[int, tuple[list[Value], int]] = {}
    with stored_fits(results, task, environment) as stored:
        for labels, repeat in itertools.product(plan.target_labels, range(plan.repeats)):
            key = pair.key(labels, repeat)
            record = stored.record(key, partial(pair.fit, labels, repeat, environment.key))
            values, failed = measured.get(labels, ([], 0))
            values.append(pair.measured(record, repeat))
            measured[labels] = values, failed + isinstance(record.result, FitFailed)
    return measured


def _require_common_encoding(pairs: Sequence[tuple[Pool, Pool]], loaded: LoadedPredictor) -> None:
    spaces = sorted({pool.truth.space for pair in pairs for pool in pair})
    name = loaded.plugin.encoding.name
    if len(spaces) > 1 and not set(name.split("+")) <= set(_ACROSS):
        raise UsageError(
            f"predictor {loaded.name} reads {name}, which means nothing across the spaces "
            f"{', '.join(spaces)}; choose one that reads {', '.join(_ACROSS)} alone"
        )

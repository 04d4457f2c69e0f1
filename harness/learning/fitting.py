"""Fits predictors on labelled draws and stores what they predict."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from harness.catalog import LoadedPredictor
from harness.core.errors import UnsupportedError, UsageError
from harness.learning.draws import Draw, draws
from harness.learning.fits import stored_fits
from harness.learning.machine import fitting_environment
from harness.learning.one_fit import Fitting
from harness.learning.pool import Pool
from harness.predictor import Inputs, inputs_of
from harness.records.environment import Environment
from harness.records.fit import FitRecord
from harness.spaces.knowledge import why_unsupported
from harness.spaces.registry import space

__all__ = ["Experiment", "Fitted", "Progress", "fit_all", "fit_draws"]

Progress = Callable[[int, int], None]
"""Is told how many fits are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What to fit.

    Attributes:
        sizes: Numbers of labels, ascending.
        repeats: Labelled draws of each size.
        evaluate_on: Size of a fixed evaluation population; None for everything that is not in
            the largest draw.
        seed: Seed of draws and predictors.

    Raises:
        UsageError: There is no size or no repeat, or a size below two labels.
    """

    sizes: tuple[int, ...]
    repeats: int = 10
    evaluate_on: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.sizes or min(self.sizes) < 2 or self.repeats < 1:
            raise UsageError(
                f"sizes {list(self.sizes)} and {self.repeats} repeats make no curve; give sizes "
                "of two labels or more and at least one repeat"
            )
        object.__setattr__(self, "sizes", tuple(sorted(set(self.sizes))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """All fits of an experiment on one task.

    Attributes:
        draws: One a repeat.
        records: By name of the predictor, then number of labels; one a repeat.
        reused: How many of them were stored already.
        in_unit: Names of the predictors that predict in the unit of the labels.
        skipped: Predictors that say nothing of this task, and why.
    """

    pool: Pool
    experiment: Experiment
    draws: tuple[Draw, ...]
    records: Mapping[str, Mapping[int, tuple[FitRecord, ...]]]
    reused: int
    in_unit: frozenset[str]
    skipped: Mapping[str, str] = field(default_factory=dict)


def fit_all(
    pool: Pool,
    predictors: Sequence[LoadedPredictor],
    experiment: Experiment,
    results: Path,
    progress: Progress,
) -> Fitted:
    """Fit every predictor on every draw, unless the results folder has it already.

    Raises:
        UsageError: No predictor supports the space, its graphs and the scores that the task has,
            or too few architectures are left to evaluate on.
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    sizes = experiment.sizes
    drawn = draws(
        pool.texts, max(sizes), experiment.repeats, experiment.seed, experiment.evaluate_on
    )
    environment = fitting_environment()
    skipped: dict[str, str] = {}
    fittings = _fittings(pool, predictors, environment.key, experiment.seed, skipped)
    planned = [(fitting, draw, size) for fitting in fittings for size in sizes for draw in drawn]
    done, reused = _fit_missing(pool, planned, environment, results, progress)
    records: dict[str, dict[int, tuple[FitRecord, ...]]] = {
        fitting.loaded.name: {} for fitting in fittings
    }
    starts = range(0, len(done), len(drawn))
    for (fitting, size), start in zip(itertools.product(fittings, sizes), starts, strict=True):
        records[fitting.loaded.name][size] = tuple(done[start : start + len(drawn)])
    return Fitted(
        pool=pool,
        experiment=experiment,
        draws=drawn,
        records=records,
        reused=reused,
        in_unit=frozenset(fit.loaded.name for fit in fittings if fit.loaded.plugin.in_unit),
        skipped=skipped,
    )


def fit_draws(
    pool: Pool,
    predictors: Sequence[LoadedPredictor],
    drawn: Sequence[Draw],
    results: Path,
    progress: Progress,
) -> dict[str, tuple[FitRecord, ...]]:
    """Fit every predictor on the whole of every draw, e.g. of the folds of a cross-validation.

    Args:
        pool: What is learnt from and predicted.
        predictors: What learns.
        drawn: At least one; their numbers are the seeds of the predictors.
        results: Results folder that keeps the fits.
        progress: Is told of every fit.

    Returns:
        One record a draw, by name of the predictor.

    Raises:
        UsageError: A predictor does not support the space or needs zero-cost scores.
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    environment = fitting_environment()
    fittings = _fittings(pool, predictors, environment.key, 0)
    planned = [(fitting, draw, len(draw.order)) for fitting in fittings for draw in drawn]
    done, _ = _fit_missing(pool, planned, environment, results, progress)
    starts = range(0, len(done), len(drawn))
    return {
        fitting.loaded.name: tuple(done[start : start + len(drawn)])
        for fitting, start in zip(fittings, starts, strict=True)
    }


def _fit_missing(
    pool: Pool,
    planned: Sequence[tuple[Fitting, Draw, int]],
    environment: Environment,
    results: Path,
    progress: Progress,
) -> tuple[list[FitRecord], int]:
    """Return the record of every planned fit, and how many of them were stored already."""
    done: list[FitRecord] = []
    with stored_fits(results, pool.truth.task, environment) as stored:
        for fitting, draw, size in planned:
            key = fitting.key(draw, size)
            done.append(stored.record(key, partial(fitting.fit, draw, size)))
            progress(len(done), len(planned))
        return done, stored.reused


def _fittings(
    pool: Pool,
    predictors: Sequence[LoadedPredictor],
    environment: str,
    seed: int,
    skipped: dict[str, str] | None = None,
) -> list[Fitting]:
    """Encode the architectures for every predictor; those that cannot be are added to `skipped`."""
    encoded: dict[str, Inputs] = {}
    fittings = []
    for loaded in predictors:
        try:
            inputs = _encoded(pool, loaded, encoded)
        except (UnsupportedError, UsageError) as error:
            if skipped is None:
                raise
            skipped[loaded.name] = str(error)
            continue
        fittings.append(
            Fitting(pool=pool, loaded=loaded, inputs=inputs, environment=environment, seed=seed)
        )
    if not fittings and skipped is not None:
        raise UsageError(next(iter(skipped.values()), "there is no predictor to fit; name one"))
    return fittings


def _encoded(pool: Pool, loaded: LoadedPredictor, encoded: dict[str, Inputs]) -> Inputs:
    predictor = loaded.plugin
    if reason := why_unsupported(predictor, space(pool.truth.space)):
        raise UsageError(f"predictor {reason}, of task {pool.truth.task}; leave it out")
    name = predictor.encoding.name
    if name not in encoded:
        encoded[name] = inputs_of(pool.subjects, predictor.encoding)
    return encoded[name]

"""Fits predictors on labelled draws and stores what they predict."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.catalog import LoadedPredictor
from harness.core.errors import UnsupportedError, UsageError
from harness.learning.draws import Draw, draws
from harness.learning.machine import fitting_environment
from harness.learning.one_fit import Fitting
from harness.learning.pool import Pool
from harness.predictor import Inputs, inputs_of
from harness.records.fit import FITS, FitRecord, fits_path
from harness.records.store import Store
from harness.spaces.knowledge import why_unsupported
from harness.spaces.registry import space

__all__ = ["Experiment", "Fitted", "Progress", "fit_all"]

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
        skipped: Predictors that say nothing of this task, and why.
    """

    pool: Pool
    experiment: Experiment
    draws: tuple[Draw, ...]
    records: Mapping[str, Mapping[int, tuple[FitRecord, ...]]]
    reused: int
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
    store = Store(results)
    log = store.log(fits_path(pool.truth.task), FITS)
    stored = {record.key: record for record in log.read()}
    records: dict[str, dict[int, tuple[FitRecord, ...]]] = {
        fitting.loaded.name: {} for fitting in fittings
    }
    done = reused = 0
    with store.writing(log, environment) as opened:
        for fitting, size in itertools.product(fittings, sizes):
            row = []
            for draw in drawn:
                known = stored.get(fitting.key(draw, size))
                if known is None:
                    row.append(fitting.fit(draw, size))
                    opened.append(row[-1])
                else:
                    row.append(known)
                    reused += 1
                done += 1
                progress(done, len(fittings) * len(sizes) * len(drawn))
            records[fitting.loaded.name][size] = tuple(row)
    return Fitted(
        pool=pool,
        experiment=experiment,
        draws=drawn,
        records=records,
        reused=reused,
        skipped=skipped,
    )


def _fittings(
    pool: Pool,
    predictors: Sequence[LoadedPredictor],
    environment: str,
    seed: int,
    skipped: dict[str, str],
) -> list[Fitting]:
    """Encode the architectures for every predictor; those that cannot be are added to `skipped`."""
    encoded: dict[str, Inputs] = {}
    fittings = []
    for loaded in predictors:
        try:
            inputs = _encoded(pool, loaded, encoded)
        except (UnsupportedError, UsageError) as error:
            skipped[loaded.name] = str(error)
            continue
        fittings.append(
            Fitting(pool=pool, loaded=loaded, inputs=inputs, environment=environment, seed=seed)
        )
    if not fittings:
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

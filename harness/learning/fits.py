"""Fits of one predictor, here or in a process of its own for one from outside; and stored ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.catalog import LoadedPredictor, Origin, require_kind
from harness.core.errors import HarnessError, InfrastructureError, sentence_of
from harness.execution.own_process import OwnProcess, load_plugin
from harness.isolation import isolated_generators, process_guard
from harness.predictor import Inputs, Labelled, Predictions, Predictor, predictions
from harness.records.environment import Environment
from harness.records.fit import FITS, FitFailed, FitRecord, Predicted, fits_path
from harness.records.store import Store

__all__ = ["Fit", "Fits", "StoredFits", "stored_fits"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What one fit gave.

    Attributes:
        predicted: Predictions, shape ``(n,)``.
        fit_s: Seconds of fitting.
        predict_s: Seconds of predicting all of them.
    """

    predicted: Predictions
    fit_s: float
    predict_s: float


class Fits:
    """Fits one predictor as often as asked."""

    def __init__(self, loaded: LoadedPredictor) -> None:
        self._loaded = loaded
        self._process = OwnProcess(loaded.outside) if loaded.outside else None

    def fit(self, labelled: Labelled, unseen: Inputs, seed: int) -> Fit:
        """Fit on one thread, predict, and time both.

        Raises:
            Exception: Whatever the predictor raises; from a process of its own as `HarnessError`.
        """
        if self._process is None:
            return _fit(self._loaded.plugin, labelled, unseen, seed)
        origin, name = self._loaded.origin, self._loaded.name
        return self._process.call(_fit_there, origin, name, labelled, unseen, seed)

    def result(self, labelled: Labelled, unseen: Inputs, seed: int) -> Predicted | FitFailed:
        """Do as `fit` does, and take what a predictor raises as a failure.

        Raises:
            InfrastructureError: A package is missing; the next machine may have it, so this is no
                property of the fit.
        """
        try:
            fit = self.fit(labelled, unseen, seed)
        except InfrastructureError:
            raise
        except HarnessError as error:
            return FitFailed(reason=str(error))
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            return FitFailed(reason=sentence_of(error))
        return Predicted.of(
            fit.predicted.values, fit.fit_s, fit.predict_s, fit.predicted.deviations
        )


class StoredFits:
    """The fits of one log, open for more.

    Attributes:
        reused: How often a stored fit was asked for.
    """

    def __init__(self, stored: dict[str, FitRecord], append: Callable[[FitRecord], None]) -> None:
        self._stored = stored
        self._append = append
        self.reused = 0

    def record(self, key: str, fit: Callable[[], FitRecord]) -> FitRecord:
        """Return the stored fit of a key; fit and store it where there is none."""
        if key in self._stored:
            self.reused += 1
        else:
            self._stored[key] = fit()
            self._append(self._stored[key])
        return self._stored[key]


@contextmanager
def stored_fits(results: Path, task: str, environment: Environment) -> Iterator[StoredFits]:
    """Open the log of a task's fits; nobody else can write to it meanwhile.

    Raises:
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    store = Store(results)
    log = store.log(fits_path(task), FITS)
    stored = {record.key: record for record in log.read()}  # which tells of a line cut off
    with store.writing(log, environment) as opened:
        stored |= {record.key: record for record in log.read()}  # of another run, since then
        yield StoredFits(stored, opened.append)


def _fit_there(origin: Origin, name: str, labelled: Labelled, unseen: Inputs, seed: int) -> Fit:
    loaded = require_kind(LoadedPredictor, load_plugin(origin, name), name)
    return _fit(loaded.plugin, labelled, unseen, seed)


def _fit(predictor: Predictor, labelled: Labelled, unseen: Inputs, seed: int) -> Fit:
    import torch
    from threadpoolctl import threadpool_limits

    with (
        threadpool_limits(limits=1),
        process_guard().watching(predictor.name),
        isolated_generators(seed, torch.device("cpu")),
    ):
        started = time.perf_counter()
        predict = predictor.fit(labelled, seed)
        fitted = time.perf_counter()
        predicted = predictions(predictor.name, predict, unseen)
        ended = time.perf_counter()
    return Fit(predicted=predicted, fit_s=fitted - started, predict_s=ended - fitted)

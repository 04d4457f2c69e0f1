"""The contract of predictors, checked on real cells whose labels are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.catalog import LoadedPredictor
from harness.checks.finding import (
    Finding,
    findings,
    loaded_again,
    undescribed,
    unsupported,
)
from harness.checks.state import describe_disturbance
from harness.encodings import FloatArray, ScoreTable, subjects_of
from harness.predictor import Inputs, Labelled, Predict, Predictions, inputs_of, predictions
from harness.spaces.registry import space

__all__ = ["check_predictor"]

_LABELS, _UNSEEN, _FEW = 60, 30, 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trial:
    """Cells of one space, encoded, with labels: the number of edges, and noise."""

    loaded: LoadedPredictor
    inputs: Inputs
    labels: FloatArray

    @property
    def unseen(self) -> Inputs:
        return self.inputs.rows(np.arange(_LABELS, _LABELS + _UNSEEN))

    def labelled(self, count: int, labels: FloatArray | None = None) -> Labelled:
        drawn, unseen = np.arange(count), np.arange(_LABELS, _LABELS + _UNSEEN)
        others = unseen if self.loaded.plugin.semi_supervised else unseen[:0]
        return Labelled(
            inputs=self.inputs.rows(drawn),
            labels=self.labels[:count].copy() if labels is None else labels,
            unlabelled=self.inputs.rows(others),
        )

    def fitted(
        self, count: int, labels: FloatArray | None = None, seed: int = 1
    ) -> Predict | Callable[[Inputs], Predictions]:
        return self.loaded.plugin.fit(self.labelled(count, labels), seed)

    def predicted(
        self, predict: Predict | Callable[[Inputs], Predictions], inputs: Inputs
    ) -> FloatArray:
        return predictions(self.loaded.name, predict, inputs).values


def check_predictor(loaded: LoadedPredictor, space_name: str) -> tuple[Finding, ...]:
    """Check every rule of the contract for one predictor on one space.

    Raises:
        UsageError: There is no such space.
    """
    on, generator = space(space_name), np.random.default_rng(0)
    if elsewhere := unsupported(loaded.plugin, on):
        return elsewhere
    cells = [on.sample(generator) for _ in range(_LABELS + _UNSEEN)]
    edges = np.array([len(on.graph(cell).edges) for cell in cells], dtype=np.float64)
    labels = edges + generator.normal(size=edges.size)
    huge = 10.0 ** np.minimum(10 * edges, 200)  # as synflow has it, beyond single precision
    scores = np.stack([labels + generator.normal(size=edges.size), huge], axis=1)
    scores[::7, 0] = np.nan
    table = ScoreTable(proxies=("nwot", "synflow"), values=scores)
    inputs = inputs_of(subjects_of(on.name, cells, table), loaded.plugin.encoding)
    return findings(_RULES, _Trial(loaded=loaded, inputs=inputs, labels=labels))


def _describes_itself(trial: _Trial) -> str:
    return undescribed(trial.loaded.plugin)


def _predicts(trial: _Trial) -> str:
    trial.predicted(trial.fitted(_LABELS), trial.unseen)
    return ""


def _predicts_from_few(trial: _Trial) -> str:
    trial.predicted(trial.fitted(_FEW), trial.unseen)
    return ""


def _survives_equal_labels(trial: _Trial) -> str:
    trial.predicted(trial.fitted(_FEW, np.ones(_FEW)), trial.unseen)
    return ""


def _repeats_itself(trial: _Trial) -> str:
    first, second = (trial.predicted(trial.fitted(_FEW), trial.unseen) for _ in range(2))
    return "" if np.array_equal(first, second) else "fitted twice with one seed it differs"


def _draws_as_declared(trial: _Trial) -> str:
    if trial.loaded.plugin.stochastic:
        return ""
    first, second = (
        trial.predicted(trial.fitted(_FEW, seed=seed), trial.unseen) for seed in (1, 2)
    )
    same = np.array_equal(first, second)
    return "" if same else "its predictions depend on the seed; declare stochastic=True"


def _predicts_one_by_one(trial: _Trial) -> str:
    predict, some = trial.fitted(_FEW), np.arange(0, _UNSEEN, 5)
    together = trial.predicted(predict, trial.unseen)[some]
    alone = trial.predicted(predict, trial.unseen.rows(some))
    same = np.allclose(together, alone, atol=1e-5)
    return "" if same else "a prediction depends on what else is predicted"


def _keeps_the_unit(trial: _Trial) -> str:
    if not trial.loaded.plugin.in_unit:
        return ""
    mean = trial.predicted(trial.fitted(_LABELS), trial.unseen).mean()
    low, high = trial.labels.min(), trial.labels.max()
    if low <= mean <= high:
        return ""
    return f"labels go from {low:.2f} to {high:.2f}, predictions average {mean:.2f}"


def _leaves_what_it_sees(trial: _Trial) -> str:
    labelled = trial.labelled(_FEW)
    before = _content(labelled)
    trial.loaded.plugin.fit(labelled, 1)(labelled.inputs)
    differs = [name for name, content in _content(labelled).items() if content != before[name]]
    return f"it changes the {differs[0]} that it was given" if differs else ""


def _content(labelled: Labelled) -> dict[str, bytes]:
    return {
        "labels": labelled.labels.tobytes(),
        "features": labelled.inputs.features.values.tobytes(),
    }


def _leaves_global_state(trial: _Trial) -> str:
    return describe_disturbance(lambda: trial.fitted(_FEW)(trial.unseen))


def _loads_anew(trial: _Trial) -> str:
    again = loaded_again(trial.loaded)
    if not isinstance(again, LoadedPredictor) or again.key != trial.loaded.key:
        return "loaded a second time it has another identity"
    other = _Trial(loaded=again, inputs=trial.inputs, labels=trial.labels)
    first, second = (used.predicted(used.fitted(_FEW), used.unseen) for used in (trial, other))
    return "" if np.array_equal(first, second) else "loaded a second time it predicts otherwise"


_RULES: dict[str, Callable[[_Trial], str]] = {
    "describes itself": _describes_itself,
    "predicts architectures that it never saw": _predicts,
    "learns from eight labels": _predicts_from_few,
    "survives equal labels": _survives_equal_labels,
    "predicts the same way twice": _repeats_itself,
    "draws only as it declares": _draws_as_declared,
    "predicts each architecture by itself": _predicts_one_by_one,
    "keeps the unit that it declares": _keeps_the_unit,
    "leaves what it was given alone": _leaves_what_it_sees,
    "leaves global state alone": _leaves_global_state,
    "loads a second time alike": _loads_anew,
}

"""What a predictor is: it learns from labelled architectures and predicts others.

A predictor module has one constant ``PLUGIN``, or ``PLUGINS`` for variants of one model::

    import numpy as np

    from harness.encodings import encoding
    from harness.predictor import Predictor

    def fit(labelled, seed):
        design = np.c_[np.ones(labelled.inputs.n), labelled.inputs.features.values]
        weights = np.linalg.lstsq(design, labelled.labels, rcond=None)[0]
        return lambda inputs: weights[0] + inputs.features.values @ weights[1:]

    PLUGIN = Predictor(
        name="line-through-counts", version="1", summary="...", encoding=encoding("counts"),
        fit=fit, in_unit=True,
    )

It sees architectures, their graphs and features, and the labels of the labelled draw. It never
sees another label, so anything that it chooses it chooses inside that draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.deferred import Deferred
from harness.core.errors import ContractError
from harness.core.numbers import real_numbers
from harness.encodings import Encoding, Features, FloatArray, Padded, Subjects, encoding, pad
from harness.spaces.knowledge import Lacks, lacks_nothing

__all__ = [
    "Fit",
    "Inputs",
    "Labelled",
    "Predict",
    "Predictions",
    "Predictor",
    "UncertainFit",
    "inputs_of",
    "predictions",
    "variants",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """n architectures as a predictor sees them.

    Attributes:
        subjects: Architectures, graphs and cells.
        padded: The graphs as arrays, computed if the predictor asks for `graphs`.
        features: Numbers of the predictor's encoding, shape ``(n, d)``.
    """

    subjects: Subjects
    padded: Deferred[Padded]
    features: Features

    @property
    def n(self) -> int:
        """Number of architectures."""
        return self.subjects.n

    @property
    def graphs(self) -> Padded:
        """The graphs as arrays; labels have the same numbers in all inputs of one task."""
        return self.padded.value

    def rows(self, indices: NDArray[np.int64]) -> Inputs:
        """Keep some architectures, in the given order."""
        return Inputs(
            subjects=self.subjects.rows(indices),
            padded=self.padded.then(lambda graphs: graphs.rows(indices)),
            features=self.features.rows(indices),
        )


def inputs_of(subjects: Subjects, encoding: Encoding) -> Inputs:
    """Encode architectures; labelled ones and those to be predicted together.

    Raises:
        UsageError: The encoding needs zero-cost scores, and there are none.
    """
    return Inputs(
        subjects=subjects,
        padded=Deferred(lambda: pad(subjects.graphs)),
        features=encoding.encode(subjects),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """A labelled draw.

    Attributes:
        inputs: The n drawn architectures.
        labels: Their values, shape ``(n,)``, finite, higher is better.
        unlabelled: All other architectures of the task, those of the evaluation among them, for a
            predictor that declares `Predictor.semi_supervised`; none for the others.
    """

    inputs: Inputs
    labels: FloatArray
    unlabelled: Inputs

    def rows(self, indices: NDArray[np.int64]) -> Labelled:
        """Keep some labelled architectures, e.g. one side of a split for validation."""
        return Labelled(
            inputs=self.inputs.rows(indices),
            labels=self.labels[indices],
            unlabelled=self.unlabelled,
        )


Predict: TypeAlias = Callable[[Inputs], FloatArray]
"""Maps inputs of n architectures to predictions of shape ``(n,)``, finite, higher is better."""

Fit: TypeAlias = Callable[[Labelled, int], Predict]
"""Learns from a labelled draw; the number is the seed of everything that is drawn at random."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """Predictions of n architectures, and how sure the predictor is of each.

    Attributes:
        values: Shape ``(n,)``, finite, higher is better: means of normal distributions, where
            there are deviations.
        deviations: Standard deviations of these, shape ``(n,)``, in the unit of the values, 0 or
            more; None of a predictor that does not say.
    """

    values: FloatArray
    deviations: FloatArray | None = None

    def rows(self, indices: NDArray[np.int64]) -> Predictions:
        """Keep some, in the given order."""
        deviations = None if self.deviations is None else self.deviations[indices]
        return Predictions(values=self.values[indices], deviations=deviations)


UncertainFit: TypeAlias = Callable[[Labelled, int], Callable[[Inputs], Predictions]]
"""As `Fit`, of a predictor that says how sure it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """Learns from labels.

    Attributes:
        name: Unique among plugins: the model's name in its paper, then the encoding where the
            model has several, as in ``random_forest-zc``.
        version: Bumped whenever a prediction may change.
        summary: One sentence for lists.
        encoding: The features that it reads.
        fit: Learns from a labelled draw; returns what predicts, with deviations or without.
        in_unit: Whether it predicts in the unit of the labels; else only the order counts, and
            deviations are taken as those of normal quantiles of ranks.
        stochastic: Whether the seed matters.
        semi_supervised: Whether it learns from architectures without labels too.
        spaces: Names of the spaces it supports; empty for all.
        lacks: Why it does not support a space, by what the space says of itself; an empty text if
            it does. See `harness.spaces.knowledge`.
        identity_by_version: Whether `version` alone says which code it is: stored fits of edited
            code are used until it is raised.
    """

    name: str
    version: str
    summary: str
    encoding: Encoding
    fit: Fit | UncertainFit
    in_unit: bool
    stochastic: bool = False
    semi_supervised: bool = False
    spaces: tuple[str, ...] = ()
    lacks: Lacks = lacks_nothing
    identity_by_version: bool = False


def variants(model: Predictor, *encodings: str) -> tuple[Predictor, ...]:
    """Return a model once for each encoding, named ``MODEL-ENCODING``.

    Args:
        model: The model, under its bare name; its own encoding is not used.
        *encodings: Names of encodings, or of concatenations such as ``"onehot+zc"``.

    Raises:
        UsageError: There is no such encoding.
    """
    return tuple(
        replace(model, name=f"{model.name}-{name}", encoding=encoding(name)) for name in encodings
    )


def predictions(
    name: str, predict: Callable[[Inputs], FloatArray | Predictions], inputs: Inputs
) -> Predictions:
    """Ask for predictions and hold them against the contract.

    Raises:
        ContractError: They are not one finite number for every architecture, or deviations are not
            one finite number from 0 for each.
    """
    given = predict(inputs)
    if not isinstance(given, Predictions):
        return Predictions(values=_finite(name, "prediction", given, inputs))
    values = _finite(name, "prediction", given.values, inputs)
    if given.deviations is None:
        return Predictions(values=values)
    deviations = _finite(name, "deviation", given.deviations, inputs)
    if (deviations < 0).any():
        place = int(deviations.argmin())
        raise ContractError(
            f"predictor {name} returned a deviation of {deviations[place]:g} for "
            f"{inputs.subjects.architectures[place].text}; deviations are 0 or more"
        )
    return Predictions(values=values, deviations=deviations)


def _finite(name: str, what: str, given: FloatArray, inputs: Inputs) -> FloatArray:
    try:
        values = real_numbers(given)
    except (TypeError, ValueError) as error:
        raise ContractError(
            f"predictor {name} returned {what}s that are no real numbers ({error}); it returns "
            "one for each architecture"
        ) from error
    if values.shape != (inputs.n,):
        raise ContractError(
            f"predictor {name} returned {what}s of shape {values.shape} for {inputs.n} "
            "architectures; it returns one number for each"
        )
    if not np.isfinite(values).all():
        place = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ContractError(
            f"predictor {name} returned a {what} of {values[place]} for "
            f"{inputs.subjects.architectures[place].text}; {what}s are finite"
        )
    return values

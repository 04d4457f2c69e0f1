"""Predictors of NASLib as plugins, where NASLib can be imported.

A plugin file names a class and what it reads::

    from harness.plugins.naslib import naslib_predictor

    PLUGIN = naslib_predictor(
        "naslib_mlp", "naslib.predictors.mlp:MLPPredictor", reads="onehot",
        settings={"encoding_type": None},
    )

It works for every class whose ``fit`` and ``query`` take encoded architectures as an array: the
trees, and with the setting ``encoding_type=None`` the perceptron and the Bayesian networks. Those
that read NASLib's own graphs (BONAS, SemiNAS, its graph convolution) ask for objects that only
NASLib's search spaces make. Gaps in zero-cost scores are filled as `harness.plugins.preparation`
says. NASLib draws from the global generators of numpy and torch; both are seeded for a fit, and
left as they were.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from harness.core.errors import InfrastructureError, UsageError
from harness.encodings import FloatArray, encoding
from harness.isolation import isolated_generators
from harness.plugins.preparation import learn_filled_narrowing
from harness.plugins.regression import small_seed
from harness.predictor import Inputs, Labelled, Predict, Predictor

__all__ = ["naslib_predictor"]


class _NaslibPredictor(Protocol):
    def fit(self, xtrain: FloatArray, ytrain: FloatArray) -> object: ...

    def query(self, xtest: FloatArray) -> FloatArray: ...


def naslib_predictor(
    name: str, place: str, *, reads: str, settings: Mapping[str, object] | None = None
) -> Predictor:
    """Make a plugin of a predictor of NASLib; NASLib is imported when it is first fitted.

    Args:
        name: Name of the plugin.
        place: Module and class, ``"naslib.predictors:XGBoost"``.
        reads: Name of an encoding of the harness.
        settings: What the class is called with.

    Raises:
        UsageError: The place has no colon, or there is no such encoding.
    """
    if ":" not in place:
        raise UsageError(
            f"{place!r} names no class; write module:Class, e.g. naslib.predictors:XGB"
        )

    def fit(labelled: Labelled, seed: int) -> Predict:
        fill = learn_filled_narrowing(labelled.inputs.features)
        with _seeded(seed):
            model = _built(place, settings or {})
            model.fit(fill(labelled.inputs.features), labelled.labels)

        def predict(inputs: Inputs) -> FloatArray:
            with _seeded(seed):
                predictions = model.query(fill(inputs.features))
            return np.asarray(predictions, dtype=np.float64).reshape(-1)

        return predict

    return Predictor(
        name=name,
        version="2",
        summary=f"NASLib's {place.partition(':')[2]} on {reads}.",
        encoding=encoding(reads),
        fit=fit,
        in_unit=True,
        stochastic=True,
    )


def _built(place: str, settings: Mapping[str, object]) -> _NaslibPredictor:
    module, _, name = place.partition(":")
    try:
        model_class = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise InfrastructureError(
            f"NASLib cannot be imported here ({error}); it supports Python 3.7 to 3.9 and has "
            "many requirements of its own: put a checkout on PYTHONPATH and install them, or leave "
            "this predictor out"
        ) from error
    except AttributeError as error:
        raise UsageError(f"the module {module} of NASLib has no class {name!r}") from error
    model: _NaslibPredictor = model_class(**settings)
    return model


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    import torch

    before = np.random.get_state()  # noqa: NPY002 - NASLib draws from the global generator
    with isolated_generators(small_seed(seed), torch.device("cpu")):
        np.random.seed(small_seed(seed))  # noqa: NPY002 - likewise
        try:
            yield
        finally:
            np.random.set_state(before)  # noqa: NPY002 - likewise

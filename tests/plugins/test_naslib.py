import sys
from types import ModuleType

import numpy as np
import pytest

from harness.core.errors import InfrastructureError, UsageError
from harness.encodings import subjects_of
from harness.plugins.naslib import naslib_predictor
from harness.predictor import Labelled, inputs_of, predictions
from harness.spaces.registry import space


class NearestMean:
    """In the shape of NASLib: `fit` returns an error, `query` takes encoded architectures."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def fit(self, xtrain, ytrain, train_info=None):
        self.mean = float(np.mean(ytrain))
        return 0.0

    def query(self, xtest, info=None):
        return self.mean + self.offset + xtest[:, 0] + 0 * np.random.uniform(size=len(xtest))  # noqa: NPY002


@pytest.fixture
def naslib(monkeypatch):
    module = ModuleType("naslib_in_a_test")
    module.NearestMean = NearestMean
    monkeypatch.setitem(sys.modules, "naslib_in_a_test", module)


def labelled(predictor) -> Labelled:
    where, generator = space("nas-bench-201"), np.random.default_rng(0)
    cells = [where.sample(generator) for _ in range(10)]
    inputs = inputs_of(subjects_of(where.name, cells), predictor.encoding)
    none = inputs.rows(np.arange(0))
    return Labelled(inputs=inputs, labels=np.arange(10.0), unlabelled=none)


def test_its_class_is_built_with_the_settings_fitted_and_asked(naslib):
    predictor = naslib_predictor(
        "mine", "naslib_in_a_test:NearestMean", reads="counts", settings={"offset": 2.0}
    )
    draw = labelled(predictor)
    predicted = predictions("mine", predictor.fit(draw, 0), draw.inputs).values
    # the mean of 0 to 9 is 4.5, and 2 is added to it and to the first count
    assert predicted == pytest.approx(6.5 + draw.inputs.features.values[:, 0])


def test_the_global_generators_are_left_as_they_were(naslib):
    predictor = naslib_predictor("mine", "naslib_in_a_test:NearestMean", reads="counts")
    draw = labelled(predictor)
    np.random.seed(3)  # noqa: NPY002 - the generator that NASLib uses
    expected = np.random.uniform()  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002 - the generator that NASLib uses
    predictor.fit(draw, 0)(draw.inputs)
    assert np.random.uniform() == expected  # noqa: NPY002


def test_without_naslib_it_says_what_is_missing_in_one_sentence():
    predictor = naslib_predictor("mine", "naslib.predictors:XGBoost", reads="counts")
    with pytest.raises(
        InfrastructureError, match=r"NASLib cannot be imported here \(No module named"
    ):
        predictor.fit(labelled(predictor), 0)


def test_a_class_that_naslib_lacks_is_named(naslib):
    predictor = naslib_predictor("mine", "naslib_in_a_test:Missing", reads="counts")
    with pytest.raises(UsageError, match="naslib_in_a_test of NASLib has no class 'Missing'"):
        predictor.fit(labelled(predictor), 0)


def test_a_place_without_a_class_is_refused_at_once():
    with pytest.raises(UsageError, match=r"'naslib\.predictors' names no class"):
        naslib_predictor("mine", "naslib.predictors", reads="counts")

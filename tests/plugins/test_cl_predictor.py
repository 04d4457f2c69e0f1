import hashlib

import numpy as np
import pytest
from scipy.stats import spearmanr

from harness.catalog import LoadedPredictor, installed
from harness.computation_graphs.weights import SHIPPED, read_encoder
from harness.encodings import subjects_of
from harness.encodings.kinds import join_subjects
from harness.predictor import Inputs, Labelled, inputs_of
from harness.spaces.registry import space

WEIGHTS_OF_VERSION = {"1": "1c54f6d50ec99345"}
"""First digits of the SHA-256 of the weights: other weights are another version."""

PREDICTORS = installed().of_kind(LoadedPredictor)


def drawn(name: str, n: int) -> Inputs:
    where, generator = space(name), np.random.default_rng(0)
    subjects = subjects_of(name, [where.sample(generator) for _ in range(n)])
    return inputs_of(subjects, PREDICTORS["cl_predictor"].plugin.encoding)


def fitted(name: str, inputs: Inputs, labels: np.ndarray) -> np.ndarray:
    """Learn from as many architectures as there are labels and predict all."""
    known = np.arange(len(labels))
    labelled = Labelled(inputs=inputs.rows(known), labels=labels, unlabelled=inputs.rows(known[:0]))
    return PREDICTORS[name].plugin.fit(labelled, 1)(inputs)


def test_other_weights_are_another_version():
    digest = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    version = PREDICTORS["cl_predictor"].plugin.version
    assert WEIGHTS_OF_VERSION[version] == digest[:16]


def test_the_shipped_weights_say_how_they_were_made():
    encoder = read_encoder(SHIPPED)
    assert set(encoder.recipe["families"]) >= {"nas-bench-101", "nas-bench-201", "darts"}
    assert encoder.metrics["loss"] < encoder.metrics["loss before"]
    assert SHIPPED.stat().st_size < 300_000


@pytest.mark.parametrize("name", PREDICTORS["cl_predictor"].plugin.spaces)
def test_architectures_of_every_space_with_images_are_predicted(name):
    inputs = drawn(name, 6)
    predicted = fitted("cl_predictor", inputs, np.arange(4.0))
    assert np.isfinite(predicted).all()


def test_pre_training_changes_what_is_predicted():
    inputs = drawn("nas-bench-macro", 12)
    both = [
        fitted(name, inputs, np.arange(8.0)) for name in ("cl_predictor", "cl_predictor_scratch")
    ]
    assert not np.allclose(*both)


def test_labels_of_another_space_are_learnt_beside_ones_own_and_never_compared_with_them():
    first = space("nas-bench-macro")
    second = space("transnas-bench-101-macro")
    generator = np.random.default_rng(0)
    subjects = [
        subjects_of(where.name, [where.sample(generator) for _ in range(20)])
        for where in (first, second)
    ]
    inputs = inputs_of(join_subjects(*subjects), PREDICTORS["cl_predictor"].plugin.encoding)
    labels = np.array([len(graph.operations) for graph in inputs.subjects.graphs], dtype=float)
    # Labels of the second space stand a thousand higher, which says nothing of either's order.
    high = labels + 1000.0 * (np.arange(40) >= 20)
    assert np.array_equal(
        fitted("cl_predictor", inputs, labels), fitted("cl_predictor", inputs, high)
    )


def test_a_network_s_size_can_be_learnt_from_twenty_of_another_space():
    inputs = drawn("transnas-bench-101-macro", 60)
    depths = np.array([len(graph.operations) for graph in inputs.subjects.graphs], dtype=float)
    predicted = fitted("cl_predictor", inputs, depths[:20])
    # over 40 stacks, chance stays below 0.32 in 95 of 100 draws
    assert spearmanr(predicted[20:], depths[20:]).statistic > 0.6

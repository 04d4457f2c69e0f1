"""What the files of NAS-Bench-BERT hold and do not say."""

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.spaces import nas_bench_bert_notation as notation
from harness.spaces.registry import space
from harness.truth import load, source, stored_scores
from tests.truth.published_columns import spearman

pytestmark = pytest.mark.shared_data

TRAINED = space("nas-bench-bert")
THREE = 3
"""Widths inside a feed-forward block of three written matrices."""


class Trainings:
    """Every training of the file with its encoder as written and as trained."""

    def __init__(self, path: Path) -> None:
        entries = json.loads(path.read_text())
        configs = [entry["hparams"]["model_hparam_overrides"] for entry in entries]
        self.written = [
            notation.written_text(
                config["hidden_size"], config["nas_config"]["encoder_layers"], path.name
            )
            for config in configs
        ]
        self.trained = [notation.as_trained(text) for text in self.written]
        self.scores = [entry["scores"] for entry in entries]
        self.glue = np.array([scores["glue"] for scores in self.scores])
        self.time = np.array([entry["time_to_train"] for entry in entries])
        self.layers = [notation.read_written(text).layers for text in self.written]
        widths = [TRAINED.columns["width"](TRAINED.parse(text)) for text in self.trained]
        self.groups = np.array([(len(own), w) for own, w in zip(self.layers, widths, strict=True)])

    def beyond(self, features: object, target: NDArray[np.float64], known: object = ()) -> float:
        """P value of an F test: features beside the groups of depth and width and what is known."""
        groups = np.unique(self.groups, axis=0)
        means = (self.groups[:, None] == groups[None]).all(-1).astype(float)
        base = np.column_stack([means, *known])
        whole = np.column_stack([base, features])
        (small, of_small), (full, of_whole) = (_remainder(x, target) for x in (base, whole))
        more, free = of_whole - of_small, len(target) - of_whole
        return float(stats.f.sf((small - full) / more / (full / free), more, free))


def _remainder(features: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[float, int]:
    weights = np.linalg.lstsq(features, target, rcond=None)[0]
    remainder = ((target - features @ weights) ** 2).sum()
    return float(remainder), int(np.linalg.matrix_rank(features))


@pytest.fixture(scope="module")
def trainings(shared_data: Path) -> Trainings:
    return Trainings(shared_data / source("nas-bench-bert").relative_path)


def wide(trainings: Trainings, matrices: int) -> list[int]:
    """Layers of 1,024 written columns among those of so many written matrices."""
    return [
        sum(layer.inner[0] == 1024 for layer in layers if len(layer.inner) == matrices)
        for layers in trainings.layers
    ]


@pytest.mark.trap("bert-trained-network-is-not-the-written-one")
def test_operations_and_columns_of_a_single_matrix_had_no_effect(trainings: Trainings) -> None:
    operations = [
        [sum(layer.operation == name for layer in layers) for name in notation.OPERATIONS]
        for layers in trainings.layers
    ]
    assert trainings.beyond(operations, trainings.glue) == pytest.approx(0.885, abs=0.001)
    assert trainings.beyond(operations, trainings.time) == pytest.approx(0.359, abs=0.001)
    blocks = [sum(len(layer.inner) == THREE for layer in layers) for layers in trainings.layers]
    one, three = wide(trainings, 1), wide(trainings, THREE)
    assert trainings.beyond(one, trainings.time, [blocks]) == pytest.approx(0.309, abs=0.001)
    assert trainings.beyond(three, trainings.time, [blocks]) < 1e-91


@pytest.mark.trap("bert-trained-network-is-not-the-written-one")
def test_the_size_of_the_trained_encoder_says_more_than_that_of_the_written_one(
    trainings: Trainings,
) -> None:
    sizes = [notation.weights(notation.read_trained(text)) for text in trainings.trained]
    written = [notation.weights(notation.read_written(text)) for text in trainings.written]
    depths = trainings.groups[:, 0]
    assert spearman(depths, trainings.glue) == pytest.approx(0.834, abs=0.001)
    assert spearman(np.array(sizes), trainings.glue) == pytest.approx(0.765, abs=0.001)
    assert spearman(np.array(written), trainings.glue) == pytest.approx(0.676, abs=0.001)
    assert len(set(sizes)) == 39


@pytest.mark.trap("bert-repeated-trainings")
def test_trainings_of_one_encoder_are_its_runs(trainings: Trainings, shared_data: Path) -> None:
    counts = Counter(trainings.trained)
    assert (len(trainings.trained), len(set(trainings.written)), len(counts)) == (500, 491, 301)
    repeated = [count for count in counts.values() if count > 1]
    assert (len(repeated), max(repeated)) == (77, 12)
    runs = load("nbbert-mnli", shared_data).runs
    assert {text: len(own) for text, own in runs.items()} == counts


@pytest.mark.trap("bert-repeated-trainings")
@pytest.mark.parametrize(
    ("depth", "width", "noise", "spread"),
    [(2, 128, 2.52, 3.02), (2, 256, 1.72, 2.39), (4, 128, 0.40, 0.96), (4, 256, 0.66, 0.77)],
)
def test_half_of_the_spread_inside_a_group_is_noise(
    trainings: Trainings, depth: int, width: int, noise: float, spread: float
) -> None:
    inside = (trainings.groups == (depth, width)).all(1)
    runs = defaultdict(list)
    for text, value, own in zip(trainings.trained, trainings.glue, inside, strict=True):
        if own:
            runs[text].append(value)
    squares = sum(((np.array(own) - np.mean(own)) ** 2).sum() for own in runs.values())
    free = sum(len(own) - 1 for own in runs.values())
    assert np.sqrt(squares / free) == pytest.approx(noise, abs=0.005)
    assert trainings.glue[inside].std(ddof=1) == pytest.approx(spread, abs=0.005)


@pytest.mark.trap("bert-failed-training")
def test_the_failed_fine_tuning_is_no_run(trainings: Trainings, shared_data: Path) -> None:
    rte = np.array([scores["rte"] for scores in trainings.scores])
    assert list(np.flatnonzero(rte == 0)) == [47]
    assert np.sort(rte)[1] == 48.01
    same = [i for i, text in enumerate(trainings.trained) if text == trainings.trained[47]]
    others = trainings.glue[[i for i in same if i != 47]]
    assert trainings.glue[47] == pytest.approx(60.3175)
    assert (others.min(), others.max()) == pytest.approx((66.675, 67.1575))
    assert len(load("nbbert-rte", shared_data).runs[trainings.trained[47]]) == 4
    written = load("flexibert-glue", shared_data)
    assert trainings.written[47] not in written.values
    assert (written.n, written.without_value) == (490, 1)


@pytest.mark.trap("bert-cola-at-or-below-zero")
def test_cola_is_a_correlation(trainings: Trainings, shared_data: Path) -> None:
    cola = np.array([scores["cola"] for scores in trainings.scores])
    assert ((cola == 0).sum(), (cola < 0).sum(), cola.min()) == (53, 9, -2.07)
    eight = [[own[name] for name in own if name != "glue"] for own in trainings.scores]
    assert np.allclose(np.mean(eight, axis=1), trainings.glue)
    assert min(load("flexibert-cola", shared_data).values.values()) == pytest.approx(-0.0207)


@pytest.mark.trap("bert-scores-of-a-third-network")
def test_stored_scores_are_of_width_256_and_1024_columns(
    trainings: Trainings, shared_data: Path
) -> None:
    path = shared_data / source("nas-bench-bert-scores").relative_path
    rows = list(csv.DictReader(path.read_text().splitlines()))
    for row, layers in zip(rows, trainings.layers, strict=True):
        third = notation.Encoder(
            width=256,
            layers=tuple(
                notation.Layer(
                    operation=layer.operation,
                    heads=layer.heads,
                    inner=(1024,) * len(layer.inner),
                )
                for layer in layers
            ),
        )
        assert notation.weights(third) == int(row["Number of Parameters"])
    expected = {
        "Head Confidence": 0.716,
        "Number of Parameters": 0.652,
        "Head Confidence Normalized": 0.455,
        "Activation Distance": 0.331,
        "Jacobian Score": -0.067,
    }
    found = {
        name: spearman(np.array([float(row[name]) for row in rows]), trainings.glue)
        for name in expected
    }
    assert found == pytest.approx(expected, abs=0.001)


@pytest.mark.trap("bert-scores-of-a-third-network")
def test_stored_scores_are_those_of_the_written_encoders(
    trainings: Trainings, shared_data: Path
) -> None:
    scores = stored_scores("flexibert-glue", data_dir=shared_data)
    assert len(scores) == 15
    assert all(column.keys() == set(trainings.written) for column in scores.values())

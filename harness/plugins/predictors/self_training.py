"""Self-training: a Gaussian process labels other architectures, and boosted trees learn from both.

Scudder 1965, in the form of Xie, Luong, Hovy, Le: Self-Training with Noisy Student Improves
ImageNet Classification, CVPR 2020, for few labels of an architecture space as in Luo et al.:
Semi-Supervised Neural Architecture Search, NeurIPS 2020. The teacher learns the normal scores of
the labelled draw and predicts up to `_MOST` architectures without labels, drawn at random from all
others of the task, those of the evaluation among them: it is transductive. The student learns
both; a predicted label weighs 1/4 of a true one. Its noise is that of its rows and columns.
"""

from __future__ import annotations

import numpy as np

from harness.encodings import Features, FloatArray, encoding
from harness.plugins.predictors.gp import gaussian_process
from harness.plugins.predictors.xgboost import boosted_trees
from harness.plugins.preparation import learn_narrowing, learn_scaling, normal_scores
from harness.plugins.regression import regression, small_seed
from harness.predictor import Inputs, Labelled, Predict, Predictor, variants

__all__ = ["PLUGINS"]

_MOST = 1000
_WEIGHT = 4

_teach = regression(gaussian_process, learn_scaling, normal_scores)


def _fit(labelled: Labelled, seed: int) -> Predict:
    teacher = _teach(labelled, seed)
    others = labelled.unlabelled
    drawn = np.random.default_rng(small_seed(seed)).permutation(others.n)[:_MOST]
    chosen = others.rows(drawn)
    # A row that is there w times counts as one of weight w, whatever the student.
    known = np.repeat(np.arange(labelled.inputs.n), _WEIGHT)
    features = Features(
        columns=labelled.inputs.features.columns,
        values=np.concatenate(
            [labelled.inputs.features.values[known], chosen.features.values], axis=0
        ),
    )
    taught = teacher(chosen) if chosen.n else np.empty(0)
    labels = np.concatenate([normal_scores(labelled.labels)[known], taught])
    narrow = learn_narrowing(features)
    student = boosted_trees(narrow(features), labels, small_seed(seed))

    def predict(inputs: Inputs) -> FloatArray:
        return np.asarray(student.predict(narrow(inputs.features)), dtype=np.float64)

    return predict


PLUGINS = variants(
    Predictor(
        name="self_training",
        version="1",
        summary="Boosted trees that learn from a Gaussian process's guesses too.",
        encoding=encoding("onehot+graf"),
        fit=_fit,
        in_unit=False,
        stochastic=True,
        semi_supervised=True,
    ),
    "onehot+graf",
    "onehot+graf+zc",
)

#!/usr/bin/env bash
# lightgbm 4.7.0, xgboost-cpu 3.2.0, catboost 1.2.10, scikit-learn 1.9.1
#
# lightgbm and xgboost leave rows of equal predictions in the order in which they lie when they compute
# NDCG: both sort stably and read the gains off. A model that predicts one value for all has an NDCG of 1
# on rows sorted best first, and of 0 on the same rows worst first. scikit-learn averages over the
# orders, catboost takes the worst. The documentation of the two does not speak of ties.
#
# The first trees of a predictor tie most, and tables of benchmarks are often sorted by accuracy: early
# stopping on architectures sorted best first keeps the first tree, and on the same ones in random order
# some hundred trees, which rank other architectures far better.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  lightgbm==4.7.0 xgboost-cpu==3.2.0 catboost==1.2.10 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import lightgbm
import numpy as np
import xgboost
from catboost.utils import eval_metric
from scipy.stats import kendalltau
from sklearn.metrics import ndcg_score


def by_lightgbm(trained, validated, tested, rounds=300):
    """NDCG of the first tree on the validated rows, trees kept, predictions for the tested."""
    rows = lightgbm.Dataset(*trained, group=[len(trained[1])], params={"verbose": -1})
    held = lightgbm.Dataset(*validated, group=[len(validated[1])], reference=rows)
    curve = {}
    settings = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "num_threads": 1}
    settings |= {"num_leaves": 4, "learning_rate": 0.05, "verbose": -1}
    calls = [lightgbm.early_stopping(30, verbose=False), lightgbm.record_evaluation(curve)]
    model = lightgbm.train(settings, rows, rounds, valid_sets=[held], callbacks=calls)
    return curve["valid_0"]["ndcg@10"][0], model.best_iteration, model.predict(tested)


def by_xgboost(trained, validated, tested, rounds=300):
    rows, held = (xgboost.DMatrix(*part, qid=np.zeros(len(part[1]), int)) for part in (trained, validated))
    curve = {}
    settings = {"objective": "rank:ndcg", "eval_metric": "ndcg@10", "nthread": 1, "max_depth": 2, "eta": 0.05}
    model = xgboost.train(
        settings, rows, rounds, evals=[(held, "rows")], evals_result=curve, early_stopping_rounds=30,
        verbose_eval=False,
    )
    trees = model.best_iteration + 1
    return curve["rows"]["ndcg@10"][0], trees, model.predict(xgboost.DMatrix(tested), iteration_range=(0, trees))


relevance, constant = np.repeat([4, 3, 2, 1, 0], 20), np.zeros((100, 1))
groups = np.zeros(100, int)
for order, rows in (("best first", relevance), ("worst first", relevance[::-1].copy())):
    part = constant, rows
    values = {
        "lightgbm": by_lightgbm(part, part, constant, rounds=1)[0],
        "xgboost": by_xgboost(part, part, constant, rounds=1)[0],
        "catboost": eval_metric(rows.astype(float), constant[:, 0], "NDCG:top=10;type=Exp", group_id=groups)[0],
        "scikit-learn": ndcg_score([2.0**rows - 1], [constant[:, 0]], k=10),
    }
    print(f"NDCG@10 of a constant, {order}:", ", ".join(f"{value:.3f} {name}" for name, value in values.items()))
    for name in ("lightgbm", "xgboost"):
        assert values[name] > 0.999 if order == "best first" else values[name] < 0.001
    assert 0.3 < values["scikit-learn"] < 0.4 and values["catboost"] < 0.001

generator = np.random.default_rng(0)
operations = generator.integers(0, 5, (500, 6))
encoded = np.eye(5)[operations].reshape(500, -1)
accuracies = generator.normal(size=5)[operations].sum(axis=1) + generator.normal(0, 0.3, 500)
gains = np.minimum(accuracies.argsort().argsort() // 100, 4)
held = np.arange(200, 300)
for name, train in (("lightgbm", by_lightgbm), ("xgboost", by_xgboost)):
    kept = {}
    for order, rows in (("random order", held), ("best first", held[np.argsort(-accuracies[held])])):
        first, trees, predictions = train(
            (encoded[:200], gains[:200]), (encoded[rows], gains[rows]), encoded[300:]
        )
        ranking = float(kendalltau(predictions, accuracies[300:]).statistic)
        kept[order] = trees, ranking
        print(f"{name}, {order}: NDCG@10 of the first tree {first:.3f}, {trees} trees kept, Kendall {ranking:.3f}")
    assert kept["best first"][0] == 1 and kept["random order"][0] > 50
    assert kept["best first"][1] < kept["random order"][1] - 0.05
PYTHON

#!/usr/bin/env bash
# pytrec-eval-terrier 0.5.11, ir-measures 0.4.3
#
# Scores are kept in single precision and equal ones are ordered by name, the last of the alphabet first. Scores
# above 3.4e38, such as synflow of deep networks, scores that differ beyond the seventh digit, and NaN are all
# equal: networks numbered from worst to best have an NDCG of 1 by a score of the reverse order, and by a
# constant. With the numbers reversed the same scores have 0.61. ir_measures, which calls it, does the same.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pytrec-eval-terrier==0.5.11 ir-measures==0.4.3 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import ir_measures
import pytrec_eval
from ir_measures import nDCG

best_last = {f"net{index}": index for index in range(10)}
best_first = {f"net{index}": 9 - index for index in range(10)}


def by_both(relevance, scores):
    """NDCG of one task by the two packages."""
    judge = pytrec_eval.RelevanceEvaluator({"task": relevance}, {"ndcg"})
    value = judge.evaluate({"task": scores})["task"]["ndcg"]
    labels = [ir_measures.Qrel("task", name, grade) for name, grade in relevance.items()]
    run = [ir_measures.ScoredDoc("task", name, score) for name, score in scores.items()]
    assert abs(ir_measures.calc_aggregate([nDCG], labels, run)[nDCG] - value) < 1e-9
    return value


SCORES = {  # of a network by its grade; all but the first two are of the reverse order
    "right": lambda grade: float(grade),
    "reversed": lambda grade: 9.0 - grade,
    "reversed, times 1e38": lambda grade: (19.0 - grade) * 1e38,
    "reversed, 1 + 1e-9": lambda grade: 1 + (9 - grade) * 1e-9,
    "constant": lambda grade: 0.0,
    "NaN": lambda grade: math.nan,
}
for title, score in SCORES.items():
    values = [
        by_both(relevance, {name: score(grade) for name, grade in relevance.items()})
        for relevance in (best_last, best_first)
    ]
    print(f"NDCG of scores {title}: {values[0]:.3f} if the best name is the last, {values[1]:.3f} if the first")
    expected = {"right": (1, 1), "reversed": (0.608, 0.608)}.get(title, (1, 0.608))
    assert all(abs(value - right) < 0.001 for value, right in zip(values, expected, strict=True))
PYTHON

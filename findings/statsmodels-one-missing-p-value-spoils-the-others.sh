#!/usr/bin/env bash
# statsmodels 0.15.0, pingouin 0.7.0 for comparison
#
# One NaN among p-values makes all that `multipletests` corrects NaN by Hochberg's, Hommel's and the five
# methods of false discovery rates: they take minima over values up to the largest, and sorting puts NaN
# last. Five of them still report rejections, which are found apart from the values, two none at all.
# Bonferroni, Sidak and Holm count the missing test as one more. Nothing warns and the documentation does
# not speak of NaN. pingouin corrects what is there.
#
# A test of a proxy that is constant or that failed has no p-value: of five proxies all lose theirs by
# Benjamini and Hochberg, and by Hommel none differs any more.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  statsmodels==0.15.0 pingouin==0.7.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import numpy as np
import pingouin
from statsmodels.stats.multitest import multipletests

known = [0.001, 0.01, 0.02, 0.5]
ALL_NAN = {"simes-hochberg", "hommel", "fdr_bh", "fdr_by", "fdr_tsbh", "fdr_tsbky", "fdr_gbs"}
ONE_MORE = {"bonferroni", "sidak", "holm", "holm-sidak"}
rejections = {}
for method in sorted(ALL_NAN | ONE_MORE):
    (rejected, corrected), (without, right) = (
        multipletests(values, method=method)[:2] for values in ([*known, math.nan], known)
    )
    rejections[method] = int(rejected.sum()), int(without.sum())
    print(
        f"{method}: {np.round(corrected[:4], 3)} and {rejections[method][0]} rejected, "
        f"without the NaN {np.round(right, 3)} and {rejections[method][1]}"
    )
    if method in ALL_NAN:
        assert np.isnan(corrected).all() and not np.isnan(right).any()
    else:
        assert (corrected[:3] > right[:3]).all()
assert rejections["fdr_bh"] == (3, 3) and rejections["simes-hochberg"][0] == 2
assert rejections["hommel"] == (0, 3) and rejections["fdr_gbs"] == (0, 3)
for method in ("holm", "fdr_bh"):
    corrected = pingouin.multicomp([*known, math.nan], method=method)[1]
    print(f"pingouin, {method}: {np.round(corrected, 3)}")
    assert np.allclose(corrected[:4], multipletests(known, method=method)[1])
PYTHON

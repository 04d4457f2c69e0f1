#!/usr/bin/env bash
# choix 0.4.1, scipy 1.17.1, numpy 2.4.6
#
# A Bradley-Terry model has no maximum where a proxy won or lost everything, or two groups never met.
# `lsr_pairwise` and `ilsr_pairwise` say so with a ValueError. `opt_pairwise` returns where its optimizer stopped:
# a proxy that was never compared is in the middle of the others, the best of one group is above all of the
# other, and the parameters of an order without exception, here 11.7, grow with the number of times it was seen and
# mean nothing. `mm_pairwise` orders groups that never met, too.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  choix==0.4.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import choix
import numpy as np

CASES = {  # pairs of winner and loser
    "two groups that never met": (4, [(0, 1), (1, 0), (2, 3), (3, 2), (2, 3)]),
    "the last one never compared": (4, [(0, 1), (1, 2), (1, 0), (2, 1), (0, 2), (2, 0), (0, 1)]),
    "an order without exception": (3, [(0, 1), (1, 2)] * 3),
    "the same, ten times as often": (3, [(0, 1), (1, 2)] * 30),
}
found = {}
for name, (count, comparisons) in CASES.items():
    found[name] = choix.opt_pairwise(count, comparisons)
    print(f"{name}: opt_pairwise {found[name].round(2)}")
    for function in (choix.lsr_pairwise, choix.ilsr_pairwise):
        try:
            function(count, comparisons)
        except ValueError as error:
            assert "stationary distribution" in str(error)
        else:
            raise AssertionError(f"{function.__name__} is no error")
groups = choix.mm_pairwise(*CASES["two groups that never met"])
print("two groups that never met: mm_pairwise", groups.round(2))

apart = found["two groups that never met"]
assert apart[2] > max(apart[0], apart[1]) + 0.3 and groups[2] > max(groups[0], groups[1]) + 0.2
unseen = found["the last one never compared"]
assert unseen[:3].min() < unseen[3] < unseen[:3].max()
rare, often = (np.ptp(found[name]) for name in list(CASES)[2:])
assert 20 < rare < often - 3
PYTHON

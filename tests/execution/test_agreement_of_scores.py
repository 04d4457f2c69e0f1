"""How much scores of one plugin may differ between machines."""

from __future__ import annotations

import numpy as np
import pytest

from harness.execution.agreement import compare_numbers
from harness.plugin import Stability

STATED = Stability(score=1.0, median=1.0, spearman=0.01)


@pytest.mark.parametrize(
    ("networks", "exchanged", "beyond"),
    # One less the correlation is 12 / (n^3 - n) for each exchange of neighbours: of 15 ranks
    # .0036 each, of which .0267 are allowed; of 100 ranks 1.2e-5 each, of which .01 are.
    [(15, 7, False), (15, 8, True), (9, 4, False), (100, 50, False)],
)
def test_of_few_networks_more_of_a_correlation_may_be_exchanged(networks, exchanged, beyond):
    old = np.arange(1.0, networks + 1)
    new = old.copy()
    for pair in range(min(exchanged, networks // 2)):
        new[[2 * pair, 2 * pair + 1]] = new[[2 * pair + 1, 2 * pair]]
    if exchanged > networks // 2:
        new[[0, -1]] = new[[-1, 0]]
    assert compare_numbers(old, new).exceeds(STATED) is beyond

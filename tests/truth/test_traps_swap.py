"""What SWAP's file holds and does not say."""

import re
from pathlib import Path

import pytest

from harness.truth import load

pytestmark = pytest.mark.shared_data


@pytest.mark.trap("darts-one-cell")
def test_genotypes_are_outside_of_what_darts_derives(shared_data: Path) -> None:
    texts = load("darts-cifar10-validation", shared_data).values.keys()
    cells = [re.fullmatch(r"normal=(.*);reduce=(.*)", text).groups() for text in texts]
    assert len(cells) == 1000
    assert all(normal == reduction for normal, reduction in cells)
    inputs = [re.findall(r"~(\d)\|[^|]*~(\d)", normal) for normal, _ in cells]
    assert sum(any(first == second for first, second in pairs) for pairs in inputs) == 811
    assert sum("none" in normal for normal, _ in cells) == 644

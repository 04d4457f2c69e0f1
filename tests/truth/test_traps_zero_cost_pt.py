"""What Zero-Cost-PT's files hold and do not say."""

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from harness.truth import Content, load, source
from harness.truth.readers import one_shot_csv
from harness.truth.unit import Unit

pytestmark = pytest.mark.shared_data


def rows(number: int, folder: Path) -> list[dict[str, str]]:
    path = folder / source(f"zerocost-pt-search-space{number}").relative_path
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def content_of(few: list[dict[str, str]]) -> Content:
    """Return a file of a few rows."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, few[0].keys())
    writer.writeheader()
    writer.writerows(few)
    known = source("zerocost-pt-search-space2")
    return Content(source=known, path=Path("few.csv"), data=stream.getvalue().encode())


@pytest.mark.trap("one-shot-space-1-adjacency-lost")
def test_the_matrix_of_space_1_is_one_row(shared_data: Path) -> None:
    lengths, different = [], []
    for number in (1, 2):
        matrices = [row["adj_matrix"] for row in rows(number, shared_data)]
        lengths.append({len(matrix.strip("[]").split()) for matrix in matrices})
        different.append((len(matrices), len(set(matrices))))
    assert lengths == [{7}, {49}]
    assert different == [(2487, 15), (3609, 65)]


@pytest.mark.trap("one-shot-errors")
def test_the_columns_of_space_2_are_errors(shared_data: Path) -> None:
    errors = [float(row["val1"]) for row in rows(2, shared_data)]
    assert (round(float(np.median(errors)), 3), round(max(errors), 3)) == (0.082, 0.905)
    first = rows(2, shared_data)[:20]
    runs = [tuple(float(row[f"val{run}"]) for run in (1, 2, 3)) for row in first]
    assert [float(row["best_val"]) for row in first] == [min(errors) for errors in runs]
    reading = one_shot_csv.read(content_of(first), {"split": "validation"}, Unit.FRACTION)
    expected = [tuple(1 - error for error in errors) for errors in runs]
    assert list(reading.runs.values()) == expected


@pytest.mark.trap("nb201-runs-vary")
def test_cells_have_one_to_three_runs(shared_data: Path) -> None:
    table = load("nb201-cifar10-test", shared_data)
    assert Counter(map(len, table.runs.values())) == {3: 7961, 2: 5439, 1: 2225}
    first, second = zip(*[runs[:2] for runs in table.runs.values() if len(runs) > 1], strict=True)
    assert float(spearmanr(first, second)[0]) == pytest.approx(0.986, abs=5e-4)

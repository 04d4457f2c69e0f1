from pathlib import Path

import pytest

from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.truth import load
from harness.truth.own import load_own
from harness.truth.task import Direction, Split
from harness.truth.unit import Unit
from tests.truth.upstream import MIXED, SKIPS

TOML = """
name = "mine"
space = "nas-bench-201"
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "table.csv"
architecture = "cell"
values = ["first", "second"]
epochs = 12
"""
CSV = f'cell,first,second,remark\n"(0, 0, 0, 0, 0, 0)",60,61,x\n{MIXED},90.25,,y\n'


def write(folder: Path, toml: str = TOML, csv: str = CSV) -> Path:
    (folder / "table.csv").write_text(csv)
    path = folder / "mine.toml"
    path.write_text(toml)
    return path


def test_a_table_becomes_a_truth_in_the_texts_of_the_space(tmp_path: Path) -> None:
    table = load_own(write(tmp_path))
    assert table.values == {SKIPS: 60.5, MIXED: 90.25}
    assert table.runs == {SKIPS: (60.0, 61.0), MIXED: (90.25,)}
    assert (table.task, table.space, table.dataset) == ("mine", "nas-bench-201", "cifar10")
    assert (table.split, table.unit, table.direction) == (
        Split.TEST,
        Unit.PERCENT,
        Direction.HIGHER,
    )
    assert (table.epochs, table.n, table.noise_ceiling) == (12, 2, None)
    assert table.sources == (str(tmp_path / "mine.toml"), str(tmp_path / "table.csv"))


def test_it_is_loaded_by_the_path_of_its_description(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert load(str(path)) == load_own(path)


def test_a_single_column_has_no_runs(tmp_path: Path) -> None:
    toml = TOML.replace('["first", "second"]', '["first"]')
    table = load_own(write(tmp_path, toml))
    assert (table.values[SKIPS], table.runs) == (60.0, {})


def test_texts_of_an_unknown_space_can_be_kept_as_they_are(tmp_path: Path) -> None:
    toml = TOML.replace("nas-bench-201", "my-space") + "verbatim = true\n"
    assert set(load_own(write(tmp_path, toml)).values) == {"(0, 0, 0, 0, 0, 0)", MIXED}


FAULTS = [
    ("90.25", "good", r"table\.csv, row 3, column first: expected a number, found 'good'"),
    ("90.25", "nan", "row 3, column first: expected a finite number"),
    ("90.25", "190.25", "row 3, column first, second: 190.25 is outside"),
    ("90.25", "", r"row 3, column first, second: architecture .* has no value"),
    ("avg_pool_3x3", "pool", "row 3, column cell: .*pool"),
    (MIXED, '"(0,0,0,0,0,0)"', "row 3, .*second time"),
    (MIXED, " ", "row 3, column cell: expected an architecture"),
    ("second", "third", r"table\.csv has no column 'second'"),
    (",y", "", "row 3: expected 4 cells, found fewer"),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_in_the_table_is_told_with_row_and_column(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in CSV
    with pytest.raises(DataError, match=message):
        load_own(write(tmp_path, csv=CSV.replace(old, new)))


DESCRIPTION_FAULTS = [
    ('unit = "percent"', 'unit = "percentage"', r"mine\.toml, unit: .*'percent'"),
    ('direction = "higher"', "", r"mine\.toml, direction: Field required"),
    ("epochs = 12", "epochs = 0", "epochs: .*greater than 0"),
    ("epochs = 12", "epoch = 12", "epoch: Extra inputs"),
    ('["first", "second"]', "[]", "values"),
    ("table.csv", "table.xls", "tables are .csv or .parquet files"),
    ('name = "mine"', "name = mine", "cannot be read as TOML"),
]


@pytest.mark.parametrize(("old", "new", "message"), DESCRIPTION_FAULTS)
def test_a_fault_in_the_description_is_told_with_its_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TOML
    path = write(tmp_path, TOML.replace(old, new))
    with pytest.raises(DataError, match=message):
        load_own(path)


def test_an_unknown_space_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, TOML.replace("nas-bench-201", "nas-bench-210"))
    with pytest.raises(UsageError, match="did you mean 'nas-bench-201'"):
        load_own(path)


def test_an_absent_table_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, TOML.replace("table.csv", "other.csv"))
    with pytest.raises(InfrastructureError, match=r"cannot read .*other\.csv: No such file"):
        load_own(path)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"table\.csv has no rows"):
        load_own(write(tmp_path, csv="cell,first,second\n"))


def test_a_parquet_table_is_read_or_the_missing_package_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, TOML.replace("table.csv", "table.parquet"))
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        (tmp_path / "table.parquet").write_bytes(b"PAR1")
        with pytest.raises(InfrastructureError, match="pip install pyarrow"):
            load_own(path)
        return
    columns = {"cell": [SKIPS, MIXED], "first": [60.0, 90.25], "second": [61.0, None]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "table.parquet")
    assert load_own(path).runs == {SKIPS: (60.0, 61.0), MIXED: (90.25,)}

import re
from pathlib import Path

import pytest

from harness.core.direction import Direction
from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.truth import load
from harness.truth.own import load_own
from harness.truth.task import Split
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


def single(folder: Path, content: str | bytes, name: str = "table.csv", **keys: str) -> Path:
    """Write a table of one column of values, as bytes."""
    toml = TOML.replace('["first", "second"]', '["first"]').replace("table.csv", name)
    for key, value in keys.items():
        toml = re.sub(rf"^{key} = .*", "", toml, flags=re.MULTILINE) + f'{key} = "{value}"\n'
    path = write(folder, toml)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


FORMS = {
    "a byte order mark": ("table.csv", f"\ufeffcell,first\n{SKIPS},60.5\n{MIXED},90.25\n"),
    "semicolons and decimal commas": (
        "table.csv",
        f"cell;first\n{SKIPS};60,5\n{MIXED};90,25\n",
    ),
    "semicolons in quotes": ("table.csv", f'"cell";"first"\n"{SKIPS}";"60,5"\n{MIXED};90,25\n'),
    "tabs": ("table.csv", f"cell\tfirst\n{SKIPS}\t60.5\n{MIXED}\t90.25\n"),
    "the suffix of tabs": ("table.tsv", f"cell\tfirst\n(0, 0, 0, 0, 0, 0)\t60,5\n{MIXED}\t90,25\n"),
    "an upper-case suffix": ("TABLE.CSV", f"cell,first\n{SKIPS},60.5\n{MIXED},90.25\n"),
    "blanks around names and numbers": (
        "table.csv",
        f"index, cell , first \r\n0,{SKIPS}, 60.5 \r\n1, {MIXED} ,90.25\r\n",
    ),
    "rows of empty cells": ("table.csv", f"cell,first\n,\n{SKIPS},60.5\n\n{MIXED},90.25\n, \n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path, form: str) -> None:
    name, content = FORMS[form]
    table = load_own(single(tmp_path, content, name))
    assert table.values == {SKIPS: 60.5, MIXED: 90.25}
    assert table.without_value == 0


def test_an_architecture_without_value_is_left_out_and_counted(tmp_path: Path) -> None:
    table = load_own(single(tmp_path, f"cell,first\n{SKIPS},\n{MIXED},90.25\n"))
    assert (table.values, table.without_value) == ({MIXED: 90.25}, 1)
    both = load_own(write(tmp_path, csv=CSV.replace("60,61", ",")))
    assert (both.runs, both.without_value) == ({MIXED: (90.25,)}, 1)


def test_an_architecture_without_value_may_not_occur_twice(tmp_path: Path) -> None:
    content = f"cell,first\n{SKIPS},\n{SKIPS},60.5\n"
    with pytest.raises(DataError, match=r"row 3: .*second time"):
        load_own(single(tmp_path, content))


def test_a_table_without_any_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no value in any of its rows"):
        load_own(single(tmp_path, f"cell,first\n{SKIPS},\n"))


def test_a_row_a_seed_is_averaged_as_a_column_a_run_is(tmp_path: Path) -> None:
    rows = [(MIXED, 8, 90.5), (SKIPS, 7, 60), (MIXED, 7, 90), (SKIPS, 8, 61), (SKIPS, 9, "")]
    content = "cell,run,first\n" + "".join(f"{a},{s},{v}\n" for a, s, v in rows)
    table = load_own(single(tmp_path, content, seed="run"))
    assert table.values == {MIXED: 90.25, SKIPS: 60.5}
    # In the order in which the seeds appear: 8, 7.
    assert table.runs == {MIXED: (90.5, 90.0), SKIPS: (61.0, 60.0)}


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ((7, 7), "row 3, column run: architecture .* occurs a second time with this seed"),
        ((7, ""), "row 3, column run: expected the seed of a run, found ''"),
    ],
)
def test_a_seed_twice_or_none_is_refused(
    tmp_path: Path, seeds: tuple[object, object], message: str
) -> None:
    content = "cell,run,first\n" + "".join(f"{MIXED},{seed},90\n" for seed in seeds)
    with pytest.raises(DataError, match=message):
        load_own(single(tmp_path, content, seed="run"))


AMBIGUOUS = [
    (f"cell;first\n{SKIPS};60,5\n{MIXED};90.25\n", "percent", "row 3, .*decimal point, but a dec"),
    (f"cell;first\n{SKIPS};1,234\n", "seconds", "row 2, .*comma of '1,234' may separate decimals"),
    (f'cell,first\n{SKIPS},"60,5"\n', "percent", "row 2, .*expected a number, found '60,5'"),
    (f"cell;first\n{SKIPS};1.234,5\n", "seconds", "row 2, .*expected a number"),
    (f"cell,second\n{SKIPS},60\n", "percent", r"no column 'first'; it has .*commas or semicolons"),
]


@pytest.mark.parametrize(("content", "unit", "message"), AMBIGUOUS)
def test_a_number_that_may_be_two_is_refused(
    tmp_path: Path, content: str, unit: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load_own(single(tmp_path, content, unit=unit))


def test_a_number_whose_square_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1e\+200 is outside \[-1e\+150, 1e\+150\]"):
        load_own(single(tmp_path, f"cell,first\n{SKIPS},1e200\n", unit="number"))


def test_three_digits_after_a_comma_are_decimals_where_thousands_are_out_of_range(
    tmp_path: Path,
) -> None:
    table = load_own(single(tmp_path, f"cell;first\n{SKIPS};60,125\n"))
    assert table.values == {SKIPS: 60.125}


FAULTS = [
    ("90.25", "good", r"table\.csv, row 3, column first: expected a number, found 'good'"),
    ("90.25", "nan", "row 3, column first: expected a finite number"),
    ("90.25", "190.25", "row 3, column first: 190.25 is outside"),
    ("90.25", "nan", "leave the cell empty where there is no value"),
    ("90.25", "93.9%", r"column first: expected a number, found '93.9%'; write the number alone"),
    (
        "90.25",
        "0.6025",
        r"row 3, column first: 0.6025 seems a fraction .* \(row 2, column second\)",
    ),
    ("avg_pool_3x3", "pool", "row 3, column cell: .*pool"),
    (MIXED, '"(0,0,0,0,0,0)"', "row 3: .*second time; leave one row, or declare .* as seed"),
    (MIXED, " ", "row 3, column cell: expected an architecture"),
    ("second", "third", r"table\.csv has no column 'second'"),
    (",y", "", "row 3: expected 4 cells, found fewer"),
    (
        '"(0, 0, 0, 0, 0, 0)"',
        "(0, 0, 0, 0, 0, 0)",
        'found more; put a text that holds "," into double',
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_in_the_table_is_told_with_row_and_column(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in CSV
    with pytest.raises(DataError, match=message):
        load_own(write(tmp_path, csv=CSV.replace(old, new)))


DESCRIPTION_FAULTS = [
    (
        'unit = "percent"',
        'unit = "percentage"',
        r"mine\.toml \[unit\] is 'percentage'; it should be 'percent'",
    ),
    ('direction = "higher"', "", r"mine\.toml \[direction\] is missing; add it"),
    (
        'unit = "percent"\ndirection = "higher"',
        "",
        r"mine\.toml \[unit\] and \[direction\] are missing; add them",
    ),
    ("epochs = 12", "epochs = 0", r"\[epochs\] is 0; it should be greater than 0"),
    ("epochs = 12", "epochs = true", r"\[epochs\] is True; it should be a valid integer"),
    ("epochs = 12", "epoch = 12", "unknown key 'epoch' in .*; did you mean 'epochs'"),
    (
        'direction = "higher"',
        'directon = "higher"',
        "unknown key 'directon' .*did you mean 'direction'",
    ),
    ('name = "mine"', 'name = "my table"', r"\[name\] is 'my table'; give up to 100 letters"),
    ('["first", "second"]', "[]", "values"),
    ("table.csv", "table.xls", "tables are .csv, .tsv or .parquet files"),
    ("epochs = 12", 'seed = "remark"', "values: 2 columns beside a column of seeds"),
    ('"second"]', '"first"]', "name 'first' twice"),
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
    with pytest.raises(
        UsageError, match=r"'nas-bench-210' in .*toml \[space\]; did you mean 'nas-bench-201'"
    ):
        load_own(path)


@pytest.mark.parametrize("name", ["other.csv", "other.parquet"])
def test_an_absent_table_is_named_with_its_description(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, TOML.replace("table.csv", name))
    message = rf"cannot read .*{re.escape(name)}: No such file or directory; .*mine\.toml names"
    with pytest.raises(InfrastructureError, match=message):
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

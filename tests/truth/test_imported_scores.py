"""Scores that were computed elsewhere: what a table may look like, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from harness.core.direction import Direction
from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.spaces.registry import space
from harness.truth import imported_scores, is_scores_file, scores_in_file

CELLS = ("(4, 0, 3, 1, 4, 3)", "(2, 2, 2, 2, 2, 2)", "(0, 0, 0, 0, 0, 0)")
TEXTS = [space("nas-bench-201").parse(cell).text for cell in CELLS]


def read(written: str) -> str:
    return space("nas-bench-201").parse(written).text


def file_of(folder: Path, *lines: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_a_score_and_what_it_took_are_read_in_any_notation(tmp_path):
    path = file_of(
        tmp_path,
        "architecture,score,seconds",
        f'"{CELLS[0]}",0.5,1.5',
        f'"{TEXTS[1]}",-2,',
        f'"{CELLS[2]}",,3',
    )
    (method,) = scores_in_file(path, read)
    assert method.scores == {TEXTS[0]: 0.5, TEXTS[1]: -2.0}
    assert method.seconds == {TEXTS[0]: 1.5}
    assert (method.name, method.label) == ("mine", "mine (imported)")
    assert method.direction is Direction.HIGHER


def test_rows_may_name_their_method_and_its_direction(tmp_path):
    path = file_of(
        tmp_path,
        "architecture;name;direction;score",
        *(f"{cell};a;lower;0,5" for cell in CELLS[:2]),
        f"{CELLS[0]};b;higher;1,5",
    )
    first, second = scores_in_file(path, read)
    assert (first.name, first.direction, len(first.scores)) == ("a", Direction.LOWER, 2)
    assert (second.name, second.direction, second.scores) == (
        "b",
        Direction.HIGHER,
        {TEXTS[0]: 1.5},
    )


def test_without_a_column_of_scores_every_column_is_a_method(tmp_path):
    path = file_of(tmp_path, "network,one,two", "a,1,2", "b,3,", name="wide.csv")
    methods = scores_in_file(path, str)
    assert {method.name: method.scores for method in methods} == {
        "one": {"a": 1.0, "b": 3.0},
        "two": {"a": 2.0},
    }


def test_a_toml_beside_a_table_says_what_its_columns_are(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"cell": list(CELLS), "zc": [3, 1, 2], "t": [0.1, 0.2, 0.3]})
    parquet.write_table(table, tmp_path / "zc.parquet")
    path = file_of(
        tmp_path,
        'table = "zc.parquet"',
        'architecture = "cell"',
        'score = "zc"',
        'direction = "lower"',
        'seconds = "t"',
        name="paper.toml",
    )
    (method,) = scores_in_file(path, read)
    assert (method.name, method.where) == ("paper", str(path))
    assert list(method.scores.values()) == [3.0, 1.0, 2.0]
    assert method.direction is Direction.LOWER
    assert method.seconds[TEXTS[2]] == 0.3


def test_the_identity_of_scores_is_their_content(tmp_path):
    rows = [f'"{cell}",{number}' for number, cell in enumerate(CELLS)]
    first = file_of(tmp_path, "architecture,score", *rows)
    (one,) = scores_in_file(first, read)
    (same,) = scores_in_file(file_of(tmp_path, "architecture,score", *reversed(rows)), read)
    assert one.key == same.key
    (other,) = scores_in_file(file_of(tmp_path, "architecture,score", *rows[:2]), read)
    assert one.key != other.key
    from_program = imported_scores("mine", dict(zip(CELLS, range(3), strict=True)), read)
    assert from_program.key == one.key


def test_scores_of_a_program_may_be_a_mapping_or_a_series():
    import pandas as pd

    series = pd.Series([0.5, 1.5], index=list(CELLS[:2]))
    method = imported_scores("mine", series, read)
    assert method.scores == {TEXTS[0]: 0.5, TEXTS[1]: 1.5}
    assert imported_scores("mine", {(4, 0, 3, 1, 4, 3): 1}, read).scores == {TEXTS[0]: 1.0}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("architecture,score", f'"{CELLS[0]}",1', f'"{TEXTS[0]}",2'), "has a second score"),
        (("architecture,score", '"(4, 0, 3, 1, 4, 9)",1'), "row 2.*operation '9'.*is not from 0"),
        (("architecture,score", f'"{CELLS[0]}",inf'), "row 2, column score: expected a finite"),
        (("architecture,score", f'"{CELLS[0]}",nan'), "leave the cell empty"),
        (("architecture,score", f'"{CELLS[0]}",high'), "expected a number, found 'high'"),
        (("architecture,score", f'"{CELLS[0]}",1+2j'), "expected a number, found '1.2j'"),
        (("architecture,score", f'"{CELLS[0]}",'), "has no score of mine"),
        (("architecture,score",), "has no rows"),
        (("cell,score", '"a",1'), "has no column 'architecture'; it has"),
        (("architecture", "a"), "has no column of scores beside 'architecture'"),
        (("architecture,score,seconds", f'"{CELLS[0]}",1,-1'), "are no time that a score can take"),
        (
            ("architecture,score,direction", f'"{CELLS[0]}",1,up'),
            "column direction: expected higher or lower, found 'up'",
        ),
        (
            (
                "architecture,score,direction",
                f'"{CELLS[0]}",1,lower',
                f'"{CELLS[1]}",1,higher',
            ),
            "mine is better higher here and lower above; a method has one direction",
        ),
        (("architecture,my proxy", f'"{CELLS[0]}",1'), "named 'my proxy'; a name has letters"),
    ],
)
def test_a_faulty_table_is_one_sentence_with_its_place(tmp_path, lines, message):
    path = file_of(tmp_path, *lines)
    with pytest.raises(DataError, match=message) as caught:
        scores_in_file(path, read)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("score", [float("nan"), None, "1", np.complex64(1j), np.ones(2)])
def test_a_score_of_a_program_that_is_no_finite_number_is_refused(score):
    with pytest.raises(DataError, match="scores 'mine'"):
        imported_scores("mine", {CELLS[0]: score}, read)


def test_a_file_that_is_absent_or_has_several_methods_for_one_name_is_refused(tmp_path):
    with pytest.raises(InfrastructureError, match="cannot read"):
        scores_in_file(tmp_path / "none.csv", read)
    path = file_of(tmp_path, "network,one,two", "a,1,2")
    with pytest.raises(UsageError, match="has the scores of one, two; they cannot all be called"):
        scores_in_file(path, str, "mine")


def test_a_file_of_scores_is_told_from_a_suite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file_of(tmp_path, 'table = "a.csv"', 'score = "b"', name="scores.toml")
    file_of(tmp_path, 'name = "a"', name="suite.toml")
    told = [is_scores_file(name) for name in ("a.csv", "scores.toml", "suite.toml", "smoke")]
    assert told == [True, True, False, False]

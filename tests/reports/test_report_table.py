import json
from pathlib import Path

import pytest

from harness.core.errors import InfrastructureError
from harness.metrics.values import Defined, Estimate, Interval, Undefined
from harness.reports.report_table import (
    Column,
    Mark,
    Reasons,
    ReportTable,
    columns,
    fixed,
    general,
    number,
    optional,
    optional_estimate,
    p_value,
)
from harness.reports.writers import forms, latex, markdown, print_table, write_files

WHOLE = Estimate(value=Defined(value=0.1234), interval=Interval(low=-1, high=12.5, level=0.95))
BARE = Estimate(value=Defined(value=0.5), interval=Undefined(reason="two repeats are needed"))
MISSING = Estimate(value=Undefined(reason="constant"), interval=Undefined(reason="constant"))
LONG = Undefined(reason="very " * 60)
TABLE = ReportTable(
    title="Cells",
    columns=columns("method", "tau", "n"),
    rows=(("a|b", WHOLE, 3), ("c", MISSING, None)),
    notes=("A note.",),
)


def text_of(cell, **column):
    return ReportTable(columns=columns(Column(head="x", **column)), rows=((cell,),)).texts[0][0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("text", "text"),
        (None, ""),
        (7, "7"),
        (1.5, "1.500"),
        (Defined(value=12.345), "12.35"),
        (Undefined(reason="constant"), "undefined: constant"),
        (WHOLE, "0.123 [-1.000, 12.50]"),
        (BARE, "0.500"),
        (MISSING, "undefined: constant"),
        (optional(None), ""),
        (optional_estimate(None, None), ""),
    ],
)
def test_every_kind_of_cell_has_its_text(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("reasons", "bare", "missing"),
    [
        (Reasons.NONE, "0.500", "undefined"),
        (Reasons.VALUE, "0.500", "undefined: constant"),
        (Reasons.INTERVAL, "0.500 [no interval: two repeats are needed]", "undefined"),
        (Reasons.ALL, "0.500 [no interval: two repeats are needed]", "undefined: constant"),
    ],
)
def test_a_column_says_how_much_is_told_of_what_is_missing(reasons, bare, missing):
    assert (text_of(BARE, reasons=reasons), text_of(MISSING, reasons=reasons)) == (bare, missing)


def test_a_long_reason_is_cut_off_unless_its_column_keeps_it_whole():
    assert len(text_of(LONG)) == 100
    assert text_of(LONG).endswith("…")
    assert text_of(LONG, whole=True) == f"undefined: {LONG.reason}"


@pytest.mark.parametrize(
    ("written", "value", "text"),
    [
        (number, 9.9994, "9.999"),
        (number, 10, "10.00"),
        (general, 1.5, "1.5"),
        (general, 2.0, "2"),
        (fixed(1), 2.25, "2.2"),
        (p_value, 0.00009, "< 0.0001"),
        (p_value, 0.0312, "0.031"),
    ],
)
def test_numbers_are_written_with_the_digits_that_a_column_declares(written, value, text):
    assert text_of(float(value), number=written) == text


def test_programs_find_an_estimate_in_three_columns_unrounded():
    first, second = TABLE.records
    assert first == {"method": "a|b", "tau": 0.1234, "tau_low": -1, "tau_high": 12.5, "n": 3}
    assert second == {"method": "c", "tau": None, "tau_low": None, "tau_high": None, "n": None}
    frame = TABLE.frame()
    assert list(frame) == list(first)
    assert frame["tau"].isna().tolist() == [False, True]


def test_a_table_without_rows_still_has_the_columns_of_its_frame():
    assert list(ReportTable(columns=columns("a", "b"), rows=()).frame()) == ["a", "b"]


def test_records_become_a_table_with_their_names_for_columns():
    table = ReportTable.of_records([{"name": "a", "tau": WHOLE}, {"name": "b", "tau": BARE}])
    assert table.heads == ["name", "tau"]
    assert [record["tau_high"] for record in table.records] == [12.5, None]


def test_a_page_has_paragraphs_and_tables_with_titles_and_notes():
    assert markdown(["# Page", TABLE]) == (
        "# Page\n\n## Cells\n\n"
        "| method | tau | n |\n| --- | ---: | ---: |\n"
        "| a\\|b | 0.123 [-1.000, 12.50] | 3 |\n| c | undefined: constant |  |\n\nA note.\n"
    )


def test_csv_and_json_hold_the_same_records():
    written = forms(TABLE)
    assert json.loads(written[".json"]) == TABLE.records
    assert written[".csv"] == "method,tau,tau_low,tau_high,n\na|b,0.1234,-1,12.5,3\nc,,,,\n"
    assert ".md" not in written


def test_latex_marks_the_best_cell_and_what_rests_on_a_part():
    table = ReportTable(
        columns=columns("method", Column(head="t_1", number=fixed(3), reasons=Reasons.NONE)),
        rows=(("a&b", WHOLE), ("c", BARE), ("d", MISSING), ("e", None)),
        marks={(0, 1): Mark.BEST, (1, 1): Mark.PARTIAL},
    )
    text = latex([table], ["a comment"])
    assert text.startswith("% a comment\n\n\\begin{tabular}{lr}\n\\toprule\nmethod & t\\_1 \\\\\n")
    assert r"a\&b & $\mathbf{0.123}$ {\scriptsize $[-1.000, 12.500]$} \\" in text
    assert r"c & $0.500^{\dagger}$ \\" in text
    assert "d & undefined \\\\\ne & -- \\\\\n\\bottomrule" in text


def test_output_that_is_no_terminal_is_separated_by_tabs(capsys):
    print_table(TABLE)
    said = capsys.readouterr()
    assert said.out == ("method\ttau\tn\na|b\t0.123 [-1.000, 12.50]\t3\nc\tundefined: constant\t\n")
    assert said.err == "A note.\n"  # not data, and not lost


def test_a_terminal_has_the_notes_below_the_table(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    print_table(TABLE)
    assert capsys.readouterr().out.splitlines()[-1] == "A note."


def test_a_link_out_of_the_results_folder_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InfrastructureError, match="leads outside"):
        write_files(tmp_path / "results", Path("link", "a"), {".md": "x"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_rows_without_an_interval_have_the_keys_of_those_with_one():
    known = Estimate(value=Defined(value=0.5), interval=Interval(low=0.4, high=0.6, level=0.95))
    table = ReportTable(columns=columns("method", "a"), rows=(("first", None), ("second", known)))
    first, second = table.records
    assert first == {"method": "first", "a": None, "a_low": None, "a_high": None}
    assert second == {"method": "second", "a": 0.5, "a_low": 0.4, "a_high": 0.6}
    assert list(first) == list(second)

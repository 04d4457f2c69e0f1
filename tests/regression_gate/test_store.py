import csv
import hashlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from harness.core.errors import DataError, InfrastructureError
from harness.regression_gate import judge
from harness.regression_gate.store import has_baseline, read_baseline, write_baseline
from tests.regression_gate.snapshots import snapshot, state, task_scores, truth
from tests.regression_gate.strategies import snapshots

TABLE = truth({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0})
SCORES = {"a": 0.1, "b": 1 / 3, "c": 1e22}
PARTS = {"x": {"a": 1.0, "b": 2.0, "c": -0.0}}
SNAPSHOT = snapshot(
    [state(SCORES, failures={"d": "timeout"}), replace(state(SCORES, "q"), parts=PARTS)], TABLE
)
SNAPSHOT = replace(
    SNAPSHOT,
    plugins={
        **SNAPSHOT.plugins,
        "q": replace(SNAPSHOT.plugins["q"], failures={"d": "nonfinite"}),
    },
)


@pytest.fixture
def folder(tmp_path) -> Path:
    write_baseline(SNAPSHOT, tmp_path / "b")
    return tmp_path / "b"


def test_a_baseline_reads_back_as_it_was(folder):
    read = read_baseline(folder)
    assert read.plugins == SNAPSHOT.plugins
    assert replace(read, population=SNAPSHOT.population) == SNAPSHOT


def test_the_tables_are_what_a_person_expects(folder):
    assert (folder / "scores.csv").read_text() == (
        "architecture,p,q,q/x\n"
        "a,0.1,0.1,1.0\n"
        "b,0.3333333333333333,0.3333333333333333,2.0\n"
        "c,1e+22,1e+22,-0.0\n"
        "d,timeout,nonfinite,\n"
    )
    assert (folder / "seconds.csv").read_text() == (
        "architecture,p,q\na,0.01,0.01\nb,0.01,0.01\nc,0.01,0.01\nd,,\n"
    )


@settings(max_examples=30)
@given(snapshots())
def test_any_snapshot_survives_and_equals_itself_through_the_gate(made):
    whole, table = made
    with tempfile.TemporaryDirectory() as name:
        write_baseline(whole, Path(name))
        first = {path.name: path.read_bytes() for path in Path(name).iterdir()}
        read = read_baseline(Path(name))
        write_baseline(read, Path(name))
        assert {path.name: path.read_bytes() for path in Path(name).iterdir()} == first
    assert read.plugins == whole.plugins
    judgement = judge(read, whole, [task_scores(table, whole.population)])
    # Where every score is constant or too few are left, nothing was measured; else all is green.
    measured = any(comparison.is_measured for comparison in judgement.comparisons)
    assert judgement.exit_code == (0 if measured else 5)
    assert len(judgement.findings) == (0 if measured else 1)


def test_the_order_of_plugins_and_architectures_does_not_matter(tmp_path):
    population = replace(SNAPSHOT.population, texts=SNAPSHOT.population.texts[::-1])
    turned = replace(
        SNAPSHOT,
        population=population,
        plugins={
            name: replace(plugin, scores=dict(reversed(plugin.scores.items())))
            for name, plugin in reversed(SNAPSHOT.plugins.items())
        },
    )
    first, other = (
        [path.read_bytes() for path in write_baseline(made, tmp_path / name)]
        for name, made in (("a", SNAPSHOT), ("b", turned))
    )
    assert first == other
    straight = judge(SNAPSHOT, turned, [task_scores(TABLE, SNAPSHOT.population)])
    assert straight.findings == ()


def test_rows_in_another_order_read_as_the_same_baseline(folder):
    for name in ("scores.csv", "seconds.csv"):
        head, *rows = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text(head + "".join(reversed(rows)))
    resign(folder)
    assert read_baseline(folder).plugins == SNAPSHOT.plugins


def resign(folder: Path) -> None:
    """Let baseline.json name the tables as they are now: a careful forger's damage."""
    description = json.loads((folder / "baseline.json").read_text())
    for name in description["files"]:
        path = folder / name
        if path.exists():
            description["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "baseline.json").write_text(json.dumps(description))


def edit(old: str, new: str):
    def damage(path: Path) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return damage


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + path.read_bytes())


DAMAGES = [
    ("baseline.json", Path.unlink, r"baseline\.json cannot be read: No such file"),
    ("baseline.json", cut, r"baseline\.json: Invalid JSON"),
    ("baseline.json", binary, r"baseline\.json cannot be read: it is not UTF-8"),
    ("baseline.json", edit('"suite"', '"sweet"'), r"baseline\.json \[suite\]: Field required"),
    ("baseline.json", edit('"scored": 3', '"scored": "x"'), r"\[plugins\.p\.scored\]"),
    ("baseline.json", edit('"scored": 3', '"score": 3'), r"\[plugins\.p\.score"),
    ("baseline.json", edit('"schema_version": 1', '"schema_version": 2'), r"\[schema_version\]"),
    ("baseline.json", edit('"here": 0.0005', '"here": -1'), r"\[plugins\.p\.tolerance\.here\]"),
    (
        "baseline.json",
        edit('"median": 0.0005', '"median": 0.5'),
        r"baseline\.json: stability of median 0\.5 and score 0\.0005",
    ),
    (
        "baseline.json",
        edit('"machine": "', '"machine": "z'),
        r"baseline\.json: the machine of plugins\.\w+ is not among its machines",
    ),
    ("scores.csv", Path.unlink, r"scores\.csv cannot be read: No such file"),
    ("scores.csv", cut, r"scores\.csv is not the table that baseline\.json was written with"),
    ("scores.csv", edit("0.1", "0.2"), r"scores\.csv is not the table"),
    ("seconds.csv", edit("0.01", "0.02"), r"seconds\.csv is not the table"),
]


@pytest.mark.parametrize(("name", "damage", "message"), DAMAGES)
def test_every_damage_is_one_sentence_that_says_what_to_do(folder, name, damage, message):
    damage(folder / name)
    with pytest.raises(DataError, match=message) as caught:
        read_baseline(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert "restore it from version control, or write it anew with --update-baseline" in text


FORGERIES = [
    (edit("0.1", "nan"), r"scores\.csv \[a, p\] is 'nan', neither a number nor a failure"),
    (edit("timeout", "late"), r"\[d, p\] is 'late', neither a number nor a failure"),
    (edit("0.1,0.1", ",0.1"), r"has empty cells in the columns of p"),
    (edit("1.0\n", "\n"), r"has empty cells in the columns of q"),
    (edit("a,0.1", "z,0.1"), r"has rows of another population"),
    (edit("b,", "a,"), r"has a row that is cut short or stands twice"),
    (edit("a,0.1,0.1,1.0\n", "a,0.1\n"), r"has a row that is cut short or stands twice"),
    (edit("architecture,p", "architecture,r"), r"has other columns than baseline\.json says"),
    (edit("a,0.1", 'a,"0.1'), r"scores\.csv is not CSV"),
]


@pytest.mark.parametrize(("damage", "message"), FORGERIES)
def test_a_table_that_was_damaged_and_signed_is_refused_all_the_same(folder, damage, message):
    damage(folder / "scores.csv")
    resign(folder)
    with pytest.raises(DataError, match=message) as caught:
        read_baseline(folder)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_has_no_baseline_and_a_half_one_is_damaged(tmp_path, folder):
    assert not has_baseline(tmp_path / "nowhere")
    (folder / "baseline.json").unlink()
    assert has_baseline(folder)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InfrastructureError, match="choose another folder with --baseline"):
        write_baseline(SNAPSHOT, tmp_path / "taken")


def test_numbers_are_written_to_the_last_digit(folder):
    with (folder / "scores.csv").open(newline="") as stream:
        cells = {row["architecture"]: row["p"] for row in csv.DictReader(stream)}
    assert float(cells["b"]) == 1 / 3

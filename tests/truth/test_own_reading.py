"""A published file, the user's own reader and a description: ground truth without an edit."""

import hashlib
import logging
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import harness
from harness.core.errors import HarnessError
from harness.truth import load, task

RESULTS = '{"(4, 0, 3, 1, 4, 3)": [91.0, 92.0], "(0, 0, 0, 0, 0, 0)": [61.0, 60.0]}'
READER = "import json\n\ndef read(content, arguments, unit):\n    return json.loads(content.data)\n"
DESCRIPTION = """
name = "mine"
space = "nas-bench-201"
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
reader = "reader.py"
n = 2

[source]
path = "results.json"
"""
CELL = "(4, 0, 3, 1, 4, 3)"


@pytest.fixture
def description(tmp_path: Path) -> Path:
    (tmp_path / "results.json").write_text(RESULTS)
    (tmp_path / "reader.py").write_text(READER)
    path = tmp_path / "mine.toml"
    path.write_text(DESCRIPTION)
    return path


def test_a_reader_of_ones_own_makes_a_truth_table(description):
    table = load(str(description))
    assert sorted(table.values.values()) == [60.5, 91.5]  # means of two trainings
    assert sorted(table.runs.values()) == [(61.0, 60.0), (91.0, 92.0)]
    assert all(text.startswith("|") for text in table.values)
    assert table.sources == (str(description), str(description.parent / "results.json"))


def test_a_built_in_reader_is_named_and_another_place_verified(description):
    digits = "01201222"
    content = f'{{"{digits}": {{"test_acc": [89.0, 90.0, 91.0], "mean_acc": 90.0}}}}'
    description.with_name("results.json").write_text(content)
    digest = hashlib.sha256(content.encode()).hexdigest()
    text = DESCRIPTION.replace("nas-bench-201", "nas-bench-macro")
    text = text.replace("reader.py", "macro-json").replace("n = 2", "n = 1")
    description.write_text(f'{text}sha256 = "{digest}"\n')
    assert load(str(description)).values == {digits: 90.0}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('json"', f'json"\nsha256 = "{"0" * 64}"', "is not the file that .* describes: its sha256"),
        ("n = 2", "n = 3", "has 2 architectures for task 'mine', expected 3"),
        ("reader.py", "nowhere.py", "there is no reader file .*nowhere.py"),
        ("reader.py", "macro-jsn", r"unknown reader 'macro-jsn' in .*\[reader\]; did you mean"),
        ("results.json", "no.json", "cannot read .*no.json: No such file.*names this file"),
        ('json"', 'json"\nrepository = "a/b"', "a file of a repository has commit, size and"),
        ("results.json", "../results.json", "the path of a file is below the description"),
        ("nas-bench-201", "nas-bench-21", "unknown space 'nas-bench-21' in .*did you mean"),
    ],
)
def test_a_faulty_description_is_one_sentence(description, old, new, message):
    description.write_text(DESCRIPTION.replace(old, new))
    with pytest.raises(HarnessError, match=message):
        load(str(description))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 3", "the reader reader.py returned a int; it returns a mapping of architectures"),
        ("return {}", "the reader reader.py found no value in"),
        ("return content.rows", "cannot read .*results.json: AttributeError"),
        ("return {'(4, 0, 3, 1, 4, 9)': 1.0}", r"architecture '\(4, 0, 3, 1, 4, 9\)': operation"),
        (f"return {{'{CELL}': float('nan')}}", "expected a finite number, found nan"),
        (f"import numpy; return {{'{CELL}': [numpy.ones(2)]}}", "expected a number, found array"),
        (f"return {{'{CELL}': 101.0}}", r"101.0 is outside \[0.0, 100.0\]"),
        (f"return {{'{CELL}': 91.0, '{CELL} ': 92.0}}", "occurs a second time"),
        (f"return {{'{CELL}': 0.91, '(0, 0, 0, 0, 0, 0)': 0.6}}", "no value is above 1 percent"),
    ],
)
def test_what_a_faulty_reader_gives_is_refused_as_a_faulty_file_is(description, body, message):
    description.with_name("reader.py").write_text(
        f"def read(content, arguments, unit):\n    {body}\n"
    )
    with pytest.raises(HarnessError, match=message):
        load(str(description))


def test_a_package_offers_a_task_by_its_description(description, monkeypatch, caplog):
    package = description.parent / "offered_tasks"
    package.mkdir()
    for name in ("results.json", "reader.py", "mine.toml"):
        description.with_name(name).rename(package / name)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(description.parent)
    points = {
        name: EntryPoint(name=name, value="offered_tasks", group="harness.tasks")
        for name in ("mine", "gone")
    }
    registry = sys.modules["harness.truth.tasks"]  # a function of the package has its name
    monkeypatch.setattr(registry, "installed_offers", lambda group: points)
    assert load("mine").n == 2
    assert (task("mine").space, task("mine").n) == ("nas-bench-201", 2)
    with caplog.at_level(logging.WARNING):
        listed = harness.list_tasks()
    assert listed[-1].name == "mine"
    assert "is no package with a file gone.toml" in caplog.text

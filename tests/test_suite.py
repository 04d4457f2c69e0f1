"""What is wrong with a suite is one plain sentence."""

from pathlib import Path

import pytest

from harness.core.errors import UsageError
from harness.suite import load_suite

SUITE = """
name = "mine"
summary = "One task"
space = "nas-bench-201"
dataset = "cifar10"
tasks = ["nb201-analog-baseline"]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["nb201-analog-baseline"]', "[]", r"\[tasks\] is empty; give one or more$"),
        ('["nb201-analog-baseline"]', '"x"', r"\[tasks\] is 'x'; give a list$"),
        ('summary = "One task"', "", r"\[summary\] is missing"),
        ("summary", "sumary", r"unknown key 'sumary' in mine\.toml; did you mean 'summary'\?"),
        ("tasks", "[batch]\nsise = 2\n#", r"'sise' in mine\.toml \[batch\]; did you mean 'size'\?"),
        ('"mine"', '"../mine"', r"\[name\] is '\.\./mine'; give up to 100 letters, digits"),
        ("summary", "level = 2\nsummary", r"\[level\] is 2; it should be less than 1$"),
        ("summary", 'top = "3"\nsummary', r"\[top\] is '3'; it should be a valid integer$"),
        ("summary", "seed = true\nsummary", r"\[seed\] is True; it should be a valid integer$"),
        (
            "summary",
            "seed = -1\nsummary",
            r"\[seed\] is -1; it should be greater than or equal to 0$",
        ),
        (
            'line"]',
            'line"]\n[population]\nseed = -1',
            r"\[population\.seed\] is -1; it should be gr",
        ),
        ("summary", 'level = "0.9"\nsummary', r"\[level\] is '0\.9'; it should be a valid number$"),
        (
            'line"]',
            'line"]\n[batch]\nsize = "4"',
            r"\[batch\.size\] is '4'; it should be",
        ),
        ("summary", "batch = 2\nsummary", r"\[batch\] is 2; make it a table$"),
        (
            'nas-bench-201"\n',
            'nas-bench-202"\n',
            r"unknown space 'nas-bench-202' in mine\.toml \[space\]; did you mean 'nas-bench-20",
        ),
    ],
)
def test_a_fault_of_a_suite_is_one_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(SUITE.replace(old, new, 1))
    with pytest.raises(UsageError, match=message):
        load_suite("mine.toml")


def test_a_byte_order_mark_as_windows_editors_write_it_is_no_fault(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SUITE, encoding="utf-8-sig")
    assert load_suite(str(path)).name == "mine"

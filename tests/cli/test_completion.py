"""What Tab offers, asked the way a shell asks."""

import os
import subprocess
import sys

import pytest


def offered(line: str) -> list[str]:
    words = line.split(" ")
    asked = {
        "_HARNESS_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from harness.cli.app import app; app(prog_name='harness')"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **asked},
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("harness run nb201-q", ["nb201-quick"]),
        ("harness run smoke --plugin synf", ["synflow", "synflow_bn"]),
        ("harness check te_", ["te_nas"]),
        ("harness predict nb201-analog-q", ["nb201-analog-qat"]),
        ("harness predict nb201-analog-qat --plugin gp_", ["gp_wl"]),
        ("harness report --published nb101-imagen", ["nb101-imagenet"]),
    ],
)
def test_names_are_offered_where_they_belong(line: str, expected: list[str]):
    assert offered(line) == expected

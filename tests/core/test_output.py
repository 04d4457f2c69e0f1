"""What code of others prints does not get among data, and is not lost."""

import os
import subprocess
import sys

import pytest

from harness.core.output import data_output, prints_apart

WORKER = """
import os
from harness.core.output import print_to_errors
print_to_errors()
print("printed by a plugin")
os._exit(0)
"""


def test_what_is_printed_in_a_block_goes_to_standard_error_and_data_do_not(capsys):
    with prints_apart():
        sys.stdout.write("printed by a plugin\n")
        data_output().write("data\n")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("data\n", "printed by a plugin\n")


def test_what_a_worker_prints_is_not_lost_when_it_is_ended():
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    assert (done.stdout, done.stderr) == ("", "printed by a plugin\n")


OUTPUTS = r"""
import sys
from harness.core.output import open_outputs
open_outputs()
sys.stdout.write("caf\u00e9\n")
sys.stderr.write("said\n")
"""


@pytest.mark.parametrize(
    ("closed", "out", "err"),
    [("", "caf\\xe9\n", "said\n"), (">&-", "", "said\n"), ("2>&-", "caf\\xe9\n", "")],
)
def test_closed_streams_and_letters_that_a_locale_lacks_end_nothing(closed, out, err):
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} - {closed}"],
        input=OUTPUTS,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.stdout, done.stderr) == (out, err)


@pytest.mark.parametrize("listed", ["plugins", "spaces"])  # more than a pipe's buffer, and less
def test_a_command_whose_reader_has_stopped_ends_without_a_word(listed):
    command = [sys.executable, "-m", "harness", "list", listed]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")

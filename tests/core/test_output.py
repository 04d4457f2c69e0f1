"""What code of others prints does not get among data, and is not lost."""

import os
import subprocess
import sys

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

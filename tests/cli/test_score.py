"""``harness score``: a file with a network, and what it prints."""

import csv
import io
import json

import pytest

from tests.cli.conftest import in_own_process

NETWORK = """
import torch
from torch import nn

class Net(nn.Sequential):
    def __init__(self, classes=4):
        super().__init__(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, classes))
"""
GIVEN = ("--proxy", "params", "--shape", "3,8,8", "--batch", "noise:4")


@pytest.fixture
def scored(harness, tmp_path):
    """Write a file and score it."""

    def run(source, *options, file="net.py"):
        (tmp_path / "net.py").write_text(source)
        return harness("score", file, *(options or GIVEN))

    return run


@pytest.mark.parametrize(
    "end",
    [
        "",
        "network = Net()",
        "model = Net()\ncriterion = nn.CrossEntropyLoss()",
        "mine = Net()\n_other = Net()",
        "def build():\n    return Net()\ndel Net; from torch.nn import Sequential",
        "network = {'a': Net, 'b': Net()}",
    ],
)
def test_the_network_of_a_file_is_found(scored, end):
    if end.startswith("def"):
        end = "def build():\n    return _Net()"
        done = scored(NETWORK.replace("Net(", "_Net(") + end)
    else:
        done = scored(NETWORK + end)
    assert done.returncode == 0, done.stderr
    assert "params\t692\thigher\tscored\t" in done.stdout


def test_a_name_chooses_among_several(scored):
    source = NETWORK + "small = Net()\nlarge = Net(9)"
    done = scored(source, *GIVEN)
    assert done.returncode == 2
    assert (
        "net.py holds several networks: small, large; choose one, e.g. net.py:small" in done.stderr
    )
    done = scored(source, *GIVEN, file="net.py:large")
    assert "params\t1417" in done.stdout


def test_a_file_gives_inputs_and_labels(scored):
    inputs = "inputs = torch.randn(4, 3, 8, 8)\ndef labels():\n    return torch.arange(4)\n"
    done = scored(NETWORK + inputs, "--proxy", "grad_norm", "--json")
    (row,) = json.loads(done.stdout)
    assert (row["network"], row["status"], row["backwards"]) == ("Net", "scored", 1)
    again = scored(NETWORK + inputs, "--proxy", "grad_norm", "--csv")
    (same,) = csv.DictReader(io.StringIO(again.stdout))
    assert float(same["score"]) == row["score"]  # what a file draws is drawn from the seed


BAD_FILES = {
    "none": ("x = 1", 2, "net.py holds no network; define one called network"),
    "missing package": (
        "import no_such_package",
        1,
        "cannot be imported: ModuleNotFoundError: No module named",
    ),
    "syntax": ("def f(:", 1, "net.py:1: syntax error: invalid syntax"),
    "raises": ("1 / 0", 1, "net.py cannot be imported: ZeroDivisionError: division by zero"),
    "inputs raise": (
        NETWORK + "def inputs():\n    raise OSError('gone')",
        1,
        "inputs of net.py raises OSError: gone",
    ),
    "inputs exit": (
        NETWORK + "def inputs():\n    raise SystemExit(0)",
        1,
        "inputs of net.py raises SystemExit: 0",
    ),
    "changed": (
        NETWORK + "torch.set_default_dtype(torch.float64)",
        1,
        "the import of net.py leaves torch.get_default_dtype() (torch.float32, now",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_used_is_told_in_one_line(scored, kind):
    source, code, message = BAD_FILES[kind]
    done = scored(source)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        ("gone.py", (), "there is no network file gone.py"),
        ("net.txt", (), "'net.txt' is no Python file; give FILE.py or FILE.py:NAME"),
        ("net.py:Other", (), "net.py has no 'Other'; it has Net"),
        ("net.py", ("--shape", "3,a"), "--shape 3,a: give the sizes of one sample"),
    ],
)
def test_what_is_not_there_is_told(scored, file, options, message):
    done = scored(NETWORK, *GIVEN, *options, file=file)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_proxy_that_fails_everywhere_ends_the_command_with_1(scored, tmp_path):
    (tmp_path / "bad.py").write_text(
        "from harness.plugin import Direction, ZeroCostProxy\n"
        "def score(observation):\n    raise ValueError('no')\n"
        "PLUGIN = ZeroCostProxy(name='bad', version='1', summary='', passes=(), score=score,\n"
        "                       direction=Direction.HIGHER)\n"
    )
    done = scored(NETWORK, *GIVEN, "--proxy", "bad.py")
    assert done.returncode == 1
    assert "params\t692" in done.stdout
    assert "bad\t\thigher\tfailed\t\t\t\t\tValueError: no at score:3" in done.stdout
    assert "error: bad failed on every network; the column reason says why" in done.stderr


PRINTS = """
import torch
from torch import nn

print("at import")

class Net(nn.Sequential):
    def forward(self, images):
        print("in a forward pass")
        return super().forward(images)

def network():
    print("while it is built")
    return Net(nn.Flatten(), nn.Linear(48, 4))
"""
PRINTING = """
from harness.passes.backward import LOSS_GRADIENTS
from harness.plugin import Direction, ZeroCostProxy

def score(seen):
    print("while it scores")
    return float(len(seen[LOSS_GRADIENTS]))

PLUGIN = ZeroCostProxy(name="mine", version="1", summary="Number of gradients.",
    direction=Direction.HIGHER, passes=(LOSS_GRADIENTS,), score=score)
"""


def test_what_networks_and_proxies_print_is_not_among_the_data(tmp_path):
    (tmp_path / "net.py").write_text(PRINTS)
    (tmp_path / "mine.py").write_text(PRINTING)
    given = ("--shape", "3,4,4", "--batch", "noise:4", "--proxy", "params", "--proxy", "mine.py")
    done = in_own_process(tmp_path, "score", "net.py", *given, "--json")
    assert [row["status"] for row in json.loads(done.stdout)] == ["scored", "scored"]
    for text in ("at import", "in a forward pass", "while it is built", "while it scores"):
        assert text in done.stderr

"""A zoo: networks and a table of accuracies, without a space."""

import logging
from pathlib import Path

import pandas as pd
import pytest
from torch import nn

import harness
from harness.core.errors import HarnessError
from tests.cli.conftest import called

NETWORK = """
from torch import nn

def network():
    return nn.Sequential(nn.Conv2d(3, {width}, 3), nn.ReLU(), nn.Flatten(), nn.Linear({width}, 4))
"""
OPTIONS = {"plugins": ["params", "grad_norm"], "workers": 0, "batch": "noise:4"}
SMALL = {"shape": (3, 3, 3), "classes": 4}


def builder(width):
    def build():
        layers = [nn.Conv2d(3, width, 3), nn.ReLU(), nn.Flatten(), nn.Linear(width, 4)]
        return nn.Sequential(*layers)

    return build


@pytest.fixture
def zoo(tmp_path, monkeypatch) -> Path:
    """A folder of three networks, with the accuracies of two of them and of another one."""
    monkeypatch.chdir(tmp_path)
    Path("nets").mkdir()
    for width in (2, 4, 6):
        Path(f"nets/w{width}.py").write_text(NETWORK.format(width=width))
    Path("nets/_shared.py").write_text("raise RuntimeError('not a network')\n")
    Path("acc.csv").write_text("network,accuracy\nw2,60\nw4,70\nw6,80\n")
    return tmp_path


def test_a_folder_of_networks_and_a_table_are_a_leaderboard(zoo, monkeypatch, capsys):
    words = ("--plugin", "params", "--only", "--batch", "noise:4", "--workers", "0")
    shape = ("--shape", "3,3,3", "--classes", "4")
    done = called(zoo, monkeypatch, capsys, "run", "nets", "--truth", "acc.csv", *words, *shape)
    assert done.returncode == 0, done.stderr
    assert "nets: spearman [95% interval], 3 architectures (all)" in done.stdout
    assert "3/3" in done.stdout


def test_networks_are_scored_once_and_again_when_their_code_changes(zoo):
    first = harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS)
    assert first.computed == {0: 6}
    assert harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS).computed == {0: 0}
    Path("nets/w2.py").write_text(NETWORK.format(width=3))
    assert harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS).computed == {0: 2}
    Path("nets/w4.py").write_text(f"# a comment\n{NETWORK.format(width=4)}")
    assert harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS).computed == {0: 0}


def test_a_suite_may_name_a_zoo_as_its_space(zoo, monkeypatch, capsys):
    Path("all.py").write_text(
        "from torch import nn\nNAMES = ('w2', 'w4')\n"
        "NETWORKS = {name: nn.Sequential(nn.Flatten(), nn.Linear(27, 4)) for name in NAMES}\n"
    )
    for space, rows in (("nets", 3), ("all.py", 2)):
        Path("acc.csv").write_text(
            "\n".join(["network,accuracy", "w2,60", "w4,70", "w6,80"][: rows + 1])
        )
        Path("suite.toml").write_text(
            f'name = "mine"\nsummary = "s"\nspace = "{space}"\ntasks = ["acc.csv"]\n'
            'plugins = ["params", "grad_norm"]\nmetrics = ["spearman"]\n'
            '[data]\nname = "own"\nshape = [3, 3, 3]\nclasses = 4\n'
            '[batch]\nsource = "noise"\nsize = 4\n'
        )
        frame = harness.frame(harness.run("suite.toml", workers=0))
        assert frame["scored"].tolist() == [rows, rows]
    words = ("params", "grad_norm", "--suite", "suite.toml", "--resamples", "100")
    assert "# A: params, B: grad_norm" in called(zoo, monkeypatch, capsys, "compare", *words).stdout


def test_a_file_may_hold_all_networks(zoo):
    Path("all.py").write_text(
        "from torch import nn\n"
        "def build(width):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(27, width), nn.Linear(width, 4))\n"
        "NETWORKS = {f'w{width}': (lambda width=width: build(width)) for width in (2, 4, 6)}\n"
    )
    frame = harness.frame(harness.run("all.py", truth="acc.csv", **SMALL, **OPTIONS))
    assert frame.set_index("plugin")["spearman"]["params"] == pytest.approx(1.0)


def test_networks_of_a_program_are_scored_in_workers_too(tmp_path):
    networks = {f"w{width}": builder(width) for width in (2, 4, 6)} | {"m": builder(8)()}
    truth = {"w2": 1.0, "w4": 2.0, "w6": 3.0, "m": 4.0}
    options = OPTIONS | {"plugins": "params", "workers": 1, "results": tmp_path}
    done = harness.run(networks, truth=truth, **SMALL, **options)
    frame = harness.frame(done)
    assert frame["scored"].tolist() == [4]
    assert frame["spearman"].tolist() == [pytest.approx(1.0)]
    assert harness.run(networks, truth=truth, **SMALL, **options).computed == {0: 0}


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (pd.DataFrame({"network": ["w2"]}), "the accuracies given are network 0 w2; give them by"),
        (3, "the accuracies given are 3; give them by the names of architectures"),
        ({"w2": "high"}, "the accuracies given, network w2: expected a number, found 'high'"),
        ({"w2": float("nan")}, "network w2: expected a finite number, found nan"),
        (pd.Series([1.0, 2.0], index=["w2", "w2"]), "network w2 has a second accuracy; leave one"),
    ],
)
def test_accuracies_of_a_program_that_are_none_are_one_sentence(truth, message, tmp_path):
    with pytest.raises(HarnessError, match=message):
        harness.run({"w2": builder(2)}, truth=truth, **SMALL, **OPTIONS | {"results": tmp_path})


def test_accuracies_may_be_a_series_with_missing_values(tmp_path):
    networks = {f"w{width}": builder(width) for width in (2, 4, 6, 8)}
    truth = pd.Series([1, 2, 3, None], index=pd.CategoricalIndex(networks), dtype=object)
    options = OPTIONS | {"plugins": "params", "results": tmp_path}
    frame = harness.frame(harness.run(networks, truth=truth, **SMALL, **options))
    assert (frame["scored"].tolist(), frame["spearman"].tolist()) == ([3], [pytest.approx(1.0)])


def test_names_without_a_partner_are_counted(zoo, caplog):
    Path("acc.csv").write_text("network,accuracy\nw2,60\nw4,70\nother,80\n")
    with caplog.at_level(logging.WARNING):
        done = harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS)
    assert (
        "1 of the 3 names in acc.csv are no networks of the zoo nets (other), and 1 of its 3 "
        "networks have no accuracy and are not scored (w6)"
    ) in caplog.text
    assert done.computed == {0: 4}


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ("nets", {}, "the zoo nets has no accuracies: give a table"),
        ("nets", {"truth": {"x": 1.0}}, r"none of the 1 names in the accuracies given \(x\)"),
        ("nets", {"truth": "no.csv"}, "cannot read no.csv"),
        ("nets", {"truth": "acc.csv", "classes": 4}, "'classes' needs the shape of one sample"),
        ("nets/w2.py", {"truth": "acc.csv"}, "w2.py has no 'NETWORKS'"),
        (".", {"truth": "acc.csv"}, "has no Python file; put one for each network there"),
        ("smoke", {"truth": "acc.csv"}, "'truth' has no part in what is no zoo"),
        ("netz/", {"truth": "acc.csv"}, "there is no folder netz/; 'truth' goes"),
        ({}, {"truth": {"x": 1.0}}, "the zoo zoo has no network"),
    ],
)
def test_what_is_no_zoo_is_one_sentence(zoo, given, options, message):
    with pytest.raises(HarnessError, match=message) as caught:
        harness.run(given, **options)
    assert "\n" not in str(caught.value)


def test_a_network_that_cannot_be_built_fails_alone(zoo):
    Path("nets/w4.py").write_text("def network():\n    return 3\n")
    frame = harness.frame(harness.run("nets", truth="acc.csv", **SMALL, **OPTIONS))
    assert frame["scored"].tolist() == [2, 2]

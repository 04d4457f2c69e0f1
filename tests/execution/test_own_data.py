"""Suites on a data set of one's own: the scores' identity, and networks that do not take it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from harness.api.choice import batch_settings
from harness.core.architecture import Dataset
from harness.core.errors import ContractError, UsageError
from harness.execution.run import Options, Run, open_run
from harness.execution.task_truth import open_suite
from harness.records.condition import Condition
from harness.spaces.datasets import DATASETS, dataset, identity_of
from harness.spaces.registry import space
from harness.suite import BatchSettings, Suite, load_suite
from harness.truth import load

SUITE = """
name = "mine"
summary = "s"
space = "nas-bench-201"
tasks = ["own.toml"]
plugins = ["params"]

[batch]
source = "noise"
size = 4
"""
DATA = '\n[data]\nname = "digits"\nshape = [1, 28, 28]\nclasses = 7\n'
TABLE = """
name = "own"
space = "nas-bench-201"
dataset = "digits"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "own.csv"
architecture = "arch"
values = ["acc"]
"""


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = [space("nas-bench-201").parse(f"(0, 0, 0, 0, 0, {last})").text for last in range(4)]
    rows = [f"{text},{60 + row}" for row, text in enumerate(cells)]
    Path("own.csv").write_text("\n".join(["arch,acc", *rows, ""]))
    Path("own.toml").write_text(TABLE)


def suite(text: str) -> Suite:
    Path("mine.toml").write_text(text)
    return load_suite("mine.toml")


def opened(text: str) -> Run:
    return open_run(suite(text), [], Options(results=Path("r"), workers=0))


def test_a_suite_describes_its_data_set_or_names_a_file_of_one(caplog):
    described = opened(SUITE + DATA)
    assert described.dataset == Dataset(name="digits", shape=(1, 28, 28), classes=7)
    assert described.batch.inputs.shape == (4, 1, 28, 28)
    assert not caplog.records  # the table is about this data set
    Path("d.py").write_text(
        "from harness.batches import Dataset\n"
        'DATA = Dataset(name="digits", shape=(1, 28, 28), classes=7)\n'
        'OTHER = Dataset(name="other", shape=(1, 28, 28), classes=7)\n'
    )
    named = opened('dataset = "d.py"\n' + SUITE)
    assert named.condition == described.condition
    other = opened('dataset = "d.py:OTHER"\n' + SUITE)
    assert other.condition.key != described.condition.key
    assert "of data set other, but the values of own are of digits" in caplog.text


def test_a_table_may_name_the_file_of_its_data_set(caplog):
    Path("d.py").write_text(
        "from harness.batches import Dataset\n"
        'DATA = Dataset(name="coins", shape=(3, 12, 12), classes=3)\n'
    )
    Path("own.toml").write_text(TABLE.replace('"digits"', '"d.py"'))
    assert load("own.toml").dataset == "coins"
    assert opened('dataset = "coins"\n' + SUITE).dataset.shape == (3, 12, 12)
    assert not caplog.records
    Path("own.toml").write_text(TABLE.replace('"digits"', '"d.py:NONE"'))
    with pytest.raises(ContractError, match=r"d.py has nothing under the name NONE"):
        load("own.toml")


@pytest.mark.parametrize(
    ("text", "source", "size"),
    [
        ("noise", "noise", 64),
        ("noise:8", "noise", 8),
        ("my.py", "my.py", 64),
        ("my.py:8", "my.py", 8),
        ("my.py:SOURCE", "my.py:SOURCE", 64),
        ("my.py:SOURCE:8", "my.py:SOURCE", 8),
    ],
)
def test_the_size_of_a_batch_follows_the_last_colon(text, source, size):
    settings = batch_settings(text, 64)
    assert (settings.source, settings.size) == (source, size)


@pytest.mark.parametrize("text", ["noise:x", "noise:1", "my.py:SOURCE:-8", "noise:65537"])
def test_a_size_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="the size after the colon is a number, 2 to 65536"):
        batch_settings(text, 64)


def test_another_size_of_the_same_source_keeps_its_path_and_options():
    own = BatchSettings(source="folder", path=Path("pets"), options={"resize": "pad"})
    assert batch_settings("folder:8", 64, own) == own.model_copy(update={"size": 8})
    assert batch_settings("noise:8", 64, own) == BatchSettings(source="noise", size=8)


def test_scores_of_another_shape_classes_or_loss_are_another_condition():
    changed = [
        DATA,
        DATA.replace("7", "8"),
        DATA.replace("[1, 28, 28]", "[1, 28, 32]"),
        DATA + 'loss = "network"\n',
        DATA.replace("digits", "figures"),
    ]
    assert len({opened(SUITE + data).condition.key for data in changed}) == len(changed)


def test_a_condition_of_a_built_in_data_set_is_written_as_before():
    condition = opened('dataset = "cifar10"\n' + SUITE).condition
    assert condition.built_for == ""
    assert set(json.loads(condition.model_dump_json())) == {
        *("space", "dataset", "batch_source", "batch_size", "batch_digest", "seed", "device"),
        "schema_version",
    }
    assert Condition.model_validate_json(condition.model_dump_json()) == condition
    assert {identity_of(dataset(name)) for name in DATASETS} == {""}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('\n[data]\nname = "a"\nshape = [1]\n', r"\[data.classes\] is missing"),
        (DATA.replace("shape", "shapes"), r"'shapes' in mine.toml \[data\]; did you mean 'shape'"),
        (DATA.replace("28]", "0]"), r"\[data.shape.2\] is 0"),
        (DATA.replace("[1, 28, 28]", "[]"), r"\[data.shape\] is empty"),
        (DATA + 'inputs = "token"\n', r"\[data.inputs\] is 'token'"),
        (DATA + 'inputs = "tokens"\n', "say how many ids there are: vocabulary = 256"),
        (DATA + "vocabulary = 3\n", "vocabulary = 3, but inputs are real"),
        (DATA + 'loss = "mse"\n', "unknown loss 'mse'"),
        (DATA.replace("digits", "cifar10"), "like a built-in one of another shape"),
        (DATA.replace("digits", "my digits"), r"\[data.name\] is 'my digits'"),
    ],
)
def test_what_is_wrong_with_a_data_set_is_one_sentence(data, message):
    with pytest.raises(UsageError, match=message):
        suite(SUITE + data)


def test_a_suite_names_one_data_set():
    with pytest.raises(UsageError, match=r"names a dataset and describes one in \[data\]"):
        suite('dataset = "cifar10"\n' + SUITE + DATA)


def test_a_table_alone_about_the_data_set_of_a_suite_points_to_that_suite():
    Path("mine.csv").write_text('cell,accuracy\n"(0, 0, 0, 0, 0, 0)",61\n')
    Path("task.toml").write_text(
        'name = "mine"\nspace = "nas-bench-201"\ndataset = "unheard"\nsplit = "test"\n'
        'metric = "accuracy"\nunit = "number"\ndirection = "higher"\ntable = "mine.csv"\n'
        'architecture = "cell"\nvalues = ["accuracy"]\n'
    )
    sentence = r"unknown dataset 'unheard' in task\.toml \[dataset\] \(where a suite describes it"
    with pytest.raises(UsageError, match=sentence):
        open_suite("task.toml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cifar11", "unknown dataset 'cifar11' in mine.toml .*did you mean 'cifar10'"),
        ("nowhere.py", "there is no dataset file .*nowhere.py"),
        ("d.py", "d.py has nothing under the name DATA; a Dataset belongs there"),
        ("d.py:NUMBER", "d.py has a int under the name NUMBER"),
        ("d.py:SPACED", "a data set is named 'my data'"),
    ],
)
def test_a_data_set_that_is_not_there_is_one_sentence(name, message):
    Path("d.py").write_text(
        "from harness.batches import Dataset\nNUMBER = 3\n"
        'SPACED = Dataset(name="my data", shape=(1, 8, 8), classes=7)\n'
    )
    with pytest.raises((UsageError, ContractError), match=message):
        opened(f'dataset = "{name}"\n' + SUITE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DATA.replace("[1, 28, 28]", "[2, 100]"), r"are real \(2, 100\), not images"),
        (
            DATA.replace("28]", "25]"),
            r"sides are multiples of 4; those of data set .digits. are 28 x 25",
        ),
    ],
)
def test_networks_that_do_not_take_the_data_are_refused_before_scoring(data, message):
    with pytest.raises(UsageError, match=f"networks of nas-bench-201 .*{message}|{message}"):
        opened(SUITE + data)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 224, 224)])
@pytest.mark.parametrize("name", ["nas-bench-101", "darts", "transnas-bench-101-micro"])
def test_networks_of_other_spaces_are_built_for_any_image(name, shape):
    data = Dataset(name="mine", shape=shape, classes=10_000)
    searched = space(name)
    network = searched.network(searched.sample(np.random.default_rng(0)), data)
    assert sum(weight.shape[0] == 10_000 for weight in network.parameters()) >= 1
    first = next(weight for weight in network.parameters() if weight.dim() == 4)
    assert first.shape[1] == shape[0]

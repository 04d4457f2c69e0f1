"""Batch sources and torch data sets of one's own, and batches of any shape, kind and loss."""

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import torch

import harness
from harness.batches import registry
from harness.batches.labels import checked_labels
from harness.core.errors import ContractError, DataError, UsageError
from harness.own_code import offers
from tests.batches.drawn import data, drawn

SOURCES = """
import numpy as np
from harness.batches import BatchSource, Draw

def level(draw: Draw, *, height: float = 1.0):
    return np.full((draw.size, *draw.dataset.shape), height), None

def raises(draw):
    raise RuntimeError("no such sensor")

def source(draw, name="mine"):
    return BatchSource(name=name, summary="Ones", draw=draw)

def unseeded(draw):
    return np.random.default_rng().normal(size=(draw.size, *draw.dataset.shape)), None

def fills_memory(draw):
    raise MemoryError

SOURCE = source(level, "level")
FULL = source(fills_memory)
UNSEEDED = source(unseeded)
RAISES = source(raises)
NOTHING = source(lambda draw: None)
LISTS = source(lambda draw: ([1], None))
SHORT = source(lambda draw: (np.ones((1, 3, 8, 8)), None))
NONE = source(lambda draw: ((), None))
TAKEN = source(level, "noise")
"""
ITEMS = """
import torch
from torch.utils.data import Dataset, IterableDataset

class Images(Dataset):
    def __len__(self): return 10
    def __getitem__(self, index): return torch.randn(3, 8, 8), index % 4

class Named(Images):
    def __getitem__(self, index):
        return {"x": torch.full((3, 8, 8), float(index)), "labels": torch.tensor(index % 4)}

class Ragged(Images):
    def __getitem__(self, index): return torch.ones(3, 8, 8 + index), 0

class Broken(Images):
    def __getitem__(self, index): raise KeyError("gone")

class Texts(Images):
    def __getitem__(self, index): return "text", 0

class Bare(Images):
    def __getitem__(self, index): return torch.ones(3, 8, 8)

class Doubles(Images):
    def __getitem__(self, index):
        torch.set_default_dtype(torch.float64)
        return torch.ones(3, 8, 8), 0

class Stream(IterableDataset):
    def __iter__(self): yield 1

def absent(): raise OSError("disk is not mounted")

DATASET, STREAM, NUMBER = Images(), Stream(), 3
"""


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("s.py").write_text(SOURCES)
    Path("d.py").write_text(ITEMS)


def test_a_source_of_a_file_has_options_and_a_name_of_its_own():
    batch = drawn("s.py", data())
    assert (batch.source, batch.labels) == ("level", None)
    assert drawn("s.py", data(), height=2.0).inputs.max() == 2
    with pytest.raises(UsageError, match="unknown option 'heigth' in the batch source 'level'"):
        drawn("s.py", data(), heigth=2)


def test_a_batch_of_one_sample_again_and_again_is_told(caplog):
    drawn("s.py", data())
    assert "batch source 'level' gives the same sample 4 times" in caplog.text
    caplog.clear()
    drawn("noise", data())
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("RAISES", "'mine' failed: RuntimeError: no such sensor"),
        ("FULL", "'mine' ran out of memory at 4 samples of data set 'mine'; draw fewer or smaller"),
        ("NOTHING", r"returned a NoneType; return \(inputs, labels\)"),
        ("LISTS", "inputs as a list; return numpy arrays"),
        ("SHORT", "the first axis is the sample, and the batch has 4"),
        ("NONE", "returned no inputs"),
        ("UNSEEDED", "'mine' gives other samples each time, .*; draw with draw.generator alone"),
        ("TAKEN", "is named 'noise'"),
        ("ABSENT", "s.py has nothing under the name ABSENT; a BatchSource belongs there"),
        ("level", "s.py has a function under the name level"),
    ],
)
def test_what_is_wrong_with_a_source_is_one_sentence(name, message):
    with pytest.raises((ContractError, DataError), match=message):
        drawn(f"s.py:{name}", data())


def test_samples_that_no_memory_holds_are_refused_before_they_are_drawn():
    huge = data(shape=(3, 1_000_000, 1_000_000))
    with pytest.raises(UsageError, match=r"4 samples of data set 'mine' take 44,703 GiB, and this"):
        drawn("s.py:RAISES", huge)


def test_an_installed_source_is_found_and_a_broken_one_breaks_nothing(monkeypatch, caplog):
    Path("installed_batches.py").write_text(SOURCES)
    monkeypatch.syspath_prepend(".")
    points = {
        name: EntryPoint(name, f"{module}:SOURCE", "harness.batches")
        for name, module in (("level", "installed_batches"), ("gone", "no_such_module_at_all"))
    }
    monkeypatch.setattr(registry, "installed_offers", lambda group: points)
    assert drawn("level", data()).source == "level"
    with pytest.raises(ContractError, match="no_such_module_at_all cannot be imported"):
        drawn("gone", data())
    listed = {source.name: source for source in harness.list_batches()}
    assert listed["level"].options == ("height",)
    assert "gone" not in listed
    assert "batch source gone cannot be used: no_such_module_at_all" in caplog.text
    assert {"folder", "arrays", "text", "torch", "noise"} <= set(listed)
    offers.load_installed.cache_clear()


def test_items_of_a_torch_data_set_are_drawn_the_same_again():
    batch = drawn("torch", data(), "d.py")
    assert (batch.inputs.shape, batch.labels.shape) == ((4, 3, 8, 8), (4,))
    torch.manual_seed(1)
    others = [drawn("torch", data(), f"d.py:{name}") for name in ("DATASET", "Images")]
    assert {other.digest for other in others} == {batch.digest}


def test_items_may_be_inputs_by_name_or_inputs_alone():
    named = drawn("torch", data(), "d.py:Named")
    indices = named.inputs["x"][:, 0, 0, 0]
    assert len(set(indices.tolist())) == 4
    assert named.labels.tolist() == (indices % 4).tolist()
    assert drawn("torch", data(), "d.py:Bare").labels is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("d.py:Ragged", r"items of d.py:Ragged differ in shape: inputs is \(3, 8, "),
        ("d.py:Broken", r"item \d of d.py:Broken: KeyError: 'gone'"),
        ("d.py:Texts", "inputs of type <U4; an array of numbers is needed"),
        ("d.py:Doubles", r"d.py:Doubles leaves torch.get_default_dtype\(\)"),
        ("d.py:STREAM", "is of type Stream, without length or items"),
        ("d.py:NUMBER", "is of type int, without length or items"),
        ("d.py:absent", "d.py:absent cannot be called: OSError: disk is not mounted"),
        ("d.py:Absent", "d.py has nothing under the name Absent$"),
        ("nowhere.py", "there is no data file .*nowhere.py"),
        ("d.txt", "d.txt is no Python file"),
        (None, r"name a Python file with a torch data set \(file.py or file.py:NAME\)"),
    ],
)
def test_what_is_wrong_with_a_torch_data_set_is_one_sentence(path, message):
    with pytest.raises((ContractError, DataError, UsageError), match=message) as caught:
        drawn("torch", data(), path)
    assert "\n" not in str(caught.value)
    assert torch.get_default_dtype() is torch.float32


@pytest.mark.parametrize(
    ("loss", "shape"),
    [
        ("cross_entropy", (4,)),
        ("per_token", (4, 5)),
        ("regression", (4, 10_000)),
        ("network", None),
    ],
)
@pytest.mark.parametrize("kind", [{}, {"inputs": "tokens", "vocabulary": 9}])
def test_noise_has_any_shape_kind_and_labels_of_every_loss(loss, shape, kind):
    signals = data(shape=(2, 5), classes=10_000, loss=loss, **kind)
    batch = drawn("noise", signals)
    assert batch.inputs.shape == (4, 2, 5)
    assert batch.inputs.dtype == ("int64" if kind else "float32")
    if kind:
        assert (batch.inputs.min(), batch.inputs.max()) == (0, 8)
    assert (None if batch.labels is None else batch.labels.shape) == shape
    tensors = batch.tensors()
    assert tensors.size == 4
    assert torch.equal(tensors.copy().inputs, tensors.inputs)


def test_noise_has_a_class_for_every_pixel():
    assert drawn("noise", data(loss="per_pixel")).labels.shape == (4, 8, 8)


def test_photographs_are_grey_for_data_of_one_channel_and_refused_for_others():
    grey, colour = (drawn("photographs", data(shape=(n, 8, 8))).inputs for n in (1, 3))
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    assert grey[:, 0] == pytest.approx(np.einsum("nchw,c->nhw", colour, weights), abs=1e-5)
    with pytest.raises(UsageError, match="1 or 3 channels, but data set 'mine' has 12"):
        drawn("photographs", data(shape=(12, 8, 8)))


@pytest.mark.parametrize(
    ("dataset", "labels", "message"),
    [
        (data(loss="per_token", shape=(2, 3)), [[0, 1, -100], [4, 0, 0]], r"label 4 \(sample 1 "),
        (data(loss="per_token", shape=(2, 3)), [[0, 1], [0, 0]], r"wants \(2, 3\)"),
        (data(loss="per_pixel", shape=(1, 1, 2)), [[0, 1], [0, 0]], r"wants \(2, 1, 2\)"),
        (data(), [0, -100], r"the label -100 \(sample 1"),
        (data(), [0, 1, 2], "3 labels for 2 samples"),
        (data(loss="regression", classes=2), [1.0, 2.0], r"2 values wants \(2, 2\)"),
        (data(loss="regression", classes=1), [1.0, np.inf], "NaN, infinite or too large"),
        (data(loss="regression", classes=1), [True, False], "labels of type bool"),
    ],
)
def test_labels_of_another_form_or_range_are_refused(dataset, labels, message):
    with pytest.raises(DataError, match=message):
        checked_labels(np.array(labels), dataset, 2, "mine")


def test_tokens_and_pixels_may_be_left_out_of_the_loss():
    labels = np.array([[0, -100, 3], [-100, -100, 1]])
    tokens = data(loss="per_token", shape=(2, 3))
    assert np.array_equal(checked_labels(labels, tokens, 2, "mine"), labels)

"""Samples of .npy, .npz and Parquet files, and what is wrong with others."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.core.errors import DataError, UsageError
from tests.batches.drawn import data, drawn

ECG = data(shape=(2, 5), classes=5)
VALUES = data(shape=(2, 5), classes=3, loss="regression")
X = np.arange(80, dtype=np.float32).reshape(8, 2, 5)
Y = np.arange(8) % 5


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(
        "a.npz",
        inputs=X,
        labels=Y,
        turned=np.asfortranarray(X),
        values=np.arange(24.0).reshape(8, 3),
        from_one=Y + 1,
        few=X[:3],
        objects=np.array([{}] * 8, dtype=object),
        texts=np.array(["a"] * 8),
        holes=np.where(X > 3, np.nan, X),
        large=X * np.float64(1e300),
        number=np.float64(3),
        imaginary=X.astype(complex),
    )
    np.savez_compressed("packed.npz", inputs=X, labels=Y)
    np.save("x.npy", X)
    np.save("y.npy", Y)
    np.save("objects.npy", np.array([{}], dtype=object))
    columns = {
        "inputs": [row.tolist() for row in X],
        "flat": [row.ravel().tolist() for row in X],
        "labels": Y,
        "age": np.arange(8),
        "weight": np.arange(8) / 2,
        "texts": ["a"] * 8,
        "ragged": [[1.0] * (row % 3) for row in range(8)],
        "empty": pa.array([None] * 8, pa.float64()),
    }
    pq.write_table(pa.table(columns), "p.parquet", row_group_size=3)
    Path("cut.npz").write_bytes(Path("a.npz").read_bytes()[:400])
    Path("cut.npy").write_bytes(Path("x.npy").read_bytes()[:200])
    Path("text.parquet").write_text("a,b")
    Path("table.csv").write_text("a,b")


def test_every_format_gives_the_samples_of_the_same_seed():
    batch = drawn("arrays", ECG, "a.npz")
    rows = [int(row[0, 0]) // 10 for row in batch.inputs]
    assert len(set(rows)) == 4
    assert np.array_equal(batch.inputs, X[rows])
    assert np.array_equal(batch.labels, Y[rows])
    others = (
        drawn("arrays", ECG, "a.npz", inputs="turned"),
        drawn("arrays", ECG, "packed.npz"),
        drawn("arrays", ECG, "x.npy", labels="y.npy"),
        drawn("arrays", ECG, "p.parquet"),
        drawn("arrays", ECG, "p.parquet", inputs="flat"),
    )
    assert {other.digest for other in others} == {batch.digest}
    assert drawn("arrays", ECG, "a.npz", seed=1).digest != batch.digest


def test_several_arrays_are_several_inputs_of_the_network():
    several = drawn("arrays", ECG, "a.npz", inputs=["inputs", "values"])
    assert [array.shape for array in several.inputs] == [(4, 2, 5), (4, 3)]
    named = drawn("arrays", ECG, "a.npz", inputs={"x": "inputs", "age": "labels"}, labels="")
    assert (named.inputs["x"].dtype, named.inputs["age"].dtype) == ("float32", "int64")
    assert named.labels is None
    assert several.digest != named.digest


def test_columns_of_a_table_make_up_a_sample_and_its_values():
    table = data(shape=(2,), classes=2, loss="regression")
    batch = drawn("arrays", table, "p.parquet", columns=["age", "weight"], labels=["weight", "age"])
    assert np.array_equal(batch.inputs, batch.labels[:, ::-1])
    assert batch.inputs[:, 0].tolist() == (2 * batch.inputs[:, 1]).tolist()


def test_channels_are_normalised_by_given_numbers_or_those_of_the_batch():
    plain = drawn("arrays", ECG, "a.npz").inputs
    given = drawn("arrays", ECG, "a.npz", mean=[1, 2], std=[2, 4]).inputs
    assert given[:, 1] == pytest.approx((plain[:, 1] - 2) / 4)
    own = drawn("arrays", ECG, "a.npz", mean="batch", std="batch").inputs
    assert own.mean((0, 2)) == pytest.approx([0, 0], abs=1e-5)
    assert own.std((0, 2)) == pytest.approx([1, 1], abs=1e-5)


def test_labels_of_a_regression_are_a_row_of_values_a_sample():
    assert drawn("arrays", VALUES, "a.npz", labels="values").labels.shape == (4, 3)
    one = data(shape=(2, 5), classes=1, loss="regression")
    assert drawn("arrays", one, "a.npz").labels.shape == (4, 1)


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("a.npz", {"inputs": "inputz"}, "unknown array 'inputz' in a.npz; did you mean 'inputs'"),
        ("a.npz", {"inputs": "objects"}, "'objects' of a.npz holds Python objects"),
        ("objects.npy", {}, "objects.npy holds Python objects"),
        ("a.npz", {"inputs": "number"}, "is a single number"),
        ("a.npz", {"inputs": "values"}, r"shape \(8, 3\); samples of the data set are \(2, 5\)"),
        ("a.npz", {"inputs": "imaginary"}, "complex128; an array of numbers is needed"),
        ("a.npz", {"inputs": "holes"}, "NaN or infinite numbers"),
        ("a.npz", {"inputs": "large"}, "NaN or infinite numbers"),
        ("a.npz", {"inputs": "few"}, "a.npz has 3 samples and 8 labels"),
        ("a.npz", {"inputs": ["inputs", "few"]}, "'inputs' has 8 samples, but 'few' has 3"),
        ("a.npz", {"labels": "few"}, "a.npz has 8 samples and 3 labels"),
        ("a.npz", {"labels": "texts"}, "labels of type <U1; an array of numbers is needed"),
        ("a.npz", {"labels": "values"}, "float64; the loss cross_entropy wants integers, 0 to 4"),
        ("a.npz", {"labels": "from_one", "size": 8}, "has the classes 0 to 4"),
        ("a.npz", {"size": 9}, "a.npz holds 8 samples, but the batch needs 9"),
        ("a.npz", {"mean": [1, 2, 3]}, "mean has 3 numbers for 2 channels"),
        ("a.npz", {"mean": "bach"}, "mean is 'bach'; give a number a channel, or 'batch'"),
        ("a.npz", {"std": [0, 1]}, "give numbers above 0"),
        ("a.npz", {"label": "labels"}, "unknown option 'label' in the batch source 'arrays'"),
        ("a.npz", {"inputs": 3}, "inputs is 3; give a list of names"),
        ("a.npz", {"inputs": []}, "inputs is empty"),
        ("x.npy", {"labels": "y"}, "labels is 'y'; name a .npy file"),
        ("cut.npz", {}, "cannot read cut.npz"),
        ("cut.npy", {"size": 8}, "cannot read cut.npy"),
        ("text.parquet", {}, "cannot read text.parquet"),
        ("p.parquet", {"inputs": "nope"}, "unknown column 'nope' in p.parquet"),
        ("p.parquet", {"inputs": "texts"}, "'texts' of p.parquet holds string"),
        ("p.parquet", {"inputs": "ragged"}, "samples of different lengths"),
        ("p.parquet", {"inputs": "empty"}, "has empty rows"),
        ("p.parquet", {"inputs": "age"}, r"samples of shape \(\); those of the data set"),
        ("table.csv", {}, r"no file of arrays; they end in .npy, .npz or .parquet"),
        ("nowhere.npz", {}, "there is nothing at nowhere.npz"),
        (None, {}, r"name a file of arrays .* with --images, or as path in \[batch\]"),
    ],
)
def test_what_is_wrong_with_arrays_is_one_sentence(path, options, message):
    with pytest.raises((DataError, UsageError), match=message) as caught:
        drawn("arrays", ECG, path, **options)
    assert "\n" not in str(caught.value)


def test_a_damaged_array_is_named():
    content = bytearray(Path("a.npz").read_bytes())
    at = content.index(X.tobytes()) + 8
    content[at : at + 4] = b"oops"
    Path("damaged.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read array .inputs. of damaged\.npz: Bad CRC"):
        drawn("arrays", ECG, "damaged.npz", size=8)

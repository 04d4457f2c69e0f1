#!/usr/bin/env bash
# onnx 1.23.2, onnxruntime 1.32.0 for comparison
#
# `ReferenceEvaluator` is there to say what a model must return. Of models that the checker accepts it
# returns something else than the specification of their operations: average pools with `ceil_mode` divide
# the last windows by a wrong number, max pools with `ceil_mode` and stride 1 return maps larger than the
# shape inference of the same package says, those of odd images with SAME_LOWER smaller ones, the logarithm
# of a softmax is -inf where it is -200, and a normalisation by sizes divides by the sum with signs. Grouped
# transposed convolutions are a ValueError. onnxruntime returns what the specification says, and so does
# torch for the pools.
#
# Whoever checks an export or a runtime by it rejects the right ones; the cross-entropy of a sure network
# is infinite.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator


def outputs(operation, *arrays, **attributes):
    """What onnxruntime and the reference return, and the shape that is inferred."""
    names = [f"input{place}" for place in range(len(arrays))]
    node = onnx.helper.make_node(operation, names, ["output"], **attributes)
    kind = onnx.TensorProto.FLOAT
    inputs = [
        onnx.helper.make_tensor_value_info(name, kind, array.shape) for name, array in zip(names, arrays)
    ]
    output = onnx.helper.make_tensor_value_info("output", kind, [None] * arrays[0].ndim)
    graph = onnx.helper.make_graph([node], "graph", inputs, [output])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    sizes = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim
    feed = dict(zip(names, arrays))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (right,) = session.run(None, feed)
    assert right.shape == tuple(size.dim_value for size in sizes)
    try:
        return right, ReferenceEvaluator(model).run(None, feed)[0]
    except ValueError as error:
        return right, error


images = np.random.default_rng(0).normal(size=(1, 4, 10, 10)).astype(np.float32)

for attributes in ({"strides": [2, 2]}, {"strides": [3, 3]}):
    right, reference = outputs("AveragePool", images, kernel_shape=[3, 3], ceil_mode=1, **attributes)
    corner = images[:, :, 9:, 9:] if attributes["strides"] == [3, 3] else images[:, :, 8:, 8:]
    expected = corner.mean((2, 3))
    print(f"average pool with {attributes}, corner:", end=" ")
    print(f"right {right[0, 0, -1, -1]:.3f}, reference {reference[0, 0, -1, -1]:.3f}")
    assert np.allclose(right[:, :, -1, -1], expected, atol=1e-6)
    assert np.allclose(reference[:, :, -1, -1], expected, atol=1e-6) == (attributes["strides"] == [2, 2])

for pixels, attributes in (
    (10, {"strides": [1, 1], "pads": [1] * 4, "ceil_mode": 1}),
    (9, {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
):
    right, reference = outputs("MaxPool", images[:, :, :pixels, :pixels], kernel_shape=[3, 3], **attributes)
    print(f"max pool with {attributes}: right {right.shape}, reference {reference.shape}")
    assert right.shape != reference.shape

right, reference = outputs("LogSoftmax", np.array([[100, 0, -100]], np.float32), axis=1)
print("logarithm of a softmax: right", right, "reference", reference)
assert np.allclose(right, [[0, -100, -200]]) and reference[0, 2] == -np.inf

values = np.array([[1, -2, 4, -2]], np.float32)
right, reference = outputs("LpNormalization", values, p=1, axis=1)
print("normalised by sizes: right", right, "reference", reference)
assert np.allclose(right, values / np.abs(values).sum()) and np.allclose(reference, values / values.sum())

right, reference = outputs("ConvTranspose", images, np.ones((4, 2, 3, 3), np.float32), group=2)
print(f"grouped transposed convolution: right {right.shape}, reference {reference!r}")
assert isinstance(reference, ValueError)
PYTHON

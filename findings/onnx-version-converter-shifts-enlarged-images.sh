#!/usr/bin/env bash
# onnx 1.23.2, onnxruntime 1.32.0
#
# `version_converter` gives a `Resize` of version 10 and an `Upsample` of version 9 no coordinate transformation when it
# writes version 11 or later, whose default is another one: half pixels in place of corners. Images that a
# network enlarges linearly are shifted by up to half a pixel and outputs change by their size; the nearest pixels
# of the factor two are the same. `Hardmax` of version 11, which takes all axes behind the first together, becomes one
# of its last axis: 36 ones in place of two.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, version_converter


def model(node, version, tensors=()):
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3, 6, 6])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([node], "network", inputs, outputs, list(tensors))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


def output(network):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        network.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": image})[0]


def enlarged(columns, position):
    """Twice the size along the last axis, linear, with the position of each new pixel among the old."""
    places = np.clip([position(new) for new in range(12)], 0, 5)
    low = np.floor(places).astype(int)
    share = places - low
    return columns[..., low] * (1 - share) + columns[..., np.minimum(low + 1, 5)] * share


def both_axes(position):
    return enlarged(enlarged(image, position).swapaxes(2, 3), position).swapaxes(2, 3)


image = np.random.default_rng(0).normal(size=(2, 3, 6, 6)).astype(np.float32)
twice = [numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "s")]
corners, halves = both_axes(lambda new: new / 2), both_axes(lambda new: (new + 0.5) / 2 - 0.5)
for kind, version in (("Upsample", 9), ("Resize", 10)):
    for mode in ("linear", "nearest"):
        network = model(helper.make_node(kind, ["x", "s"], ["y"], mode=mode), version, twice)
        before, after = output(network), output(version_converter.convert_version(network, 18))
        difference = np.abs(before - after).max()
        print(f"{kind} {version} to 18, {mode}: outputs up to {np.abs(before).max():.2f} change by {difference:.2f}")
        if mode == "linear":
            assert np.allclose(before, corners, atol=1e-5) and np.allclose(after, halves, atol=1e-5)
            assert difference > 1
        else:
            assert difference == 0

network = model(helper.make_node("Hardmax", ["x"], ["y"]), 11)
before, after = output(network), output(version_converter.convert_version(network, 18))
print(f"Hardmax 11 to 18: {before.sum():.0f} ones become {after.sum():.0f}")
assert (before.sum(), after.sum()) == (2, 36)
PYTHON

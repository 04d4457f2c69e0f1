#!/usr/bin/env bash
# onnx2torch 1.5.15, onnx 1.23.2, onnxruntime 1.32.0
#
# A converted network is in training mode: its batch norms, which ONNX computes with the stored averages, take
# those of the batch and change the stored ones until somebody calls `eval()`. `Resize` by nearest neighbours
# with half-pixel coordinates, ONNX's default, or other rounding than "floor", and linear with asymmetric ones
# are computed by torch's rule, without a word: a third of the pixels and more are others. `output_shape` of a
# transposed convolution is ignored. Linear with half pixels or aligned corners and nearest with "floor" are right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnx2torch==1.5.15 \
  onnx==1.23.2 onnxruntime==1.32.0 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import onnxruntime
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from onnx import TensorProto, checker, helper, numpy_helper
from onnx2torch import convert

generator = np.random.default_rng(0)
images = generator.normal(size=(2, 4, 9, 9)).astype(np.float32)


def both(node, tensors, side, evaluated=True):
    """Outputs of one node by onnxruntime and by the converted network."""
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, images.shape)],
        [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, (2, 4, side, side))],
        [numpy_helper.from_array(values, key) for key, values in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    right = session.run(None, {"images": images})[0]
    network = convert(model)
    with torch.no_grad():
        return right, (network.eval() if evaluated else network)(torch.from_numpy(images)).numpy()


tensors = {key: generator.uniform(0.5, 2, 4).astype(np.float32) for key in ("scale", "shift", "mean", "variance")}
norm = helper.make_node("BatchNormalization", ["images", *tensors], ["outputs"])
for evaluated in (False, True):
    right, found = both(norm, tensors, 9, evaluated)
    error = np.abs(right - found).max()
    print(f"batch norm {'after eval()' if evaluated else 'as converted'}: largest error {error:.1e}")
    assert (error < 1e-5) == evaluated

RESIZES = {  # mode, coordinates, rounding: whether the outputs agree
    ("nearest", "asymmetric", "floor"): True,
    ("nearest", "asymmetric", "round_prefer_floor"): False,
    ("nearest", "half_pixel", "round_prefer_floor"): False,
    ("linear", "half_pixel", "floor"): True,
    ("linear", "align_corners", "floor"): True,
    ("linear", "asymmetric", "floor"): False,
}
for (mode, coordinates, rounding), agrees in RESIZES.items():
    options = {"mode": mode, "coordinate_transformation_mode": coordinates, "nearest_mode": rounding}
    resize = helper.make_node("Resize", ["images", "", "factors"], ["outputs"], **options)
    right, found = both(resize, {"factors": np.array([1, 1, 1.7, 1.7], np.float32)}, 15)
    wrong = (np.abs(right - found) > 1e-4).mean()
    print(f"Resize {mode} {coordinates} {rounding}: {wrong:.0%} of the pixels are others")
    assert right.shape == found.shape and (wrong == 0) == agrees and (agrees or wrong > 0.2)

weights = {"weights": generator.normal(size=(4, 4, 3, 3)).astype(np.float32)}
options = {"strides": [2, 2], "output_shape": [18, 18]}
transposed = helper.make_node("ConvTranspose", ["images", "weights"], ["outputs"], **options)
right, found = both(transposed, weights, 18)
print("transposed convolution with output_shape 18:", right.shape[2:], "by onnxruntime,", found.shape[2:], "converted")
assert right.shape[2:] == (18, 18) and found.shape[2:] == (19, 19)
PYTHON

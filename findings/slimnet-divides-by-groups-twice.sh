#!/usr/bin/env bash
# slimnet 0.2.1
#
# `compute_analytical_latency` gives the least time of an ONNX model for a peak speed and bandwidth. The
# weights of a grouped convolution have the channels of one group; it divides them by the groups once more:
# a depthwise convolution of 64 channels takes a 64th of its products, and no bytes of weights at all. A
# stride of 2 changes nothing, for it takes the size of the input. `extract_features`, from which its
# latency predictor learns, has the same 64th and counts a convolution as depthwise if it has as many groups
# as channels per group: no depthwise one is, the plain one of a grey image is.
#
# Latencies of MobileNet cells are too small by their widths.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  onnx==1.23.2 numpy==2.4.6 pandas==2.3.3 tqdm==4.70.1
# without what its searches ask for
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps slimnet==0.2.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import onnx

package = ModuleType("hwnas")  # the package itself imports its searches
package.__path__ = list(find_spec("hwnas").submodule_search_locations)
sys.modules["hwnas"] = package
from hwnas.analytical_model import compute_analytical_latency
from hwnas.extract_features import extract_features


def save_convolution(inputs, outputs, groups, stride):
    """One 3 by 3 convolution of 32 by 32 pixels."""
    kind, size = onnx.TensorProto.FLOAT, 32 // stride
    image = onnx.helper.make_tensor_value_info("image", kind, [1, inputs, 32, 32])
    result = onnx.helper.make_tensor_value_info("result", kind, [1, outputs, size, size])
    values = np.zeros((outputs, inputs // groups, 3, 3), np.float32)
    node = onnx.helper.make_node(
        "Conv", ["image", "weights"], ["result"], group=groups, kernel_shape=[3, 3], pads=[1] * 4, strides=[stride] * 2
    )
    weights = onnx.numpy_helper.from_array(values, "weights")
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "graph", [image], [result], [weights]))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, "model.onnx")
    return 2 * outputs * (inputs // groups) * 9 * size * size


for inputs, outputs, groups, stride in ((64, 64, 1, 1), (64, 64, 1, 2), (64, 64, 4, 1), (64, 64, 64, 1), (1, 8, 1, 1)):
    operations = save_convolution(inputs, outputs, groups, stride)
    milliseconds, _, _ = compute_analytical_latency("model.onnx", 1e9, 1e30)
    features = extract_features("model.onnx")
    ratio = milliseconds / (operations / 1e9 * 1000)
    name = f"{inputs} to {outputs} channels, {groups} groups, stride {stride}"
    print(f"{name}: {ratio:.4g} of the time of its products, {features['n_depthwise']} depthwise")
    assert abs(ratio - stride**2 / groups) < 1e-9
    assert features["n_depthwise"] == (inputs == 1)
PYTHON

#!/usr/bin/env bash
# torch 2.13.0, onnx 1.23.2, onnxscript 0.7.2, onnxruntime 1.32.0
#
# torch.nn.functional.avg_pool2d(..., divisor_override=1) sums each window. torch.onnx.export writes
# it as an AveragePool, which divides by the size of the window: both exporters (dynamo=True and
# dynamo=False) drop the divisor without an error or a warning, and the model's outputs are wrong by
# the size of the window, here 9. One would expect a refusal, or a multiplication by the window's size.
#
# Who writes pools with a divisor of their own, as a quick form of count_include_pad=False, gets ONNX
# models whose logits are wrong although torch.export of the same network is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import warnings

import onnxruntime
import torch
from torch import nn
from torch.nn import functional

warnings.simplefilter("ignore")


class SumOfWindows(nn.Module):
    def forward(self, images):
        return functional.avg_pool2d(images, 3, stride=1, padding=1, divisor_override=1)


network, images = SumOfWindows().eval(), torch.ones(1, 1, 5, 5)
expected = float(network(images)[0, 0, 2, 2])
exported = float(torch.export.export(network, (images,)).module()(images)[0, 0, 2, 2])
print(f"torch: {expected}; torch.export: {exported}")
kept = []
for dynamo in (True, False):
    stream = io.BytesIO()
    if dynamo:
        torch.onnx.export(network, (images,), dynamo=True, verbose=False).save(stream)
    else:
        torch.onnx.export(network, (images,), stream, dynamo=False)
    session = onnxruntime.InferenceSession(stream.getvalue(), providers=["CPUExecutionProvider"])
    outputs = session.run(None, {session.get_inputs()[0].name: images.numpy()})[0]
    value = float(outputs[0, 0, 2, 2])
    print(f"torch.onnx.export(dynamo={dynamo}): {value}")
    kept.append(abs(value - expected) < 1e-5)
if any(kept):
    sys.exit("torch.onnx.export no longer drops divisor_override in both exporters")
print("both exporters drop divisor_override without a word")
PYTHON

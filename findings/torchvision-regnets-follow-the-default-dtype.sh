#!/usr/bin/env bash
# torchvision 0.28.0, torch 2.13.0
#
# torchvision computes the widths of its RegNets with tensors of torch's default precision. Under
# torch.set_default_dtype(torch.bfloat16), which makes a network's weights bfloat16, four of the 15 are
# other networks of the same name: regnet_y_3_2gf and regnet_x_16gf have three stages in place of four,
# regnet_x_8gf and regnet_y_8gf another width. Nothing warns; published weights do not fit. Under
# torch.device("meta") none can be made at all. The documentation says neither. One would expect the
# default precision to change numbers and not the network.
#
# Whoever scores or times untrained networks in bfloat16 and writes the results under their names
# compares other networks: two of them have 30% and 18% fewer parameters.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torchvision==0.28.0 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torchvision import models


def make(name, precision):
    torch.set_default_dtype(precision)
    try:
        return models.get_model(name, weights=None)
    finally:
        torch.set_default_dtype(torch.float32)


def channels(network):
    """Channels of each stage."""
    return [list(stage[-1].parameters())[-1].shape[0] for stage in network.trunk_output]


for name, missing, widths in (
    ("regnet_y_3_2gf", 0.298, ([72, 216, 576, 1512], [72, 216, 552])),
    ("regnet_x_8gf", 0.179, ([80, 240, 720, 1920], [80, 240, 600, 1920])),
    ("regnet_y_400mf", 0.0, ([48, 104, 208, 440], [48, 104, 208, 440])),
):
    networks = [make(name, precision) for precision in (torch.float32, torch.bfloat16)]
    counts = [sum(weight.numel() for weight in network.parameters()) for network in networks]
    for precision, network, count in zip(("float32", "bfloat16"), networks, counts, strict=True):
        print(f"{name} in {precision}: {count} parameters, stages of {channels(network)} channels")
    assert abs(1 - counts[1] / counts[0] - missing) < 0.001
    assert tuple(map(channels, networks)) == widths
try:
    with torch.device("meta"):
        models.get_model("regnet_y_400mf", weights=None)
    raise AssertionError("a RegNet was made on meta")
except NotImplementedError as error:
    print(f"on meta: NotImplementedError: {error}")
with torch.device("meta"):
    models.get_model("resnet18", weights=None)
PYTHON

#!/usr/bin/env bash
# torch-pruning 1.6.1, torch 2.13.0
#
# Channels that are always zero can be removed without a change of any output: the weights that read them
# go with them. torch-pruning does so behind a convolution, a flattening or a concatenation with another
# convolution. Where the image itself, or an average pool of it, comes first in a concatenation, it forgets
# its channels and removes the weights that read the image. Behind `permute` and `flatten` it removes
# weights as if channels were still in front, behind a channel shuffle those of other channels. Shapes fit,
# nothing warns. One would expect the right weights or an error, as it raises elsewhere.
#
# Pruned networks that read the image again beside features, or that classify a flattened map with channels
# last, lose what they learnt: outputs are wrong by about their own size.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch-pruning==1.6.1 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
import torch_pruning
from torch import nn


class Network(nn.Module):
    """A convolution of eight channels and what a function of image and channels makes of them."""

    def __init__(self, arrange, reader, stem=None, stride=1):
        super().__init__()
        self.stem = stem or nn.Identity()
        self.features = nn.Conv2d(3, 8, 3, stride, padding=1)
        self.arrange, self.reader = arrange, reader

    def forward(self, images):
        images = self.stem(images)
        return self.reader(self.arrange(images, torch.relu(self.features(images))))


def pooled_image_first(images, channels):
    return torch.cat([nn.functional.avg_pool2d(images, 2), channels], 1)


def shuffled(images, channels):
    return nn.functional.channel_shuffle(channels, 2)


def last(images, channels):
    return channels.permute(0, 2, 3, 1).flatten(1)


torch.manual_seed(0)
images, removed = torch.randn(2, 3, 6, 6), [0, 1]
cases = {
    "channels": (Network(lambda images, channels: channels, nn.Conv2d(8, 5, 1)), True),
    "flattened": (Network(lambda images, channels: channels.flatten(1), nn.Linear(8 * 36, 5)), True),
    "image last": (Network(lambda images, channels: torch.cat([channels, images], 1), nn.Conv2d(11, 5, 1)), True),
    "a convolution of the image first": (
        Network(lambda images, channels: torch.cat([images, channels], 1), nn.Conv2d(11, 5, 1), nn.Conv2d(3, 3, 1)),
        True,
    ),
    "image first": (Network(lambda images, channels: torch.cat([images, channels], 1), nn.Conv2d(11, 5, 1)), False),
    "pooled image first": (Network(pooled_image_first, nn.Conv2d(11, 5, 1), stride=2), False),
    "flattened with channels last": (Network(last, nn.Linear(8 * 36, 5)), False),
    "shuffled channels": (Network(shuffled, nn.Conv2d(8, 5, 1)), False),
}
for name, (network, right) in cases.items():
    with torch.no_grad():
        network.eval().features.weight[removed] = 0
        network.features.bias[removed] = 0
    expected = network(images)
    graph = torch_pruning.DependencyGraph().build_dependency(network, images)
    graph.get_pruning_group(network.features, torch_pruning.prune_conv_out_channels, idxs=removed).prune()
    error = float((network(images) - expected).norm() / expected.norm())
    print(f"{name}: two of eight channels, both zero, removed; the output changes by {error:.0%}")
    assert network.features.out_channels == 6
    assert error < 1e-5 if right else error > 0.3
PYTHON

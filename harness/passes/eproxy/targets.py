"""Banks of synthetic features, ``(16, 512, 8, 8)``: what a network is trained to predict.

The banks that the authors released cannot be had; these are made from the run's seed.

* ``dot``: -1 or 1, each independently.
* ``net``: feature maps of a random convolutional network (3-64-128-256-512-1024-512 channels, 3x3,
  batch norm and ReLU, two max pools) on images of N(0, 1) noise, over their largest absolute value.
* ``wave_l``, ``wave_m``, ``wave_h``: sine waves ``sin(2 pi beta u + phase)`` and cosine waves in
  turn, along ``u`` = x, y or x + y in pixels, of ten frequencies beta times 32 phases drawn from
  [0, 2 pi); 512 of these 960 for each image anew. Middle frequencies are 0.125 to 0.35, high ones
  0.375 to 0.4875, as in GenNAS; the low band, 0.01 to 0.1, is an assumption.

Labels have nothing to do with the content of the images: a network has to tell these apart.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

import numpy as np

from harness.core.identity import derived_seed
from harness.isolation import isolated_generators
from harness.passes.eproxy.settings import IMAGE_SIDE, MOST_CHANNELS, Branch, Feature

if TYPE_CHECKING:
    import torch

__all__ = ["IMAGES", "SIDE", "bank", "target"]

IMAGES = 16
"""Images that a network is trained on."""

SIDE = 8
"""Rows and columns of a target."""

_PHASES = 32
_CHANNELS = (3, 64, 128, 256, 512, 1024, MOST_CHANNELS)
_POOLED = (1, 3)
_FREQUENCIES = {
    Feature.WAVE_LOW: (0.01, 0.1),
    Feature.WAVE_MIDDLE: (0.125, 0.35),
    Feature.WAVE_HIGH: (0.375, 0.4875),
}
_STEPS = 10


def target(branch: Branch, images: int, seed: int) -> torch.Tensor:
    """Return what a branch shall predict.

    Args:
        branch: Which features, how many channels, which factor.
        images: Number of images, at most 16.
        seed: The run's seed.

    Returns:
        float32 ``(images, target_channels, 8, 8)``; zeros for a branch without features.
    """
    import torch

    shape = (images, branch.target_channels, SIDE, SIDE)
    total = torch.zeros(shape)
    for feature in branch.features:
        total += torch.tensor(bank(feature, seed)[:images, : branch.target_channels])
    return total * branch.level


@functools.lru_cache(maxsize=10)
def bank(feature: Feature, seed: int) -> np.ndarray:
    """Return one bank, float32 ``(16, 512, 8, 8)``, read-only; equal seeds, equal banks."""
    own = derived_seed(seed, "eproxy", str(feature))
    images: np.ndarray = np.ascontiguousarray(_made(feature, own), dtype=np.float32)
    images.setflags(write=False)
    return images


def _made(feature: Feature, seed: int) -> np.ndarray:
    match feature:
        case Feature.NET:
            return _network_features(seed)
        case Feature.DOT:
            shape = (IMAGES, MOST_CHANNELS, SIDE, SIDE)
            return np.random.default_rng(seed).choice([-1.0, 1.0], size=shape)
        case Feature.WAVE_LOW | Feature.WAVE_MIDDLE | Feature.WAVE_HIGH:
            return _waves(*_FREQUENCIES[feature], np.random.default_rng(seed))
        case _:
            assert_never(feature)


def _waves(lowest: float, highest: float, generator: np.random.Generator) -> np.ndarray:
    rows, columns = np.indices((SIDE, SIDE))
    axes = np.stack([rows, columns, rows + columns])
    betas = np.linspace(lowest, highest, _STEPS)
    phases = generator.uniform(0, 2 * np.pi, size=(len(axes), _STEPS, _PHASES))
    angles = 2 * np.pi * betas[None, :, None, None, None] * axes[:, None, None]
    angles = (angles + phases[..., None, None]).reshape(-1, SIDE, SIDE)
    waves = np.sin(angles)
    waves[1::2] = np.cos(angles[1::2])
    chosen = [generator.permutation(len(waves))[:MOST_CHANNELS] for _ in range(IMAGES)]
    return waves[np.stack(chosen)]


def _network_features(seed: int) -> np.ndarray:
    import torch
    from torch import nn

    with isolated_generators(seed, torch.device("cpu")), torch.no_grad():
        layers: list[nn.Module] = []
        for number, (before, after) in enumerate(pairwise(_CHANNELS)):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
            layers += [nn.MaxPool2d(2)] if number in _POOLED else []
        noise = torch.randn(IMAGES, _CHANNELS[0], IMAGE_SIDE, IMAGE_SIDE)
        maps = nn.Sequential(*layers[:-2])(noise)
    features: np.ndarray = (maps / maps.abs().max()).numpy()
    return features

"""Scores of attention and of activations against their formulas written out in numpy."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.passes.subject import NETWORK
from tests.passes.subjects import bench, images, score, value


class _Block(nn.Module):
    """Four patches of 8 numbers, two heads without residual sum, GELU, classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.query, self.key, self.value = (nn.Linear(8, 8) for _ in range(3))
        self.classifier = nn.Linear(8, 10)

    def parts(self, inputs: Tensor) -> list[Tensor]:
        x = self.patches(inputs).flatten(2).mT
        return [self.query(x), self.key(x), self.value(x)]

    def forward(self, inputs: Tensor) -> Tensor:
        heads = [part.unflatten(-1, (2, 4)).transpose(1, 2) for part in self.parts(inputs)]
        seen = functional.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2)
        return self.classifier(functional.gelu(seen).mean(1))


def _scored(name: str) -> tuple[float, _Block, Tensor]:
    torch.manual_seed(0)
    plugin = importlib.import_module(f"harness.plugins.zero_cost.{name}").PLUGIN
    on = bench(_Block, *plugin.passes, NETWORK)
    return float(score(on, plugin)), value(on, NETWORK), images()[0]


def test_head_confidence_is_the_mean_of_the_largest_outputs_of_positions() -> None:
    seen, network, inputs = _scored("head_confidence")
    expected = sum(float(part.detach().amax(1).mean()) for part in network.parts(inputs))
    assert seen == pytest.approx(expected, rel=1e-5)


def test_softmax_confidence_is_the_mean_of_the_largest_weight_of_heads() -> None:
    seen, network, inputs = _scored("softmax_confidence")
    query, key, _ = (part.detach().double().numpy() for part in network.parts(inputs))
    products = np.einsum("nqhd,nkhd->nhqk", *(p.reshape(8, 4, 2, 4) for p in (query, key))) / 2
    weights = np.exp(products) / np.exp(products).sum(-1, keepdims=True)
    assert seen == pytest.approx(weights.max(1).mean(), rel=1e-5)


def test_activation_distance_is_the_sum_of_the_kernel_of_positions() -> None:
    seen, network, inputs = _scored("activation_distance")
    query, key, values = (
        part.unflatten(-1, (2, 4)).transpose(1, 2) for part in network.parts(inputs)
    )
    attended = functional.scaled_dot_product_attention(query, key, values)
    above = (attended.transpose(1, 2).flatten(2).flatten(0, 1) > 0).double().numpy()
    kernel = above @ above.T + (1 - above) @ (1 - above).T
    assert seen == kernel.sum()


def test_synaptic_diversity_multiplies_nuclear_norms_of_attention() -> None:
    seen, network, inputs = _scored("synaptic_diversity")
    functional.cross_entropy(network(inputs), images()[1]).backward()
    attention = (network.query, network.key, network.value, network.classifier)
    expected = sum(
        np.linalg.norm(layer.weight.detach().numpy(), "nuc")
        * np.linalg.norm(layer.weight.grad.numpy(), "nuc")
        for layer in attention[:3]
    )
    assert seen == pytest.approx(expected, rel=1e-4)


def test_w_pca_multiplies_components_by_parameters() -> None:
    seen, network, inputs = _scored("w_pca")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    rows = network.value(network.patches(inputs).flatten(2).mT).detach().double().flatten(0, 1)
    variances = np.linalg.svd(rows - rows.mean(0), compute_uv=False) ** 2
    components = int((np.cumsum(variances) < 0.99 * variances.sum()).sum()) + 1
    assert seen == parameters * components

"""Shapes of weight matrices, what they are used for, and what follows from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import integrate
from torch import Tensor, nn
from torch.nn import functional

from harness.core.architecture import Dataset
from harness.passes.principal_components import components_of
from harness.passes.spectral_capacity import network_capacities, spectral_capacity
from harness.passes.weight_matrices import WeightMatrices, weight_matrices
from harness.spaces.knowledge import matrices_of
from harness.spaces.registry import space

TEXTS = {
    "nas-bench-201": [
        "|none~0|+|skip_connect~0|avg_pool_3x3~1|+|none~0|none~1|none~2|",
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
    ],
    "nas-bench-bert": ["128:2-512|4", "256:4|2-1024"],
    "flexibert": ["256:wma-4-512x3|dsc9-2-512x1", "128:dct-4-512x1|dsc5-4-512x1"],
    "lts-gpt2": ["64-64-1:2x512|4x600", "64-128-1:2x512|2x512", "64-128-4:2x512|8x530"],
    "lts-transformer-xl": ["64-64-2:2x512|4x600", "64-128-1:2x512|8x530"],
    "autoformer-tiny": ["192|" + "|".join(["3x4", "4x3.5"] * 6)],
    "mnasnet": [
        ",".join(f"e{n}={1 + 3 * (n % 2)},k{n}=3,l{n}=1,se{n}={n % 2}" for n in range(7)),
    ],
}


def _dataset(name: str) -> Dataset:
    own = space(name).dataset
    if own.inputs == "tokens":
        return replace(own, shape=(8,), vocabulary=64, classes=64 if own.classes > 2 else 2)
    return own


def _inputs(dataset: Dataset) -> Tensor:
    if dataset.inputs == "tokens":
        return torch.randint(dataset.vocabulary, (2, *dataset.shape))
    return torch.zeros(2, *dataset.shape)


def _observed(name: str, text: str) -> tuple[nn.Module, WeightMatrices]:
    searched, dataset = space(name), _dataset(name)
    network = searched.network(searched.parse(text), dataset)
    return network, weight_matrices(network, _inputs(dataset))


def _integral(rows: int, columns: int) -> float:
    """Integrate ln(1 + g x) numerically; x = middle - half cos t smooths both ends."""
    smaller, larger = sorted((rows, columns))
    ratio, gain = smaller / larger, 2 * larger / (rows + columns)
    middle, half = 1 + ratio, 2 * ratio**0.5

    def integrand(angle: float) -> float:
        x = middle - half * np.cos(angle)
        return float(np.log1p(gain * x) * (half * np.sin(angle)) ** 2 / (2 * np.pi * ratio * x))

    return smaller * integrate.quad(integrand, 0, np.pi, epsabs=1e-13, epsrel=1e-13)[0]


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 9), (64, 64), (768, 256), (100, 240), (2, 30_522), (16, 144)]
)
def test_the_closed_form_is_the_integral(rows: int, columns: int) -> None:
    closed = float(spectral_capacity(rows, columns))
    assert closed == pytest.approx(_integral(rows, columns), rel=1e-10)


def test_capacity_comes_close_to_that_of_a_drawn_matrix() -> None:
    drawn = np.random.default_rng(0).normal(0, (2 / 600) ** 0.5, (200, 400))
    values = np.linalg.svd(drawn, compute_uv=False)
    assert np.log1p(values**2).sum() == pytest.approx(float(spectral_capacity(200, 400)), rel=2e-3)


def test_a_network_counts_its_matrices_in_whatever_order_they_are_listed() -> None:
    one_way = network_capacities([[(3, 5, 2), (7, 7, 1)], [(7, 7, 3)]])
    other_way = network_capacities([[(7, 7, 1), (5, 3, 1), (3, 5, 1)], [(7, 7, 1), (7, 7, 2)]])
    assert one_way.tolist() == other_way.tolist()
    assert one_way[1] == 3 * spectral_capacity(7, 7)


@pytest.mark.parametrize(("name", "text"), [(n, text) for n in TEXTS for text in TEXTS[n]])
def test_a_space_states_the_matrices_of_its_networks(name: str, text: str) -> None:
    searched = space(name)
    stated: Counter[tuple[int, ...]] = Counter()
    for rows, columns, count in matrices_of(searched, searched.parse(text), _dataset(name)) or ():
        stated[tuple(sorted((rows, columns)))] += count
    observed: Counter[tuple[int, ...]] = Counter()
    for matrix in _observed(name, text)[1].matrices:
        observed[tuple(sorted((matrix.rows, matrix.columns)))] += matrix.count
    assert stated == observed


@pytest.mark.parametrize("text", TEXTS["lts-gpt2"])
def test_parameters_by_role_are_the_published_ones_of_gpt2(text: str) -> None:
    searched = space("lts-gpt2")
    network, seen = _observed("lts-gpt2", text)
    sizes = {name: parameter.numel() for name, parameter in network.named_parameters()}
    figures = {name: figure(searched.parse(text)) for name, figure in searched.columns.items()}
    for role in ("attention", "feed_forward"):
        counted = sum(sizes[name] for name in seen.parameters_of([role]))
        assert counted == figures[f"{role}_parameters"], role


class _OwnAttention(nn.Module):
    """Attention by matmul, a gated feed-forward part, a convolution before, a norm on queries."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.query, self.key = nn.Linear(8, 8), nn.Linear(8, 8)
        self.value = nn.Parameter(torch.randn(8, 8))
        self.query_norm = nn.LayerNorm(4)
        self.output = nn.Linear(8, 8)
        self.gate, self.up, self.down = nn.Linear(8, 12), nn.Linear(8, 12), nn.Linear(12, 8)
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patches(images).flatten(2).mT
        query, key, value = (
            part.unflatten(-1, (2, 4)).transpose(1, 2)
            for part in (self.query(x), self.key(x), x @ self.value)
        )
        weights = (self.query_norm(query) @ key.mT / 2).softmax(-1)
        x = x + self.output((weights @ value).transpose(1, 2).flatten(2))
        x = x + self.down(functional.silu(self.gate(x)) * self.up(x))
        return self.classifier(functional.gelu(x).mean(1))


def test_roles_are_seen_in_a_network_of_ones_own() -> None:
    seen = weight_matrices(_OwnAttention(), torch.randn(2, 3, 8, 8))
    shapes = {
        matrix.weights: (matrix.role, matrix.rows, matrix.columns, matrix.count)
        for matrix in seen.matrices
    }
    assert shapes == {
        ("patches.weight",): ("convolution", 8, 48, 1),
        ("value", "query.weight", "key.weight"): ("attention", 24, 8, 1),
        ("output.weight",): ("attention", 8, 8, 1),
        ("gate.weight",): ("feed_forward", 12, 8, 1),
        ("up.weight",): ("feed_forward", 12, 8, 1),
        ("down.weight",): ("feed_forward", 8, 12, 1),
        ("classifier.weight",): ("linear", 10, 8, 1),
    }
    assert seen.parameters_of(["attention"]) == {
        *("value", "query.weight", "query.bias", "key.weight", "key.bias"),
        *("output.weight", "output.bias"),
    }


def test_groups_are_matrices_of_their_own_and_tables_are_none() -> None:
    class Grouped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(20, 8)
            self.depthwise = nn.Conv1d(8, 8, 3, groups=8, padding=1)

        def forward(self, tokens: Tensor) -> Tensor:
            maps = self.depthwise(self.table(tokens).mT)
            return functional.linear(maps.mT, self.table.weight)

    seen = weight_matrices(Grouped(), torch.randint(20, (2, 5)))
    (matrix,) = seen.matrices
    assert (matrix.rows, matrix.columns, matrix.count) == (1, 3, 8)
    assert seen.embeddings == {"table.weight"}


@pytest.mark.parametrize(("variances", "count"), [((91, 8.5, 0.5), 2), ((80, 18, 2), 3)])
def test_components_hold_99_percent_of_the_variance(
    variances: tuple[float, ...], count: int
) -> None:
    rows = torch.diag(torch.tensor(variances).sqrt())
    points = torch.cat([rows, -rows]) + 5  # of these variances along the axes, up to one factor
    assert components_of(points) == count
    assert components_of(points.repeat(2, 1)) == count

"""Populations whose rank correlations are known: a Gaussian copula, with and without ties.

Truth is continuous. Scores are continuous too, or have the 28 values of a count of parameters: six
edges, each with one of five operations, of which one costs nine units and one costs one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import asin, factorial, pi, sin, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

_EDGES = 6
_NODES = 40
"""Points of a Gauss-Legendre rule on an interval between two cuts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Scores and truth of one Gaussian copula.

    Attributes:
        spearman: Of the continuous scores; latent correlation r = 2 sin(pi spearman / 6).
        tied: Whether scores are cut into 28 values.
    """

    spearman: float
    tied: bool

    @property
    def latent(self) -> float:
        return 2 * sin(pi * self.spearman / 6)

    def draw(self, n: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return scores and truth of n independent architectures."""
        first, second = generator.normal(size=(2, n))
        truth = self.latent * first + sqrt(1 - self.latent**2) * second
        return (np.searchsorted(cuts(), first).astype(float) if self.tied else first), truth

    def values(self) -> dict[str, float]:
        """Return the population's Spearman and tau-b, in closed form or by quadrature."""
        if not self.tied:
            return {"spearman": self.spearman, "kendall": 2 / pi * asin(self.latent)}
        return {"spearman": _tied_spearman(self.latent), "kendall": _tied_kendall(self.latent)}


def shares() -> np.ndarray:
    """Return the share of each of the 28 values, in ascending order of parameters."""
    counts = [
        (nines, ones)
        for nines, ones in itertools.product(range(_EDGES + 1), repeat=2)
        if nines + ones <= _EDGES
    ]
    ordered = sorted(counts, key=lambda pair: 9 * pair[0] + pair[1])
    return np.array([_multinomial(nines, ones) for nines, ones in ordered])


def cuts() -> np.ndarray:
    """Return the 27 normal quantiles between the values."""
    return ndtri(np.cumsum(shares())[:-1])


def _multinomial(nines: int, ones: int) -> float:
    free = _EDGES - nines - ones
    ways = factorial(_EDGES) / (factorial(nines) * factorial(ones) * factorial(free))
    return ways * 0.2 ** (nines + ones) * 0.6**free


def _rule() -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and normal weights between the cuts, each of shape (28, nodes)."""
    edges = np.concatenate([[-9.0], cuts(), [9.0]])
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    centre, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    nodes = centre[:, None] + half[:, None] * points
    return nodes, half[:, None] * weights * np.exp(-(nodes**2) / 2) / sqrt(2 * pi)


def _tied_spearman(r: float) -> float:
    # Correlation of F(Y) with the middle of the step of F(X); given X = x, F(Y) has mean
    # Phi(r x / sqrt(2 - r^2)). F(Y) has variance 1/12.
    nodes, weights = _rule()
    p = shares()
    middle = np.cumsum(p) - p / 2
    given = (weights * ndtr(r * nodes / sqrt(2 - r**2))).sum(axis=1)
    covariance = (middle * given).sum() - 0.25
    variance = (p * middle**2).sum() - 0.25
    return float(covariance / sqrt(variance / 12))


def _tied_kendall(r: float) -> float:
    # A pair with X < X' has E sign(Y' - Y) = 2 Phi(r (x' - x) / sqrt(2 (1 - r^2))) - 1.
    nodes, weights = _rule()
    p = shares()
    agreement = 0.0
    for low, high in itertools.combinations(range(p.size), 2):
        gap = nodes[high][None, :] - nodes[low][:, None]
        sign = 2 * ndtr(r * gap / sqrt(2 * (1 - r**2))) - 1
        agreement += 2 * float(weights[low] @ sign @ weights[high])
    return agreement / sqrt(1 - float((p**2).sum()))

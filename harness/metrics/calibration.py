"""How sure predictions are, and how sure they may be; each is a normal distribution.

A deviation of 0 is a prediction that is certain.
"""

from __future__ import annotations

import numpy as np

from harness.metrics.values import FloatArray

__all__ = ["crps", "crps_of_all", "expected_share_above", "share_inside"]


def share_inside(
    means: FloatArray, deviations: FloatArray, truth: FloatArray, level: float
) -> float:
    """Return the share of truth inside the central intervals of predictions, ends included.

    Args:
        means: Shape ``(n,)``.
        deviations: Shape ``(n,)``, 0 or more.
        truth: Shape ``(n,)``, in their unit.
        level: What the intervals are meant to hold, e.g. 0.95; predictions are calibrated where
            the share is that.
    """
    from scipy.special import ndtri

    half = float(ndtri((1 + level) / 2)) * deviations
    return float((np.abs(truth - means) <= half).mean())


def crps(means: FloatArray, deviations: FloatArray, truth: FloatArray) -> float:
    """Return the mean continuous ranked probability score; lower is better.

    A proper score in the unit of the truth (Gneiting and Raftery 2007, equation 5 with the sign
    turned): no other distribution than one's belief is expected to score lower. Of a certain
    prediction it is the absolute error.

    Args:
        means: Shape ``(n,)``.
        deviations: Shape ``(n,)``, 0 or more.
        truth: Shape ``(n,)``, in their unit.
    """
    from scipy.special import ndtr

    errors = truth - means
    off = errors / np.where(deviations > 0, deviations, 1.0)
    density = np.exp(-(off**2) / 2) / np.sqrt(2 * np.pi)
    scores = deviations * (off * (2 * ndtr(off) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    return float(np.where(deviations > 0, scores, np.abs(errors)).mean())


def crps_of_all(truth: FloatArray) -> float:
    """Return the same score of who gives every network the distribution of all, and knows nothing.

    It is half the mean difference of two networks: 1 / sqrt(pi) of normal quantiles.

    Args:
        truth: Shape ``(n,)``.
    """
    n = len(truth)
    return float((2 * np.arange(n) - n + 1) @ np.sort(truth)) / n**2


def expected_share_above(means: FloatArray, deviations: FloatArray) -> float:
    """Return what share of the networks is expected to be better than the highest prediction.

    The mean over all of the chance to be better; the highest counts one half of itself. Of equal
    highest predictions any is taken.

    Args:
        means: Shape ``(n,)``.
        deviations: Shape ``(n,)``, 0 or more, in their unit.

    Returns:
        From 0 to 1.
    """
    from scipy.special import ndtr

    shares = []
    for highest in np.flatnonzero(means == means.max()):
        lead = means - means[highest]
        spread = np.hypot(deviations, deviations[highest])
        certain = (np.sign(lead) + 1) / 2
        chance = ndtr(np.divide(lead, spread, out=np.zeros(len(means)), where=spread > 0))
        shares.append(np.where(spread > 0, chance, certain).mean())
    return float(np.mean(shares))

"""Predictors on labelled draws: nested draws, stored fits, sample-efficiency curves."""

from harness.learning.curve import (
    AlreadyReached,
    Curve,
    Needed,
    NotReached,
    Point,
    Reached,
    differences,
)
from harness.learning.draws import SIZES, Draw, draws
from harness.learning.fits import Fits
from harness.learning.fitting import Experiment, Fitted, fit_all, fit_draws
from harness.learning.measuring import HEADLINES, TARGET, curves
from harness.learning.pick_points import PickPoint, pick_points
from harness.learning.pool import Pool, load_pool, pool_of
from harness.learning.zero_cost import published_scores, recorded_scores, scored_texts

__all__ = [
    "HEADLINES",
    "SIZES",
    "TARGET",
    "AlreadyReached",
    "Curve",
    "Draw",
    "Experiment",
    "Fits",
    "Fitted",
    "Needed",
    "NotReached",
    "PickPoint",
    "Point",
    "Pool",
    "Reached",
    "curves",
    "differences",
    "draws",
    "fit_all",
    "fit_draws",
    "load_pool",
    "pick_points",
    "pool_of",
    "published_scores",
    "recorded_scores",
    "scored_texts",
]

"""Under which conditions operations are scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from harness.batches.drawing import BatchRequest
from harness.operation_scoring.order import Order
from harness.spaces.supernets import Removal

__all__ = ["Extent", "Norms", "Setup"]


class Norms(StrEnum):
    """What batch norms normalise by.

    ``fresh``: the statistics that an untrained network starts with, mean 0 and variance 1, as in
    the release of Zero-Cost-PT, whose networks are in evaluation mode. ``batch``: those of the
    batch, as for all proxies elsewhere in the harness.
    """

    FRESH = "fresh"
    BATCH = "batch"


class Extent(StrEnum):
    """Which choices are scored.

    ``first``: all, with nothing fixed, and no more. ``turn``: always the one whose turn it is, as
    a search does. ``next``: all at first, then those whose turn it is. ``all``: at every step all
    that are open. Global orders score what they need in any case.
    """

    FIRST = "first"
    TURN = "turn"
    NEXT = "next"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Conditions of one discretisation; seeds are apart.

    Attributes:
        removal: How an operation is taken away.
        norms: What batch norms normalise by.
        order: In which order choices are decided.
        extent: Which choices are scored.
        images: A batch is drawn for every decision.
    """

    removal: Removal = Removal.MASKED
    norms: Norms = Norms.FRESH
    order: Order = Order.FIXED
    extent: Extent = Extent.NEXT
    images: BatchRequest = field(default_factory=BatchRequest)

    @property
    def words(self) -> str:
        """The conditions in words."""
        images = self.images
        return (
            f"{self.removal}, {self.norms} norms, order {self.order}, extent {self.extent}, "
            f"{images.source}:{images.size}"
        )

    @property
    def stem(self) -> str:
        """The conditions as part of a file's name."""
        images = self.images
        words = (self.removal, self.norms, self.order, self.extent, images.source, images.size)
        return "-".join(str(word) for word in words)

"""What a backward pass through the recorded layers shall produce."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["Setting", "Wanted"]


class Wanted(Enum):
    """Which gradients of a layer the current backward pass needs.

    Python functions in a graph of torch are not told which gradients a caller asked for; whoever
    starts a backward pass says so here.
    """

    EVERYTHING = auto()
    INPUTS = auto()
    SCALE = auto()


@dataclass(slots=True, kw_only=True)
class Setting:
    """The one mutable value that the recorded layers of one graph share."""

    wanted: Wanted = Wanted.EVERYTHING

"""Supernets: networks that hold all operations of a space at once, and take some away."""

from harness.spaces.supernets.registry import supernet, supernet_names, supernet_of
from harness.spaces.supernets.supernet import (
    Choice,
    Operation,
    Removal,
    Selection,
    State,
    Supernet,
)

__all__ = [
    "Choice",
    "Operation",
    "Removal",
    "Selection",
    "State",
    "Supernet",
    "supernet",
    "supernet_names",
    "supernet_of",
]

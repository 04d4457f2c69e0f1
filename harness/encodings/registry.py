"""All encodings by name; ``onehot+zc`` puts two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.core.errors import unknown_name
from harness.encodings.counts import COUNTS
from harness.encodings.encoding import Encoding, concatenate
from harness.encodings.graf import GRAF
from harness.encodings.no_numbers import GRAPH
from harness.encodings.one_hot import ONE_HOT
from harness.encodings.paths import PATHS
from harness.encodings.zero_cost import ZERO_COST

__all__ = ["ENCODINGS", "encoding"]

ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {encoding.name: encoding for encoding in (ONE_HOT, PATHS, COUNTS, GRAF, ZERO_COST, GRAPH)}
)
"""The encodings that are listed."""


def encoding(name: str) -> Encoding:
    """Return an encoding, or the concatenation of those whose names are joined by ``+``.

    Raises:
        UsageError: One of the names is unknown.
        ContractError: One of them is there twice.
    """
    parts = name.split("+")
    for part in parts:
        if part not in ENCODINGS:
            raise unknown_name("encoding", part, ENCODINGS, f"{name!r}" if part != name else "")
    encodings = [ENCODINGS[part] for part in parts]
    return encodings[0] if len(encodings) == 1 else concatenate(*encodings)

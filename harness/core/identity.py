"""Content digests and derived seeds: equal content, equal identity, in any order of work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["SEEDS", "Json", "derived_seed", "digest", "digest_lines"]

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


SEEDS = 2**63
"""Seeds are whole numbers from 0 and below this, as torch takes them."""


def digest(content: Json) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_lines(lines: Iterable[str]) -> str:
    """Return the digest of a set of texts; their order does not matter."""
    hasher = hashlib.sha256()
    for line in sorted(lines):
        hasher.update(line.encode() + b"\n")
    return hasher.hexdigest()[:16]


def derived_seed(seed: int, *parts: str) -> int:
    """Derive a seed in ``[0, 2**63)`` from a run's seed and names.

    Work that derives its seeds this way draws the same numbers in any order and on any worker.
    """
    text = "\x1f".join([str(seed), *parts])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1

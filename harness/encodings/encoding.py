"""What an encoding is: architectures in, one row of numbers each out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import ContractError
from harness.encodings.subjects import FloatArray, Subjects

__all__ = ["Encoding", "Features", "concatenate", "varying"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Numbers that describe n architectures.

    Attributes:
        columns: Names, each once; length d.
        values: Shape ``(n, d)``; NaN where a zero-cost proxy gave no score, finite elsewhere.

    Raises:
        ContractError: The shape does not fit the columns, or a name is there twice.
    """

    columns: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.columns):
            raise ContractError(
                f"features of shape {self.values.shape} do not fit {len(self.columns)} columns"
            )
        if len(set(self.columns)) < len(self.columns):
            twice = next(column for column in self.columns if self.columns.count(column) > 1)
            raise ContractError(f"features have the column {twice!r} twice")

    def rows(self, indices: NDArray[np.int64]) -> Features:
        """Keep some architectures, in the given order."""
        return Features(columns=self.columns, values=self.values[indices])

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of columns and values."""
        hasher = hashlib.sha256("\x1f".join(self.columns).encode())
        hasher.update(np.ascontiguousarray(self.values).tobytes())
        return hasher.hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A way to describe architectures by numbers.

    The columns follow from the architectures that are encoded together: a column is there for
    every operation, edge or path that one of them has. So everything that a model learns from and
    everything that it predicts is encoded in one call. No label takes part.

    Attributes:
        name: Name in plugins and on the command line; members of a concatenation join by ``+``.
        summary: One sentence for lists.
        encode: Computes the features.
    """

    name: str
    summary: str
    encode: Callable[[Subjects], Features]


def varying(columns: Sequence[str], values: FloatArray) -> Features:
    """Return the columns that are not the same for all architectures."""
    varies = np.ptp(values, axis=0) > 0
    kept = tuple(name for name, keep in zip(columns, varies, strict=True) if keep)
    return Features(columns=kept, values=values[:, varies])


def concatenate(*members: Encoding) -> Encoding:
    """Put encodings side by side; a column of ``graf`` becomes ``graf:column``.

    Raises:
        ContractError: Fewer than two members, or one twice.
    """
    names = [member.name for member in members]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ContractError(f"a concatenation needs two or more different encodings, got {names}")

    def encode(subjects: Subjects) -> Features:
        parts = [(member.name, member.encode(subjects)) for member in members]
        return Features(
            columns=tuple(f"{name}:{column}" for name, part in parts for column in part.columns),
            values=np.concatenate([part.values for _, part in parts], axis=1),
        )

    return Encoding(
        name="+".join(names), summary=f"{', '.join(names)} side by side.", encode=encode
    )

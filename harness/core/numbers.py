"""Numbers that code of others returns; no imaginary part is dropped, and no text is a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["is_complex", "plain_number", "real_numbers"]


def is_complex(value: object) -> bool:
    """Tell whether a number, or an array or tensor of any library, is complex by its type."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return any(is_complex(member) for member in value.flat)
    return isinstance(value, complex) or "complex" in str(getattr(value, "dtype", ""))


def plain_number(value: object) -> object:
    """Return the one number of an array or tensor as one of Python; anything else as it is."""
    try:
        return value.item() if hasattr(value, "item") else value
    except (ValueError, RuntimeError):  # numpy and torch of several numbers, or of none
        return value


def real_numbers(values: object) -> NDArray[np.float64]:
    """Return an array or a sequence as float64.

    Raises:
        TypeError: It holds complex numbers, texts, or what float does not take.
        ValueError: It is ragged.
    """
    array = np.asarray(values)
    if is_complex(array):
        raise TypeError("they are complex")
    members = array.flat if array.dtype == object else ()
    if array.dtype.kind not in "biufO" or any(isinstance(value, str | bytes) for value in members):
        raise TypeError("they are texts or dates")
    return array.astype(np.float64)

"""How kernels are compiled: on the first call, without the interpreter lock, and cached on disk.

numba renews a cached kernel when the file that holds it changes, not when a kernel of another
file that it calls does; so kernels that call each other share a file.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled"]

_LOG = logging.getLogger(__name__)

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called with new types of arguments.

    The cache lies in ``NUMBA_CACHE_DIR`` where that is set, else beside the source, else in the
    user's cache folder. Where none of them is writable numba refuses to make a cached function;
    the kernel is then compiled anew in each process. Division by zero gives NaN or infinity.
    """
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError as error:
        _LOG.info(
            "%s is compiled anew in each process (%s); set NUMBA_CACHE_DIR to a writable folder.",
            function.__qualname__,
            error,
        )
        return cast(_Function, numba.njit(nogil=True, error_model="numpy")(function))

"""The machine and software that fit: that of score records, with the libraries that learn."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from harness.records.environment import Environment, capture

__all__ = ["fitting_environment"]

_LIBRARIES = ("scikit-learn", "xgboost-cpu", "xgboost")


def fitting_environment() -> Environment:
    """Describe this process's environment; fits run on one thread."""
    found = capture(threads=1, workers=1, gpu=None)
    libraries = {name: installed for name in _LIBRARIES if (installed := _version(name))}
    return found.model_copy(update={"packages": {**found.packages, **libraries}})


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

"""The machine and software that fit: that of score records, with the libraries that learn."""

from __future__ import annotations

from harness.records.environment import Environment, capture, installed_version

__all__ = ["fitting_environment"]

_LIBRARIES = ("scikit-learn", "xgboost-cpu", "xgboost")


def fitting_environment() -> Environment:
    """Describe this process's environment; fits run on one thread."""
    environment = capture(threads=1, workers=1, gpu=None)
    libraries = {name: installed for name in _LIBRARIES if (installed := installed_version(name))}
    return environment.model_copy(update={"packages": {**environment.packages, **libraries}})

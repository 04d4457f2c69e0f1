"""Evaluates training-free neural architecture search against stored NAS-Bench ground truth."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.api.archiving import archive
    from harness.api.checking import check, cost
    from harness.api.combining import combine
    from harness.api.comparing import compare
    from harness.api.data import (
        compare_data,
        data_sources,
        data_traps,
        fetch_data,
        locate_data,
        verify_data,
    )
    from harness.api.frames import frame
    from harness.api.gating import gate
    from harness.api.inventory import (
        doctor,
        list_batches,
        list_metrics,
        list_passes,
        list_plugins,
        list_spaces,
        list_suites,
        list_tasks,
        merge,
        new_proxy,
        new_space,
    )
    from harness.api.operation_scoring import operations
    from harness.api.predicting import predict
    from harness.api.ranking import rank
    from harness.api.reporting import report
    from harness.api.running import run
    from harness.api.scoring import score
    from harness.api.searching import search
    from harness.api.site_building import site
    from harness.api.submitting import submit
    from harness.api.training import train_cl_predictor, train_tg_nas
    from harness.api.tuning import tune

__all__ = [
    "archive",
    "check",
    "combine",
    "compare",
    "compare_data",
    "cost",
    "data_sources",
    "data_traps",
    "doctor",
    "fetch_data",
    "frame",
    "gate",
    "list_batches",
    "list_metrics",
    "list_passes",
    "list_plugins",
    "list_spaces",
    "list_suites",
    "list_tasks",
    "locate_data",
    "merge",
    "new_proxy",
    "new_space",
    "operations",
    "predict",
    "rank",
    "report",
    "run",
    "score",
    "search",
    "site",
    "submit",
    "train_cl_predictor",
    "train_tg_nas",
    "tune",
    "verify_data",
]

_MODULES = {
    "archive": "archiving",
    "check": "checking",
    "combine": "combining",
    "compare": "comparing",
    "compare_data": "data",
    "cost": "checking",
    "data_sources": "data",
    "data_traps": "data",
    "fetch_data": "data",
    "frame": "frames",
    "gate": "gating",
    "locate_data": "data",
    "operations": "operation_scoring",
    "predict": "predicting",
    "rank": "ranking",
    "report": "reporting",
    "run": "running",
    "score": "scoring",
    "search": "searching",
    "site": "site_building",
    "submit": "submitting",
    "train_cl_predictor": "training",
    "train_tg_nas": "training",
    "tune": "tuning",
    "verify_data": "data",
}
"""Modules of the functions, of `harness.api`; all others are in its `inventory`."""


def __getattr__(name: str) -> object:
    """Import a function when it is first asked for: importing the package costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    module = _MODULES.get(name, "inventory")
    return getattr(import_module(f"harness.api.{module}"), name)


def __dir__() -> list[str]:
    """Return the public functions."""
    return sorted(__all__)

"""Published values of operation scorers on NAS-Bench-201, CIFAR-10 test, in one table.

Source: the notebook ``op_strength.ipynb`` of zerocost_operation_score, cells 7 and 12 to 14 (Xiang
et al., AAAI 2023): the first decision alone, one seed, batches of 256 images. One exchange of two
neighbouring operations on one edge changes a mean over six edges by 0.033, so that three of them
are the tolerance.
"""

from __future__ import annotations

from harness.operation_scorer import OperationReference

__all__ = ["references"]

_CORRELATIONS = {
    ("zero_cost_pt", "nwot"): (0.767, 0.833),
    ("zero_cost_pt", "synflow"): (0.633, 0.933),
    ("discretisation", "nwot"): (0.100, 0.033),
    ("discretisation", "synflow"): (0.600, 0.917),
    ("best_zero_cost", "nwot"): (0.533, 0.817),
    ("best_zero_cost", "synflow"): (0.250, 0.417),
}
_ACCURACIES = {("zero_cost_pt", "nwot"): 94.195, ("discretisation", "nwot"): 77.04}


def references(scorer: str) -> tuple[OperationReference, ...]:
    """Return the published values of a scorer with all proxies it was published with."""
    correlations = [
        _reference(metric, measure, value, 0.1)
        for (name, measure), values in _CORRELATIONS.items()
        for metric, value in zip(("spearman_best", "spearman_mean"), values, strict=True)
        if name == scorer
    ]
    accuracies = [
        _reference("at_once", measure, value, 0.2)
        for (name, measure), value in _ACCURACIES.items()
        if name == scorer
    ]
    return (*correlations, *accuracies)


def _reference(metric: str, measure: str, value: float, tolerance: float) -> OperationReference:
    return OperationReference(
        metric=metric,
        measure=measure,
        value=value,
        tolerance=tolerance,
        task="nb201-cifar10-test",
        batch=256,
        source="op_strength.ipynb of zerocost_operation_score",
    )

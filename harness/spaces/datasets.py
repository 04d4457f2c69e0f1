"""Shapes and classes of the data sets that networks are built for."""

from __future__ import annotations

from harness.core.architecture import Dataset
from harness.core.errors import unknown_name

__all__ = ["DATASETS", "dataset"]

DATASETS = {
    one.name: one
    for one in (
        Dataset(name="cifar10", channels=3, height=32, width=32, classes=10),
        Dataset(name="cifar100", channels=3, height=32, width=32, classes=100),
        Dataset(name="imagenet16-120", channels=3, height=16, width=16, classes=120),
    )
}


def dataset(name: str) -> Dataset:
    """Return a data set by name.

    Raises:
        UsageError: There is no such data set.
    """
    if name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS)
    return DATASETS[name]

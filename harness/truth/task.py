"""What one column of published results means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.core.direction import Direction
from harness.truth.unit import Unit

__all__ = ["Split", "Task"]


class Split(StrEnum):
    """Which images or nodes a value was measured on."""

    VALIDATION = "validation"
    TEST = "test"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One ground truth: every architecture of it has one value.

    Attributes:
        name: Name in suites and on the command line.
        space: Name of the space that the architectures' texts belong to.
        dataset: Data set, or for TransNAS the task on its one data set.
        split: Split of the data set; ``unstated`` where the publisher does not say.
        metric: What was measured, in words.
        unit: Unit of the values.
        direction: Which values are better.
        n: Number of architectures with a value.
        source: Name of the file that holds it.
        reader: Name of the reader of that file.
        arguments: What the reader needs to know, e.g. the column.
        epochs: Epochs of training, where known.
        collections: Published collections of tasks that it belongs to.
        without_value: Number of architectures that the file names without a value.
        distinct: Number of different networks among those with a value; None where nobody counted.
        noise_ceiling: Mean Spearman correlation between two trainings of a network; None where
            neither single runs are published nor enough networks have several rows.
        training_time: Name of the task with the measured time of each of its trainings, where
            there is one: of the same space, in seconds.
        disturbed_above: Of a task of times: a run that took longer says more of the machine, which
            did something else or waited, than of the network; None where no such run is known.
        note: What a user should know before quoting a number.
    """

    name: str
    space: str
    dataset: str
    split: Split
    metric: str
    unit: Unit
    direction: Direction
    n: int
    source: str
    reader: str
    arguments: Mapping[str, str]
    epochs: int | None
    collections: tuple[str, ...]
    without_value: int = 0
    distinct: int | None = None
    noise_ceiling: float | None = None
    training_time: str | None = None
    disturbed_above: float | None = None
    note: str

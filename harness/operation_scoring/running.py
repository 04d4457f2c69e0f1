"""Scores seeds that are not stored yet, one file a seed, so that a kill loses one at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.errors import DataError
from harness.core.files import write_at_once
from harness.operation_scoring.record import SeedRecord, decode, record_of
from harness.operation_scoring.seeds import Experiment, one_seed
from harness.records.environment import capture

__all__ = ["REMEDY", "Scored", "run"]

REMEDY = "choose another folder with --results"
"""What to do where results cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """All seeds of one experiment.

    Attributes:
        experiment: What was scored.
        records: One a seed.
        reused: How many of them were stored already.
    """

    experiment: Experiment
    records: tuple[SeedRecord, ...]
    reused: int


def run(
    experiments: Sequence[Experiment],
    seeds: Sequence[int],
    results: Path,
    progress: Callable[[int, int], None],
) -> tuple[Scored, ...]:
    """Score all seeds of all experiments.

    Args:
        experiments: What to score.
        seeds: Seeds of weights, batches and orders.
        results: Results folder; seeds go to ``operations/seeds``.
        progress: Told how many seeds are done, of how many.

    Raises:
        DataError: A stored seed is damaged.
        InfrastructureError: The folder cannot be written.
    """
    environment = capture(threads=1, workers=1, gpu=None)
    folder = results / "operations"
    write_at_once(
        folder / "environments" / f"{environment.key}.json",
        environment.model_dump_json(indent=2) + "\n",
        REMEDY,
    )
    found: list[Scored] = []
    for number, experiment in enumerate(experiments):
        records, reused = [], 0
        for done, seed in enumerate(seeds):
            progress(number * len(seeds) + done, len(experiments) * len(seeds))
            path = folder / "seeds" / f"{experiment.key(seed)}.json"
            if path.exists():
                records.append(_read(path))
                reused += 1
                continue
            outcome = one_seed(experiment, seed)
            records.append(record_of(experiment, seed, outcome, environment.key))
            write_at_once(path, records[-1].model_dump_json(indent=1) + "\n", REMEDY)
        found.append(Scored(experiment=experiment, records=tuple(records), reused=reused))
    return tuple(found)


def _read(path: Path) -> SeedRecord:
    try:
        return decode(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}; delete it and run again") from error

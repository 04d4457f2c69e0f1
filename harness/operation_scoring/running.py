"""Scores seeds that are not stored yet, and stores each, so that a kill loses one at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.operation_scoring.record import make_record
from harness.operation_scoring.seeds import Experiment, one_seed
from harness.records.environment import capture
from harness.records.operation_seed import (
    OLD_OPERATION_SEEDS,
    OPERATION_SEEDS,
    OPERATION_SEEDS_PATH,
    OperationSeed,
    read_old_seed,
)
from harness.records.store import Store

__all__ = ["Scored", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """All seeds of one experiment.

    Attributes:
        experiment: What was scored.
        records: One a seed.
        reused: How many of them were stored already.
    """

    experiment: Experiment
    records: tuple[OperationSeed, ...]
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
        results: Results folder; seeds go to ``operations/seeds.jsonl``.
        progress: Told how many seeds are done, of how many.

    Raises:
        DataError: A stored seed is damaged.
        InfrastructureError: The folder cannot be written, or is in use.
    """
    environment = capture(threads=1, workers=1, gpu=None)
    store = Store(results)
    log = store.log(OPERATION_SEEDS_PATH, OPERATION_SEEDS)
    scored: list[Scored] = []
    with store.writing(log, environment) as opened:
        stored = {record.key: record for record in log.read()}
        for number, experiment in enumerate(experiments):
            records, reused = [], 0
            for done, seed in enumerate(seeds):
                progress(number * len(seeds) + done, len(experiments) * len(seeds))
                key = experiment.key(seed)
                known = stored.get(key) or _read_old(results, key)
                if known is None:
                    outcome = one_seed(experiment, seed)
                    known = make_record(experiment, seed, outcome, environment.key)
                    opened.append(known)
                else:
                    reused += 1
                records.append(known)
            scored.append(Scored(experiment=experiment, records=tuple(records), reused=reused))
    return tuple(scored)


def _read_old(results: Path, key: str) -> OperationSeed | None:
    path = results / OLD_OPERATION_SEEDS.replace("*", key)
    return read_old_seed(path) if path.exists() else None

"""Archives with faults planted into them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from harness.core.outcome import Outcome, Scored
from harness.records.environment import Environment
from harness.records.record import PluginScore, ScoreRecord
from harness.records.store import Store
from harness.regression_gate.archive_sample import GateSample, read_sample, write_sample

Change = Callable[[str, str, Outcome], Outcome]
"""Maps the name of a plugin, the text of an architecture and an outcome to another outcome."""


def plant(
    source: Path,
    target: Path,
    change: Change = lambda name, text, outcome: outcome,
    *,
    names: Collection[str] = (),
    spaces: Collection[str] = (),
    keys: Mapping[str, str] | None = None,
    digest: str = "",
    processor: str = "",
) -> Path:
    """Copy an archive with its sample, and change what it holds.

    Args:
        source: The archive.
        target: Folder of the changed one.
        change: Changes outcomes.
        names: Plugins that are copied; all when empty.
        spaces: Spaces that are copied; all when empty.
        keys: Name of a plugin to what its scores are called in the copy.
        digest: Digest of the images instead of the true one.
        processor: Name of the processor instead of the true one.
    """
    store, copy, conditions = Store(source), Store(target), {}
    for environment in store.environments().values():
        other = environment.model_copy(update={"processor": processor or environment.processor})
        for condition in store.conditions():
            if spaces and condition.space not in spaces:
                continue
            changed = condition.model_copy(
                update={"batch_digest": digest or condition.batch_digest}
            )
            conditions[condition.key] = changed.key
            with copy.appending(changed, other) as log:
                for record in store.records(condition):
                    if record.environment == environment.key:
                        log.append(_changed(record, change, names, keys or {}, other))
    sample = read_sample(source)
    parts = tuple(
        part.model_copy(update={"condition": conditions[part.condition]})
        for part in sample.spaces
        if part.condition in conditions
    )
    write_sample(sample.model_copy(update={"spaces": parts}), target)
    return target


def with_sample(folder: Path, change: Callable[[GateSample], GateSample]) -> Path:
    """Change the sample of an archive."""
    write_sample(change(read_sample(folder)), folder)
    return folder


def scaled(outcome: Outcome, factor: float) -> Outcome:
    """Multiply all components of a score."""
    if not isinstance(outcome, Scored):
        return outcome
    return Scored(components={name: factor * n for name, n in outcome.components.items()})


def _changed(
    record: ScoreRecord,
    change: Change,
    names: Collection[str],
    keys: Mapping[str, str],
    environment: Environment,
) -> ScoreRecord:
    scores = {}
    for key, score in record.scores.items():
        name = key.partition(":")[0]
        if not names or name in names:
            outcome = change(name, record.architecture, score.result())
            scores[keys.get(name, key)] = PluginScore.of(outcome, score.cost, score.passes)
    return record.model_copy(update={"scores": scores, "environment": environment.key})

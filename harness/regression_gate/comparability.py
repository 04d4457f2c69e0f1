"""Whether a run and its baseline can be compared: population, condition, truth, and members."""

from __future__ import annotations

from collections.abc import Iterator

from harness.regression_gate.finding import Finding, Kind
from harness.regression_gate.snapshot import Snapshot

__all__ = ["foundations", "members", "truths"]


def foundations(baseline: Snapshot, current: Snapshot) -> Iterator[Finding]:
    """Find what makes every comparison of scores meaningless."""
    advice = "nothing was compared; if this is meant, write a new baseline"
    then, now = baseline.population, current.population
    if then.digest != now.digest:
        change = (
            f"from {then.name} ({len(then.texts)}, {then.digest}) "
            f"to {now.name} ({len(now.texts)}, {now.digest})"
        )
        yield Finding(
            kind=Kind.POPULATION_CHANGED, message=f"the population changed {change}: {advice}"
        )
    if baseline.condition != current.condition:
        old, new = baseline.condition.model_dump(), current.condition.model_dump()
        changes = ", ".join(
            f"{name} from {old[name]} to {new[name]}" for name in old if old[name] != new[name]
        )
        yield Finding(
            kind=Kind.CONDITION_CHANGED, message=f"the condition changed ({changes}): {advice}"
        )


def truths(baseline: Snapshot, current: Snapshot) -> Iterator[Finding]:
    """Find the tasks that both sides have with different truth."""
    for task, then in baseline.tasks.items():
        now = current.tasks.get(task, then)
        if now != then:
            yield Finding(
                kind=Kind.TRUTH_CHANGED,
                task=task,
                message=f"the ground truth changed (digest {then[:12]} is now {now[:12]}): quality "
                "was not compared; find out why, then write a new baseline",
            )


def members(baseline: Snapshot, current: Snapshot) -> Iterator[Finding]:
    """Find the tasks and plugins that one side lacks."""
    for task in baseline.tasks:
        if task not in current.tasks:
            message = "the suite no longer has this task; put it back, or write a new baseline"
            yield Finding(kind=Kind.TASK_VANISHED, task=task, message=message)
    for task in current.tasks:
        if task not in baseline.tasks:
            message = "the baseline does not know this task yet: nothing was compared on it"
            yield Finding(kind=Kind.TASK_ADDED, task=task, message=message)
    for plugin in baseline.plugins:
        if plugin not in current.plugins:
            message = "the plugin vanished: the baseline has it, this run does not"
            yield Finding(kind=Kind.VANISHED, plugin=plugin, message=message)
    for plugin in current.plugins:
        if plugin not in baseline.plugins:
            message = "new: the baseline does not know this plugin yet"
            yield Finding(kind=Kind.NEWCOMER, plugin=plugin, message=message)

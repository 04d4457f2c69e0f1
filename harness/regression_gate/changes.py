"""What a new baseline changes, in lines that a person can review beside the diff of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.metrics import Defined, Value
from harness.regression_gate.snapshot import PluginState, Snapshot

__all__ = ["changes"]


def changes(then: Snapshot | None, now: Snapshot) -> list[str]:
    """Describe how a baseline differs from the one that it replaces; empty where it does not."""
    if then is None:
        plugins, tasks = len(now.plugins), len(now.tasks)
        first = f"first baseline of {now.suite} (plugins: {plugins}, tasks: {tasks})"
        return [first, *(line for plugin in now.plugins.values() for line in _incomplete(plugin))]
    lines = [*_foundations(then, now)]
    for name in sorted(then.plugins.keys() | now.plugins.keys()):
        old, new = then.plugins.get(name), now.plugins.get(name)
        if old is None or new is None:
            lines.append(f"{name}: {'added' if old is None else 'removed'}")
            lines += _incomplete(new) if new else []
        else:
            lines += [f"{name}: {change}" for change in _plugin(old, new)]
    return lines


def _incomplete(plugin: PluginState) -> list[str]:
    """Warn of a failure that would count as the normal state from now on."""
    if not plugin.failures:
        return []
    counts = sorted(Counter(plugin.failures.values()).items())
    kinds = ", ".join(
        f"{n} {kind} ({plugin.reasons[kind]})" if kind in plugin.reasons else f"{n} {kind}"
        for kind, n in counts
    )
    return [f"{plugin.name}: failures become part of the baseline: {kinds}"]


def _foundations(then: Snapshot, now: Snapshot) -> Iterator[str]:
    old, new = then.population, now.population
    if old.digest != new.digest:
        yield f"population: {old.name} ({len(old.texts)}) is now {new.name} ({len(new.texts)})"
    before, after = then.condition.model_dump(), now.condition.model_dump()
    yield from (f"{k}: {before[k]} is now {after[k]}" for k in before if before[k] != after[k])
    for task in sorted(then.tasks.keys() | now.tasks.keys()):
        first, second = then.tasks.get(task), now.tasks.get(task)
        if first is None or second is None:
            yield f"{task}: {'added' if first is None else 'removed'}"
        elif first != second:
            yield f"{task}: ground truth {first[:12]} is now {second[:12]}"
    machines = then.machines.keys() ^ now.machines.keys()
    if machines:
        yield "machine: other than before; times of old and new baseline are not comparable"


def _plugin(then: PluginState, now: PluginState) -> Iterator[str]:
    if then.declared.version != now.declared.version:
        yield f"version {then.declared.version} is now {now.declared.version}"
    if then.declared.passes != now.declared.passes:
        gone = set(then.declared.passes) - set(now.declared.passes)
        come = set(now.declared.passes) - set(then.declared.passes)
        yield f"passes: {', '.join([*(f'-{x}' for x in sorted(gone)), *sorted(come)])}"
    if len(then.scores) != len(now.scores):
        yield f"scored {len(then.scores)} is now {len(now.scores)}"
    differ = [text for text, n in now.scores.items() if then.scores.get(text, n) != n]
    if differ:
        yield f"{len(differ)} of {len(now.scores)} scores differ"
    for task in sorted(then.values.keys() & now.values.keys()):
        old, new = _written(then.values[task]), _written(now.values[task])
        if old != new:
            yield f"spearman on {task}: {old} is now {new}"


def _written(value: Value) -> str:
    match value:
        case Defined():
            return f"{value.value:.4f}"
        case _:
            return f"undefined ({value.reason})"

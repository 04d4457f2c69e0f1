"""One side of a comparison: contenders on tasks, from records or as published."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harness.catalog import LoadedProxy
from harness.core.errors import UsageError, unknown_name
from harness.evaluation.computed import contests
from harness.evaluation.published import stored_contest
from harness.evaluation.task_scores import Contest
from harness.execution.run import Run
from harness.records.environment import Environment
from harness.records.scores import Scores
from harness.truth import Places

__all__ = ["Party", "computed_party", "published_party"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Party:
    """One side of a comparison.

    Attributes:
        label: What the user called it.
        contests: The same tasks on both sides, each with this side's contenders alone.
        environments: Environments of the costs, by key.
    """

    label: str
    contests: tuple[Contest, ...]
    environments: Mapping[str, Environment]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the contenders, each once."""
        return tuple(
            dict.fromkeys(one.name for contest in self.contests for one in contest.contenders)
        )


def computed_party(label: str, prepared: Run) -> Party:
    """Return the plugins of a suite that a results folder has scores of.

    Scores of another version of a plugin are taken where the folder has none of the present one:
    that is what a folder of another commit holds.

    Raises:
        UsageError: The folder has no scores of any of the plugins on the suite's population, or of
            one of them several versions, none of which is the present one.
    """
    keys = {one.name: _key(one, prepared.scores, label) for one in prepared.plugins}
    joined = []
    for contest in contests(prepared, keys):
        scored = {one.name for one in contest.contenders if one.outcomes}
        joined.append(_only(contest, scored))
    if not any(one.contenders for one in joined):
        names = ", ".join(keys)
        raise UsageError(
            f"{label}: the results folder has no scores of {names} on the population "
            f"{prepared.population.name} in condition {prepared.condition.key}; score it with "
            f"harness run, or choose another --suite or --results"
        )
    return Party(label=label, contests=tuple(joined), environments=prepared.store.environments())


def published_party(
    label: str, proxies: Collection[str], tasks: Sequence[str], places: Places | None = None
) -> Party:
    """Return proxies as they were published; all of a task's where `proxies` is empty.

    Raises:
        UsageError: A task has no published scores, or none of such a proxy.
        DataError: A file is not the published one.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    found = []
    for task in tasks:
        contest = stored_contest(task, places)
        known = [one.name for one in contest.contenders]
        for name in proxies:
            if name not in known:
                raise unknown_name(f"published proxy of {task}", name, known)
        found.append(_only(contest, set(proxies or known)))
    return Party(label=label, contests=tuple(found), environments={})


def _key(plugin: LoadedProxy, scores: Scores, label: str) -> str:
    if plugin.key in scores.plugin_keys:
        return plugin.key
    others = [key for key in scores.plugin_keys if key.startswith(f"{plugin.name}:")]
    if len(others) > 1:
        raise UsageError(
            f"{label}: the results folder has scores of {len(others)} versions of {plugin.name} "
            f"({', '.join(others)}) and none of the present one; score it with harness run"
        )
    for key in others:
        for found in [scores.column(key, scores.texts()).values]:
            if found and set(found) != set(plugin.plugin.components):
                raise UsageError(
                    f"{label}: scores of {key} consist of {', '.join(sorted(found))}, "
                    f"those of the present version of {', '.join(plugin.plugin.components)}; "
                    f"score it with harness run"
                )
    return others[0] if others else plugin.key


def _only(contest: Contest, names: Collection[str]) -> Contest:
    chosen = tuple(one for one in contest.contenders if one.name in names)
    return dataclasses.replace(contest, contenders=chosen)

"""Takes a snapshot of a suite that has been run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from harness.catalog import LoadedProxy
from harness.core.errors import DataError
from harness.core.outcome import Failed, Outcome, Scored, Skipped
from harness.evaluation import SKIPPED, Contender, Contest, Expense, count_failures
from harness.execution.run import Run
from harness.metrics import find_metric
from harness.passes.observation import closure
from harness.records.environment import Environment
from harness.regression_gate.snapshot import (
    Declared,
    PluginState,
    Population,
    Snapshot,
    Times,
    Tolerance,
    machine_of,
)

__all__ = ["HEADLINE", "NOT_ASKED", "take"]

HEADLINE = "spearman"
"""Name of the metric that a gate compares."""

NOT_ASKED = "not-asked"


def take(prepared: Run, contests: Sequence[Contest]) -> Snapshot:
    """Take a snapshot of what is stored.

    Args:
        prepared: A suite after its run.
        contests: Its scores joined with the truth, as `harness.evaluation.contests` does it.

    Raises:
        DataError: A record refers to an environment that is not stored beside it.
    """
    texts = tuple(one.text for one in prepared.population.architectures)
    environments = prepared.store.environments()
    plugins = {
        loaded.name: _state(loaded, contests, position, environments)
        for position, loaded in enumerate(prepared.plugins)
    }
    machines = {
        machine.key: machine for machine in (machine_of(one) for one in environments.values())
    }
    used = {one.times.machine for one in plugins.values() if one.times is not None}
    return Snapshot(
        suite=prepared.suite.name,
        population=Population(
            name=prepared.population.name, digest=prepared.population.digest, texts=texts
        ),
        condition=prepared.condition,
        tasks={one.truth.task: one.truth.digest for one in contests},
        plugins=plugins,
        machines={key: machines[key] for key in sorted(used)},
    )


def _state(
    loaded: LoadedProxy,
    contests: Sequence[Contest],
    position: int,
    environments: Mapping[str, Environment],
) -> PluginState:
    contender, texts = contests[0].contenders[position], contests[0].texts
    found = {text: contender.outcomes.get(text) for text in texts}
    scored = {text: one for text, one in found.items() if isinstance(one, Scored)}
    numbers = contender.scores(list(scored.values()))
    components = contender.components if loaded.plugin.aggregate is not None else ()
    return PluginState(
        name=loaded.name,
        key=loaded.key,
        declared=Declared(
            version=loaded.plugin.version,
            passes=tuple(
                sorted(f"{one.name}={one.version}" for one in closure(loaded.plugin.passes))
            ),
        ),
        stochastic=loaded.plugin.stochastic,
        stability=loaded.plugin.stability,
        tolerance=Tolerance(),
        scores=dict(zip(scored, numbers.tolist(), strict=True)),
        parts={
            name: {text: float(one.components[name]) for text, one in scored.items()}
            for name in components
        },
        failures={text: _kind(one) for text, one in found.items() if text not in scored},
        reasons={kind: one.reason for kind, one in count_failures(found.values()).items()},
        times=_times(contender, texts, environments),
        values={
            one.truth.task: one.performance(one.contenders[position]).measure(find_metric(HEADLINE))
            for one in contests
        },
    )


def _kind(outcome: Outcome | None) -> str:
    match outcome:
        case Failed(kind=kind):
            return str(kind)
        case Skipped():
            return SKIPPED
        case _:
            return NOT_ASKED


def _times(
    contender: Contender, texts: Sequence[str], environments: Mapping[str, Environment]
) -> Times | None:
    known = {text: contender.expenses[text] for text in texts if text in contender.expenses}
    if not known:
        return None
    machines = {text: _machine(one, environments) for text, one in known.items()}
    ((machine, _),) = Counter(machines.values()).most_common(1)
    seconds = {
        text: one.cost.wall_s if one.cost.gpu_s is None else one.cost.gpu_s
        for text, one in known.items()
        if machines[text] == machine
    }
    return Times(machine=machine, seconds=seconds)


def _machine(expense: Expense, environments: Mapping[str, Environment]) -> str:
    if expense.environment not in environments:
        raise DataError(
            f"the records refer to environment {expense.environment}, which is not stored in "
            "runs/environments; restore that file, or use another --results"
        )
    return machine_of(environments[expense.environment]).key

"""The rules of the contract: each returns what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from harness.checks.finding import NotTried, undescribed
from harness.checks.state import changed_names, describe_disturbance, network_state
from harness.checks.trial import Trial, in_words
from harness.core.counts import listed
from harness.core.outcome import Failed, FailureKind, Scored
from harness.passes.observation import closure
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench

__all__ = ["RULES", "Rule"]

Rule = Callable[[Trial], str]

_SEARCHED = 2000


def describes_itself(trial: Trial) -> str:
    """Version and summary are there, and each pass has a name of its own."""
    proxy = trial.plugin.plugin
    names = [required_pass.name for required_pass in closure(proxy.passes)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        return f"different passes share the name {sorted(twice)[0]!r}"
    return undescribed(proxy)


def gives_finite_scores(trial: Trial) -> str:
    """Ordinary networks get a finite score."""
    for architecture in trial.samples:
        outcome = trial.outcome(architecture)
        if isinstance(outcome, Failed):
            return f"{architecture}: {outcome.reason}"
    return ""


def is_pure(trial: Trial) -> str:
    """The same network gets the same score twice."""
    first, second = trial.outcome(trial.samples[0]), trial.outcome(trial.samples[0])
    if first == second:
        return ""
    return f"{trial.samples[0]}: {in_words(first)}, and asked again {in_words(second)}"


def ignores_order(trial: Trial) -> str:
    """What was scored before does not matter."""
    forward = [trial.outcome(sample) for sample in trial.samples]
    backward = [trial.outcome(sample) for sample in reversed(trial.samples)][::-1]
    return "" if forward == backward else "scores change when architectures come in another order"


def leaves_global_state(trial: Trial) -> str:
    """Switches, modes, hooks and functions of torch, numpy and Python are as before."""
    return describe_disturbance(lambda: trial.outcome(trial.samples[0]))


def leaves_network(trial: Trial) -> str:
    """Parameters, buffers, modes and hooks of the shared network are as before."""
    bench = trial.bench(trial.samples[0])
    _compute_passes(trial, bench)
    network = bench.observation("the contract kit", (NETWORK,))[NETWORK]
    before = network_state(network)
    trial.outcome(trial.samples[0], bench)
    differs = changed_names(before, network_state(network))
    return f"it changes {listed(differs, most=3)} of the shared network" if differs else ""


def survives_no_path(trial: Trial) -> str:
    """A cell without a path from input to output is scored, or fails as non-finite."""
    disconnected = trial.disconnected(_SEARCHED)
    if disconnected is None:
        raise NotTried(
            f"no cell without a path is among the first {_SEARCHED:,} that the space lists"
        )
    outcome = trial.outcome(disconnected)
    if isinstance(outcome, Failed) and outcome.kind is not FailureKind.NONFINITE:
        return f"{disconnected}: {outcome.reason}"
    return ""


def scores_in_a_worker(trial: Trial) -> str:
    """A worker process of a run loads the same plugin, and gets the same score of it."""
    if trial.plugin.origin.load().key != trial.plugin.key:
        return "loaded a second time it has another identity"
    architecture = trial.samples[0]
    here = trial.outcome(architecture)
    if isinstance(here, Failed):  # another rule says why
        return "it has no score outside of one either"
    there = trial.outcome_of_a_run(architecture)
    if isinstance(there, Failed):
        return f"{architecture}: {there.reason}"
    if here == there:
        return ""
    return f"{architecture}: {in_words(here)} here, and {in_words(there)} in a worker process"


def aggregates(trial: Trial) -> str:
    """The scores of a set do not depend on the order of its members."""
    import numpy as np

    proxy = trial.plugin.plugin
    outcomes = [trial.outcome(sample) for sample in trial.samples]
    if proxy.aggregate is None or not all(isinstance(outcome, Scored) for outcome in outcomes):
        return ""
    rows = [dict(outcome.components) for outcome in outcomes if isinstance(outcome, Scored)]
    columns = {name: np.array([row.get(name, np.nan) for row in rows]) for name in proxy.components}
    scores = proxy.combined(columns)
    mirrored = proxy.combined({name: column[::-1].copy() for name, column in columns.items()})
    if scores.shape != (len(rows),) or not np.isfinite(scores).all():
        return f"its aggregate returns {scores!r} for {len(rows)} architectures"
    if not np.allclose(scores, mirrored[::-1]):
        return "its aggregate depends on the order"
    if not proxy.separable:
        return ""
    alone = [
        proxy.combined({name: column[at : at + 1] for name, column in columns.items()})
        for at in range(len(rows))
    ]
    same = np.allclose(scores, np.concatenate(alone))
    return "" if same else "it is declared separable, but an architecture scores otherwise alone"


def _compute_passes(trial: Trial, bench: Workbench) -> None:
    observation = bench.observation("the contract kit", (*trial.plugin.plugin.passes, NETWORK))
    for required_pass in (*trial.plugin.plugin.passes, NETWORK):
        try:
            observation[required_pass]
        except (Exception, SystemExit):  # noqa: BLE001, S112 - another rule reports what it raises
            continue


RULES: dict[str, Rule] = {
    "describes itself": describes_itself,
    "gives finite scores": gives_finite_scores,
    "is pure": is_pure,
    "does not depend on the order": ignores_order,
    "leaves global state alone": leaves_global_state,
    "leaves the shared network alone": leaves_network,
    "survives a cell without a path": survives_no_path,
    "scores in a worker process": scores_in_a_worker,
    "aggregates any order alike": aggregates,
}

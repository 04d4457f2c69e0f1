"""The contract of operation scorers, checked on a supernet whose measurements are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from harness.catalog import LoadedScorer
from harness.checks.finding import Finding, findings, loaded_again, undescribed
from harness.checks.state import describe_disturbance
from harness.core.errors import ContractError
from harness.core.identity import derived_seed
from harness.operation_scorer import OperationScores, scores_of
from harness.spaces.supernets import Operation, Selection, State, Supernet, supernet_of

__all__ = ["check_scorer"]


@dataclass(slots=True, kw_only=True)
class _Laboratory:
    """A probe that gives every state and network a number of its own, without computing one.

    Attributes:
        fails: Whether there is no number of anything.
        fixed: What every state and network that is measured must hold.
    """

    supernet: Supernet
    seed: int = 0
    fails: bool = False
    fixed: Selection = field(default_factory=dict)
    measured: int = 0
    loosened: str = ""

    def state(self, fixed: Selection) -> State:
        return self.supernet.everything(np.random.default_rng(0)).kept(fixed)

    def measure(self, state: State) -> float:
        return self._value({name: tuple(weight) for name, weight in state.weights.items()})

    def measure_network(self, selection: Selection) -> float:
        return self._value(selection)

    def _value(self, present: Selection) -> float:
        self.measured += 1
        if self.fails:
            raise ContractError("there is no score, by the contract kit's choice")
        for name, options in self.fixed.items():
            if set(present[name]) != set(options):
                self.loosened = name
        return derived_seed(0, repr(sorted(present.items()))) / 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    loaded: LoadedScorer
    supernet: Supernet

    def asked(self, laboratory: _Laboratory) -> OperationScores:
        """Ask for scores of all options of the choices that are open."""
        operations = [
            Operation(choice=choice.name, option=option)
            for choice in self.supernet.choices
            if choice.name not in laboratory.fixed
            for option in choice.options
        ]
        return scores_of(self.loaded.plugin, laboratory, laboratory.fixed, operations)

    def laboratory(self, seed: int = 0, *, fails: bool = False) -> _Laboratory:
        return _Laboratory(supernet=self.supernet, seed=seed, fails=fails)


def check_scorer(loaded: LoadedScorer, space_name: str) -> tuple[Finding, ...]:
    """Check every rule of the contract for one operation scorer on the supernet of one space.

    Raises:
        UsageError: The space has no supernet.
    """
    return findings(_RULES, _Trial(loaded=loaded, supernet=supernet_of(space_name)))


def _describes_itself(trial: _Trial) -> str:
    return undescribed(trial.loaded.plugin)


def _scores_every_operation(trial: _Trial) -> str:
    trial.asked(trial.laboratory())
    return ""


def _respects_what_is_fixed(trial: _Trial) -> str:
    first, second, *_ = trial.supernet.choices
    laboratory = trial.laboratory()
    laboratory.fixed = {
        first.name: first.options[: first.keep],
        second.name: second.options[-second.keep :],
    }
    trial.asked(laboratory)
    loosened = laboratory.loosened
    return f"it measures with other options of {loosened}, which is fixed" if loosened else ""


def _repeats_itself(trial: _Trial) -> str:
    first, second = trial.asked(trial.laboratory()), trial.asked(trial.laboratory())
    return "" if first == second else "with the same seed and measurements it scores otherwise"


def _draws_as_declared(trial: _Trial) -> str:
    same = trial.asked(trial.laboratory(seed=1)) == trial.asked(trial.laboratory(seed=2))
    if trial.loaded.plugin.stochastic:
        return "it declares that it draws, and the seed does not matter" if same else ""
    return "" if same else "its scores depend on the seed; declare stochastic=True"


def _measures_as_declared(trial: _Trial) -> str:
    laboratory = trial.laboratory()
    trial.asked(laboratory)
    if trial.loaded.plugin.measures:
        return "" if laboratory.measured else "it measures nothing; declare measures=False"
    return "it declares that it measures nothing, and measures" if laboratory.measured else ""


def _lets_failures_through(trial: _Trial) -> str:
    if not trial.loaded.plugin.measures:
        return ""
    try:
        trial.asked(trial.laboratory(fails=True))
    except ContractError:
        return ""
    return "where the proxy has no score it returns numbers all the same"


def _leaves_global_state(trial: _Trial) -> str:
    return describe_disturbance(lambda: trial.asked(trial.laboratory()))


def _loads_anew(trial: _Trial) -> str:
    again = loaded_again(trial.loaded)
    if not isinstance(again, LoadedScorer) or again.key != trial.loaded.key:
        return "loaded a second time it has another identity"
    other = _Trial(loaded=again, supernet=trial.supernet)
    same = other.asked(other.laboratory()) == trial.asked(trial.laboratory())
    return "" if same else "loaded a second time it scores otherwise"


_RULES: dict[str, Callable[[_Trial], str]] = {
    "describes itself": _describes_itself,
    "scores every operation": _scores_every_operation,
    "respects what is fixed": _respects_what_is_fixed,
    "scores the same way twice": _repeats_itself,
    "draws only as it declares": _draws_as_declared,
    "measures only as it declares": _measures_as_declared,
    "lets failures through": _lets_failures_through,
    "leaves global state alone": _leaves_global_state,
    "loads a second time alike": _loads_anew,
}

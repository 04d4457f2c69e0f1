"""DPS: discrete proxy search, regularised evolution over the settings of Eproxy.

    fitness = Spearman correlation of -score with the labels of the labelled architectures

Forty random genomes; then, one by one, ten of the last forty are drawn, and the best of the ten is
mutated. The best genome of all is the result.

A genome has three slots, of which the first one, two or three are used, the deepest feature map
first. A slot: five bits for the features of the target, each set with probability 0.2 at first, so
that a third of the slots have none and a target of zeros; kernels of transform and barrier from 1,
3, 7; channels of transform and target from 16 to 512; level from 0.5 to 2. For all slots: learning
rate 0.5 to 1.5, initial weights of network and barrier, each one of four, and alpha, -0.5 to 0.5.
A mutation turns each bit round and draws each other gene anew, with probability 0.2.

Reference: Li, Li, Hao, Li, Xiong, Chen, ICCV 2023 (arXiv 2210.09459); space, population, tournament
and probabilities are those of the release, with 20 labels and 200 evaluations. Deviations: a genome
that fails on a labelled architecture, or gives all of them one score, counts as evaluated and does
not enter the population, where the release stores a NaN that breaks its sorting; the initial
weights reach the whole network, where the release stops without a word at the first batch norm that
has no weights, on NAS-Bench-201 after 3 of 420 tensors. The first forty are as many draws as are
needed for forty with a fitness.

``dps-alpha_0`` is the same with alpha fixed at 0. Both draw the same first genomes for one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from harness.core.aggregation import average_ranks
from harness.core.errors import UsageError
from harness.core.identity import Json
from harness.passes.eproxy import Feature, Start
from harness.plugin import ZeroCostProxy
from harness.plugins.eproxies import settings_of, sized_eproxy
from harness.searched_proxy import Budget, LabelledDraw, SearchedProxy, Unscored
from harness.spaces.knowledge import why_no_largest

__all__ = ["PLUGINS", "drawn", "mutant", "phenotype"]

_POPULATION, _TOURNAMENT = 40, 10
_CHANGES, _FEATURE_ON = 0.2, 0.2
_SLOTS = 3
_KERNELS = (1, 3, 7)
_CHANNELS = (16, 32, 64, 128, 256, 512)
_LEVELS = (0.5, 1.0, 1.5, 2.0)
_STARTS = tuple(str(start) for start in Start if start is not Start.OWN)

Gene = int | float | str | bool
Genome = Mapping[str, Gene]
_Draw = Callable[[np.random.Generator], Gene]


def _one_of(values: tuple[Gene, ...]) -> _Draw:
    return lambda generator: values[int(generator.integers(len(values)))]


def _slot(number: int) -> dict[str, _Draw]:
    genes: dict[str, _Draw] = {
        f"{number}.{feature}": lambda generator: bool(generator.random() < _FEATURE_ON)
        for feature in Feature
    }
    return genes | {
        f"{number}.transform_kernel": _one_of(_KERNELS),
        f"{number}.barrier_kernel": _one_of(_KERNELS),
        f"{number}.transform_channels": _one_of(_CHANNELS),
        f"{number}.target_channels": _one_of(_CHANNELS),
        f"{number}.level": _one_of(_LEVELS),
    }


def _genes() -> dict[str, _Draw]:
    slots = {name: draw for number in range(_SLOTS) for name, draw in _slot(number).items()}
    return slots | {
        "branches": _one_of(tuple(range(1, _SLOTS + 1))),
        "learning_rate": _one_of(tuple(tenth / 10 for tenth in range(5, 16))),
        "network_start": _one_of(_STARTS),
        "barrier_start": _one_of(_STARTS),
        "alpha": _one_of(tuple(tenth / 10 for tenth in range(-5, 6))),
    }


_GENES = _genes()


def drawn(generator: np.random.Generator) -> Genome:
    """Draw a genome."""
    return {name: draw(generator) for name, draw in _GENES.items()}


def mutant(genome: Genome, generator: np.random.Generator) -> Genome:
    """Turn each bit round and draw each other gene anew, with probability 0.2."""
    return {
        name: _changed(genome[name], draw, generator)
        if generator.random() < _CHANGES
        else genome[name]
        for name, draw in _GENES.items()
    }


def _changed(gene: Gene, draw: _Draw, generator: np.random.Generator) -> Gene:
    return not gene if isinstance(gene, bool) else draw(generator)


def phenotype(genome: Genome, *, sized: bool) -> Json:
    """Return the settings of a genome: those of the slots in use; alpha is 0 unless `sized`."""
    return {
        "branches": [_branch(genome, number) for number in range(int(genome["branches"]))],
        "learning_rate": genome["learning_rate"],
        "network_start": genome["network_start"],
        "barrier_start": genome["barrier_start"],
        "alpha": genome["alpha"] if sized else 0.0,
    }


def _branch(genome: Genome, number: int) -> dict[str, Json]:
    prefix = f"{number}."
    own = {name.removeprefix(prefix): genome[name] for name in _GENES if name.startswith(prefix)}
    bits = {str(feature): own.pop(feature) for feature in Feature}
    return {"features": [feature for feature, on in bits.items() if on], **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    genome: Genome
    fitness: float


def _evolve(labelled: LabelledDraw, budget: Budget, *, sized: bool) -> Json:
    generator = np.random.default_rng(budget.seed)
    history: list[_Member] = []
    reason = ""
    for _ in range(budget.evaluations):
        genome = _next(history, generator)
        fitness = _fitness(labelled, phenotype(genome, sized=sized))
        if isinstance(fitness, Unscored):
            reason = reason or fitness.reason
        else:
            history.append(_Member(genome=genome, fitness=fitness))
    if not history:
        raise UsageError(
            f"settings with a rank correlation with the {labelled.labels.size} labels: 0 of "
            f"{budget.evaluations}; of the first: {reason}; allow more evaluations, or choose "
            "another task"
        )
    best = max(history, key=lambda candidate: candidate.fitness)
    return phenotype(best.genome, sized=sized)


def _next(history: list[_Member], generator: np.random.Generator) -> Genome:
    if len(history) < _POPULATION:
        return drawn(generator)
    places = generator.choice(_POPULATION, size=_TOURNAMENT, replace=False)
    alive = history[-_POPULATION:]
    best = max((alive[int(place)] for place in places), key=lambda candidate: candidate.fitness)
    return mutant(best.genome, generator)


def _fitness(labelled: LabelledDraw, settings: Json) -> float | Unscored:
    """Return the rank correlation, or why there is none."""
    scores = labelled.score(settings)
    if isinstance(scores, Unscored):
        return scores
    if np.ptp(scores) == 0:
        return Unscored(reason="all scores are equal")
    ours, theirs = average_ranks(scores), average_ranks(labelled.labels)
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    return float(ours @ theirs / np.sqrt((ours @ ours) * (theirs @ theirs)))


def _proxy(settings: Json) -> ZeroCostProxy:
    return sized_eproxy(settings_of(settings))


def _identity(settings: Json) -> Json:
    content: Json = settings_of(settings).training.model_dump(mode="json")
    return content


def _search(*, sized: bool) -> Callable[[LabelledDraw, Budget], Json]:
    return lambda labelled, budget: _evolve(labelled, budget, sized=sized)


PLUGINS = (
    SearchedProxy(
        name="dps",
        version="2",
        summary="Eproxy with settings that regularised evolution finds by a few labels.",
        search=_search(sized=True),
        proxy=_proxy,
        identity=_identity,
        lacks=why_no_largest,
    ),
    SearchedProxy(
        name="dps-alpha_0",
        version="2",
        summary="The same without a preference for large or small networks.",
        search=_search(sized=False),
        proxy=_proxy,
        identity=_identity,
        lacks=why_no_largest,
    ),
)

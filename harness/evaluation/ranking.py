"""Ranks contenders on one task: metrics, paired intervals, places, coverage and ties."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation.leaderboard import Board, Entry, Leaderboard
from harness.evaluation.method_scores import Contender
from harness.evaluation.placing import merit, placements, takes_part
from harness.evaluation.procedure import Procedure
from harness.evaluation.resampled import Resampled, measured, resampled
from harness.evaluation.standings import standings
from harness.evaluation.task_scores import Contest, Performance
from harness.metrics.metric import Metric, Needs
from harness.metrics.replicates import Replicates
from harness.metrics.resamples import Resamples, resample_weights
from harness.metrics.values import Undefined

__all__ = ["Procedure", "contest_resamples", "joined", "leaderboard", "rank"]

_Ranked = tuple[Entry, Replicates | None]
"""An entry and, where it has a value, the replicates of its headline metric."""


def rank(contest: Contest, procedure: Procedure) -> Board:
    """Measure every contender on the architectures of a contest that have ground truth.

    The resamples are drawn from the digest of the population and are the same for all contenders.
    """
    resamples = contest_resamples(contest, procedure)
    ranked = [_ranked(contest, one, (procedure, resamples)) for one in contest.contenders]
    return Board(
        truth=contest.truth,
        population=contest.population,
        population_digest=contest.population_digest,
        population_size=len(contest.texts),
        provenance=contest.provenance,
        drawn=len(contest.known),
        best=float(contest.target.max()),
        entries=_placed(ranked, procedure),
    )


def leaderboard(
    suite: str, edition: str, contests: Sequence[Contest], procedure: Procedure
) -> Leaderboard:
    """Rank every contest of a suite, then the plugins over all of them."""
    return joined(suite, edition, [rank(one, procedure) for one in contests], procedure)


def joined(suite: str, edition: str, boards: Sequence[Board], procedure: Procedure) -> Leaderboard:
    """Put boards that the procedure made on a leaderboard, with their standings."""
    return Leaderboard(
        suite=suite,
        edition=edition,
        seed=procedure.seed,
        resamples=procedure.resamples,
        level=procedure.level,
        metrics=tuple(one.name for one in procedure.metrics),
        boards=tuple(boards),
        standings=standings(boards, procedure),
    )


def contest_resamples(contest: Contest, procedure: Procedure) -> Resamples:
    """Return the resamples that all contenders of a contest share."""
    seed = derived_seed(procedure.seed, "bootstrap", contest.truth.task, contest.population_digest)
    return resample_weights(len(contest.known), procedure.resamples, seed)


def _ranked(contest: Contest, contender: Contender, how: tuple[Procedure, Resamples]) -> _Ranked:
    procedure, resamples = how
    shown = contest.performance(contender)
    drawn = resamples if shown.mask.all() else resamples.where(shown.mask)
    found = {one.name: _resampled(contest, one, shown, drawn) for one in procedure.metrics}
    headline = found[procedure.headline.name]
    entry = Entry(
        plugin=contender.name,
        version=contender.version,
        key=contender.key,
        drawn=len(shown.outcomes),
        scored=int(shown.mask.sum()),
        missing=sum(1 for one in shown.outcomes if one is None),
        failures=shown.failures,
        distinct=len(np.unique(shown.sample.scores)),
        measured={name: measured(one, procedure.level) for name, one in found.items()},
        placement=None,
        timing=contender.timing(contest.known),
    )
    return entry, None if isinstance(headline, Undefined) else headline.replicates


def _resampled(
    contest: Contest, metric: Metric, shown: Performance, resamples: Resamples
) -> Resampled | Undefined:
    if failed := shown.too_few(metric):
        return failed
    if metric.needs is Needs.CONTROLS and isinstance(contest.controls, Undefined):
        return contest.controls
    return resampled(metric, shown.sample, resamples)


def _placed(ranked: Sequence[_Ranked], procedure: Procedure) -> tuple[Entry, ...]:
    metric = procedure.headline
    merits = {entry.plugin: merit(metric, entry.measured[metric.name]) for entry, _ in ranked}
    replicates = {
        entry.plugin: one
        for entry, one in ranked
        if one is not None and takes_part(entry, metric.name)
    }
    found = placements(metric, replicates, merits, procedure.level)
    entries = [dataclasses.replace(one, placement=found.get(one.plugin)) for one, _ in ranked]
    order = sorted(
        entries, key=lambda one: (one.scored < one.drawn, -merits[one.plugin], one.plugin)
    )
    return tuple(order)

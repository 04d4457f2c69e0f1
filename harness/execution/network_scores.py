"""What proxies say of networks of one's own: one row a network and proxy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.cost import Cost, sum_of
from harness.core.direction import Direction
from harness.core.errors import sentence_of
from harness.core.outcome import SCORE, Failed, FailureKind, Outcome, Scored, Skipped, scored
from harness.records.record import ScoreRecord

__all__ = ["NetworkScore", "failed_proxies", "network_scores", "ranks_population"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkScore:
    """What one proxy says of one network.

    Attributes:
        network: Name of the network.
        proxy: Name of the proxy.
        score: The score; None where there is none.
        status: ``"scored"``, ``"unsupported"`` or ``"failed"``.
        reason: Why there is no score, in one sentence; empty where there is one.
        direction: Whether better networks are expected to score higher or lower.
        components: The numbers that the proxy returned of the network, by name.
        cost: Of all passes that the score rests on and of the proxy itself; None where there is
            no score. Passes are shared, so that costs of several proxies do not add up.
    """

    network: str
    proxy: str
    score: float | None
    status: str
    reason: str
    direction: Direction
    components: Mapping[str, float]
    cost: Cost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    outcome: Outcome
    cost: Cost | None = None


_Answers: TypeAlias = Mapping[tuple[str, str], _Answer]
"""Answers by network and key of the plugin."""


def failed_proxies(scores: Sequence[NetworkScore]) -> tuple[str, ...]:
    """Return the names of the proxies that failed on every network."""
    failed: dict[str, bool] = {}
    for score in scores:
        failed[score.proxy] = failed.get(score.proxy, True) and score.status == "failed"
    return tuple(proxy for proxy, everywhere in failed.items() if everywhere)


def ranks_population(plugin: LoadedProxy) -> bool:
    """Tell whether a proxy's scores are those of networks among each other."""
    return plugin.plugin.aggregate is not None and not plugin.plugin.separable


def network_scores(
    names: Sequence[str],
    plugins: Sequence[LoadedProxy],
    records: Iterable[ScoreRecord],
    refused: Mapping[str, str],
) -> tuple[NetworkScore, ...]:
    """Return what every proxy says of every network, network by network.

    Args:
        names: Names of the networks.
        plugins: The proxies.
        records: What was scored.
        refused: Networks that were not scored, and why.
    """
    answers = _answers(records)
    for name, reason in refused.items():
        for plugin in plugins:
            failure = Failed(kind=FailureKind.RAISED, reason=reason)
            answers[name, plugin.key] = _Answer(outcome=failure)
    rows: dict[tuple[str, str], NetworkScore] = {}
    for plugin in plugins:
        for row in _rows(names, plugin, answers):
            rows[row.network, row.proxy] = row
    return tuple(rows[name, plugin.name] for name in names for plugin in plugins)


def _answers(records: Iterable[ScoreRecord]) -> dict[tuple[str, str], _Answer]:
    answers = {}
    for record in records:
        for key, score in record.scores.items():
            costs = [record.passes[name] for name in score.passes]
            cost = None if score.cost is None else sum_of([*costs, score.cost])
            answers[record.architecture, key] = _Answer(outcome=score.result(), cost=cost)
    return answers


def _rows(names: Sequence[str], plugin: LoadedProxy, answers: _Answers) -> list[NetworkScore]:
    nobody = _Answer(outcome=_alone(plugin.name))
    own = {name: answers.get((name, plugin.key), nobody) for name in names}
    components = {
        name: answer.outcome.components
        for name, answer in own.items()
        if isinstance(answer.outcome, Scored)
    }
    outcomes = {name: answer.outcome for name, answer in own.items()}
    outcomes |= _aggregated(plugin, components)
    return [
        NetworkScore(
            network=name,
            proxy=plugin.name,
            score=outcome.components[SCORE] if isinstance(outcome, Scored) else None,
            status=_status(outcome),
            reason="" if isinstance(outcome, Scored) else outcome.reason,
            direction=plugin.plugin.direction,
            components=components.get(name, {}),
            cost=own[name].cost,
        )
        for name, outcome in outcomes.items()
    ]


def _alone(proxy: str) -> Skipped:
    return Skipped(
        reason=f"{proxy} ranks networks among each other, and one alone has no rank; give several"
    )


def _aggregated(
    plugin: LoadedProxy, components: Mapping[str, Mapping[str, float]]
) -> dict[str, Outcome]:
    """Return the score of every network that has components, as far as there is one."""
    if not components:
        return {}
    if ranks_population(plugin) and len(components) < 2:
        return dict.fromkeys(components, _alone(plugin.name))
    arrays = {
        part: np.array([own.get(part, np.nan) for own in components.values()])
        for part in plugin.plugin.components
    }
    try:
        oriented = plugin.oriented(arrays)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a proxy raises becomes its outcome
        failure = Failed(kind=FailureKind.RAISED, reason=sentence_of(error))
        return dict.fromkeys(components, failure)
    if oriented.shape != (len(components),):
        reason = f"aggregated {len(components)} networks to scores of shape {oriented.shape}"
        failure = Failed(kind=FailureKind.CONTRACT, reason=reason)
        return dict.fromkeys(components, failure)
    scores = plugin.plugin.direction.orient(oriented)
    return {
        name: scored(value, (SCORE,))
        for name, value in zip(components, scores.tolist(), strict=True)
    }


def _status(outcome: Outcome) -> str:
    match outcome:
        case Scored():
            return "scored"
        case Skipped():
            return "unsupported"
        case Failed():
            return "failed"

"""Proxies made of proxies: the rank sum, the majority vote and the consensus of any of them.

A new ensemble is one file::

    from harness.plugins.ensembles import rank_sum_of
    from harness.plugins.zero_cost import flops, jacov

    PLUGIN = rank_sum_of("flops_jacov", flops.PLUGIN, jacov.PLUGIN, version="1", summary="...")

Its components are those of its members, named ``member.component``; its passes are theirs, so it
costs nothing beside them but their own reductions. Aggregation happens over a population:

* a member that is a set-level proxy is aggregated first, by its own rule;
* a member that is better when lower is negated;
* then the members' scores are combined by rank, each with the same weight.

Where the members' scores are stored or archived, these are taken and nothing is computed; members
have to be built-in or installed for that, and not stochastic.

An architecture on which a member fails has no score. A consensus is different: its members may be
undefined for some networks or all of a space, and it ranks by those that are there. A stochastic
member draws from the ensemble's seed, so its components differ from those of a run of its own. A
changed member changes the ensemble: its version is made of its own and those of its members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.core.aggregation import Criteria, majority_margins, sum_of_ranks
from harness.core.architecture import NetworkSource
from harness.core.errors import ContractError, UndefinedError, UnsupportedError
from harness.passes.observation import Observation, Pass
from harness.plugin import Direction, Stability, ZeroCostProxy
from harness.spaces.knowledge import Lacks, lacks_nothing

if TYPE_CHECKING:
    from harness.core.aggregation import Scores

__all__ = [
    "components_of",
    "consensus_of",
    "ensemble_of",
    "full_names",
    "members_of",
    "rank_sum_of",
    "vote_of",
]

Combination = Callable[[Sequence["Scores"]], "Scores"]
"""Combines the members' scores over a population, larger meaning better, into one array."""


def rank_sum_of(name: str, *members: ZeroCostProxy, version: str, summary: str) -> ZeroCostProxy:
    """Build the proxy that scores the sum of its members' ranks (ties share the mean rank)."""
    return ensemble_of(name, members, sum_of_ranks, version=version, summary=summary)


def vote_of(name: str, *members: ZeroCostProxy, version: str, summary: str) -> ZeroCostProxy:
    """Build the proxy that scores how many architectures a majority of members ranks lower.

    The score is the number of architectures that lose against it in a vote of the members, less
    the number that win.
    """
    return ensemble_of(name, members, majority_margins, version=version, summary=summary)


def consensus_of(
    name: str, members: Mapping[ZeroCostProxy, float], *, version: str, summary: str
) -> ZeroCostProxy:
    """Build the proxy that scores the weighted mean of its members' log(rank / n).

    A network that a member does not support, or has no finite score of, gets the mean of the
    others. A member that contradicts the mean of the others over the population (a negative
    Spearman correlation) is left out there.

    Args:
        name: Name of the consensus.
        members: At least two proxies of any space, with their weights above 0.
        version: Of the rule; the members' versions are appended.
        summary: One sentence for lists.

    Raises:
        ContractError: Fewer than two members, or one that refuses spaces by their names.
    """
    proxies = tuple(members)
    for member in proxies:
        if member.spaces or member.lacks is not lacks_nothing:
            raise ContractError(
                f"{member.name} of consensus {name!r} refuses whole spaces; a member has to be one "
                "that any space may ask"
            )
    made = ensemble_of(name, proxies, sum_of_ranks, version=version, summary=summary)
    return replace(
        made,
        score=partial(_known, proxies),
        optional=made.components,
        aggregate=partial(_mean_log_rank, proxies, tuple(members.values())),
    )


def _known(members: tuple[ZeroCostProxy, ...], observation: Observation) -> dict[str, float]:
    """Score a network by each member that can; the last reason where none can."""
    values: dict[str, float] = {}
    refusal: UnsupportedError | UndefinedError | None = None
    for member in members:
        try:
            own = components_of(member, observation)
        except (UnsupportedError, UndefinedError) as error:
            refusal = error
            continue
        if np.isfinite(list(own.values())).all():
            values.update(own)
    if not values and refusal is not None:
        raise refusal
    return values


def _mean_log_rank(
    members: tuple[ZeroCostProxy, ...],
    weights: tuple[float, ...],
    components: Mapping[str, Scores],
) -> Scores:
    scores = [_where_known(member, components) for member in members]
    there = [row for row, values in enumerate(scores) if np.isfinite(values).any()]
    criteria = Criteria.of([scores[row] for row in there])
    return criteria.mean(criteria.agreeing(np.array([weights[row] for row in there])))


def _where_known(member: ZeroCostProxy, components: Mapping[str, Scores]) -> Scores:
    """Return a member's scores over the networks that have all of its components, else NaN."""
    names = full_names(member).values()
    known = np.logical_and.reduce([np.isfinite(components[full]) for full in names])
    scores = np.full(known.size, np.nan)
    if known.any():
        scores[known] = _member_scores(member, {full: components[full][known] for full in names})
    return scores


def ensemble_of(
    name: str,
    members: Sequence[ZeroCostProxy],
    combine: Combination,
    *,
    version: str,
    summary: str,
) -> ZeroCostProxy:
    """Build a set-level proxy from member proxies and a rule that combines their scores.

    Published values are added with ``dataclasses.replace(proxy, references=...)``.

    Args:
        name: Name of the ensemble.
        members: At least two proxies with different names.
        combine: A function of a module (not a lambda), so that it can be sent to a worker.
        version: Of the rule; the members' versions are appended.
        summary: One sentence for lists.

    Raises:
        ContractError: Fewer than two members, or one twice, or no space that all support.
    """
    names = [member.name for member in members]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ContractError(f"ensemble {name!r} needs two or more different members, got {names}")
    return ZeroCostProxy(
        name=name,
        version="+".join([version, *(f"{member.name}-{member.version}" for member in members)]),
        summary=summary,
        direction=Direction.HIGHER,
        passes=_union(members),
        score=partial(_score, tuple(members)),
        components=tuple(full for member in members for full in full_names(member).values()),
        aggregate=partial(_aggregate, tuple(members), combine),
        stochastic=any(member.stochastic for member in members),
        spaces=_common_spaces(name, members),
        lacks=_common_lacks(members),
        stability=_least_stable([member.stability for member in members]),
    )


def _union(members: Sequence[ZeroCostProxy]) -> tuple[Pass[object], ...]:
    return tuple(
        dict.fromkeys(required_pass for member in members for required_pass in member.passes)
    )


def _least_stable(stated: Sequence[Stability]) -> Stability:
    return Stability(
        score=max(stability.score for stability in stated),
        median=max(stability.median for stability in stated),
        spearman=max(stability.spearman for stability in stated),
    )


def _common_spaces(name: str, members: Sequence[ZeroCostProxy]) -> tuple[str, ...]:
    limits = [member.spaces for member in members if member.spaces]
    if not limits:
        return ()
    common = tuple(space for space in limits[0] if all(space in limit for limit in limits))
    if not common:
        raise ContractError(f"no space is supported by all members of ensemble {name!r}")
    return common


def _common_lacks(members: Sequence[ZeroCostProxy]) -> Lacks:
    if all(member.lacks is lacks_nothing for member in members):
        return lacks_nothing
    return partial(_lacking, tuple(members))


def _lacking(members: tuple[ZeroCostProxy, ...], space: NetworkSource) -> str:
    return next((reason for member in members if (reason := member.lacks(space))), "")


def members_of(proxy: ZeroCostProxy) -> tuple[ZeroCostProxy, ...]:
    """Return the proxies of whose components those of a proxy are; none of what is no ensemble."""
    score: object = proxy.score
    if not isinstance(score, partial) or score.func not in (_score, _known):
        return ()
    members: tuple[ZeroCostProxy, ...] = score.args[0]
    return members


def full_names(member: ZeroCostProxy) -> dict[str, str]:
    """Return names of a member's components in an ensemble, ``member.component``, by their own."""
    return {component: f"{member.name}.{component}" for component in member.components}


def components_of(member: ZeroCostProxy, observation: Observation) -> dict[str, float]:
    """Score a network by one proxy; the result is named ``member.component``."""
    value = member.score(observation)
    own = value if isinstance(value, Mapping) else {member.components[0]: value}
    return {full: own[component] for component, full in full_names(member).items()}


def _score(members: tuple[ZeroCostProxy, ...], observation: Observation) -> dict[str, float]:
    values: dict[str, float] = {}
    for member in members:
        values.update(components_of(member, observation))
    return values


def _aggregate(
    members: tuple[ZeroCostProxy, ...], combine: Combination, components: Mapping[str, Scores]
) -> Scores:
    return combine([_member_scores(member, components) for member in members])


def _member_scores(member: ZeroCostProxy, components: Mapping[str, Scores]) -> Scores:
    own = {component: components[full] for component, full in full_names(member).items()}
    return member.direction.orient(member.combined(own))

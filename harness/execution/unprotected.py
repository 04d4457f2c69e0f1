"""Stored scores that a plugin from outside may have disturbed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from harness.catalog import LoadedProxy, installed
from harness.records.environment import Environment
from harness.records.scores import Scores

__all__ = ["unprotected"]

_LOG = logging.getLogger(__name__)


def unprotected(
    scores: Scores, environments: Mapping[str, Environment], plugins: Sequence[LoadedProxy]
) -> frozenset[str]:
    """Return the environments of which no stored score is certainly its plugin's own.

    There a plugin from outside was scored in one process with others: by version 0.1, which did
    not keep them apart, or with ``--workers 0``. One line of the log says so.

    Args:
        scores: Stored scores of one condition.
        environments: Stored environments by their keys.
        plugins: Plugins of this run; all others are looked up among the installed ones.
    """
    shared = frozenset(key for key, known in environments.items() if not known.isolated)
    present = {key: shared & scores.environments(key).keys() for key in scores.plugin_keys}
    if not any(present.values()):
        return frozenset()
    own = {plugin.name for plugin in plugins if not plugin.outside}
    if not own.issuperset(map(_name, present)):
        own |= {name for name, plugin in installed().loaded.items() if not plugin.outside}
    strangers = {key for key in present if _name(key) not in own}
    touched: set[str] = set()
    count = 0
    for key, environments_of_key in present.items():
        others: set[str] = set().union(*(present[other] for other in strangers - {key}))
        beside = environments_of_key & others
        touched |= beside
        count += sum(scores.environments(key)[environment] for environment in beside)
    if not count:
        return frozenset()
    _LOG.warning(
        "%d stored scores were computed in one process with plugins from outside (%s), which may "
        "have changed them; --retry computes them anew",
        count,
        ", ".join(sorted(map(_name, strangers))),
    )
    return frozenset(touched)


def _name(key: str) -> str:
    """Return the plugin's name in its key."""
    return key.partition(":")[0]

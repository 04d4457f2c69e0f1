"""Of which other proxies' stored scores those of ensembles are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.catalog.catalog import installed
from harness.catalog.loaded import LoadedProxy
from harness.catalog.object_identity import object_identity
from harness.core.errors import ContractError
from harness.plugin import ZeroCostProxy
from harness.plugins.ensembles import full_names, members_of
from harness.records.scores import Members

__all__ = ["members_by_key"]


def members_by_key(plugins: Iterable[LoadedProxy]) -> dict[str, Members]:
    """Return the members of ensembles, and of ensembles among these, by the keys of the ensembles.

    Proxies whose members are not all installed are left out, since nothing tells whose code a
    stored score of such a member is, and so are stochastic ones, whose members draw other numbers
    than alone.
    """
    found: dict[str, Members] = {}
    known: Mapping[str, LoadedProxy] | None = None
    left = [plugin for plugin in plugins if members_of(plugin.plugin)]
    while left:
        ensemble = left.pop()
        known = known or installed().of_kind(LoadedProxy)
        members = [_installed(member, known) for member in members_of(ensemble.plugin)]
        if ensemble.plugin.stochastic or None in members:
            continue
        loaded = [member for member in members if member is not None]
        found[ensemble.key] = Members(
            names={member.key: full_names(member.plugin) for member in loaded},
            some=bool(ensemble.plugin.optional),
        )
        left += [member for member in loaded if members_of(member.plugin)]
    return found


def _installed(member: ZeroCostProxy, known: Mapping[str, LoadedProxy]) -> LoadedProxy | None:
    """Return the installed proxy that a member, or that of which it is a copy, is."""
    loaded = known.get(member.name)
    if loaded is None or loaded.plugin == member:
        return loaded
    try:
        same = object_identity(loaded.plugin).content == object_identity(member).content
    except ContractError:
        return None
    return loaded if same else None

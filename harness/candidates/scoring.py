"""Figures and scores of candidates, from what a run has stored of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.catalog import LoadedProxy, installed
from harness.core.architecture import Architecture, Space
from harness.core.errors import ContractError, UsageError, unknown_name
from harness.evaluation import MethodScores, count_failures, stored_methods
from harness.execution.run import Run
from harness.metrics.values import FloatArray
from harness.passes.structure import STRUCTURE
from harness.records.columns import FAILED
from harness.truth.columns import OwnColumns

__all__ = ["Figures", "Scored", "counted_figures", "figures_of", "scored_proxies"]


def counted_figures() -> dict[str, LoadedProxy]:
    """Return the proxies that only count what a network is made of, e.g. ``params``, by name."""
    return {
        name: loaded
        for name, loaded in installed().of_kind(LoadedProxy).items()
        if loaded.plugin.passes == (STRUCTURE,) and loaded.plugin.aggregate is None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Where figures of architectures come from.

    Attributes:
        space: The space, which may have some.
        table: Columns of a table of one's own.
    """

    space: Space
    table: OwnColumns | None = None

    def require(self, names: Sequence[str]) -> None:
        """Refuse names of figures that nobody has, and such as two have.

        Raises:
            UsageError: There is one.
        """
        sources = [counted_figures(), self._own, self._columns]
        known = [name for source in sources for name in source]
        for name in names:
            if name not in known:
                raise unknown_name("figure", name, known, "--max or --min")
            if known.count(name) > 1:
                raise UsageError(
                    f"the limit on {name} is ambiguous: there is a column of that name beside "
                    "another figure; rename the column"
                )

    def own(self, name: str, architectures: Sequence[Architecture]) -> FloatArray:
        """Return a figure of the table or the space, shape ``(n,)``.

        Raises:
            UsageError: An architecture has none.
        """
        values = self._own.get(name)
        if values is None:
            figure = self._columns[name]
            return np.array([figure(architecture) for architecture in architectures], np.float64)
        missing = [each.text for each in architectures if values.get(each.text) is None]
        if missing and self.table is not None:
            raise UsageError(
                f"column {name} of {self.table.where} has no value of {len(missing)} of the "
                f"{len(architectures)} candidates, e.g. {missing[0]}; fill it in, or leave the "
                "limit out"
            )
        return np.array([values[each.text] for each in architectures], dtype=np.float64)

    @property
    def _own(self) -> Mapping[str, Mapping[str, float | None]]:
        return {} if self.table is None else self.table.values

    @property
    def _columns(self):
        return self.space.columns


def figures_of(run: Run, names: Sequence[str]) -> dict[str, FloatArray]:
    """Return counts of a run's architectures that it has stored; NaN where there is none."""
    by_name = {method.name: method for method in stored_methods(run)}
    return {name: by_name[name].values for name in names}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """What proxies say of a run's architectures.

    Attributes:
        methods: The proxies that scored any of them.
        left_out: Sentences about those that scored none.
    """

    methods: tuple[MethodScores, ...]
    left_out: tuple[str, ...]

    def reasons(self) -> dict[int, str]:
        """Return row to why a proxy has no score of it, the first proxy's reason."""
        reasons: dict[int, str] = {}
        for method in self.methods:
            for row, outcome in method.column.failures.items():
                reasons.setdefault(row, f"{method.name}: {outcome.reason}")
        return reasons


def scored_proxies(run: Run, proxies: Sequence[LoadedProxy], *, required: bool) -> Scored:
    """Take the scores of proxies.

    Args:
        run: What is stored of the candidates.
        proxies: Those to take.
        required: Whether a proxy without any score is an error; otherwise it is left out.

    Raises:
        UsageError: A required proxy does not support any of the networks, or none is left.
        ContractError: A required proxy failed on all of them.
    """
    names = {proxy.name for proxy in proxies}
    methods, left_out = [], []
    for method in stored_methods(run):
        if method.name not in names:
            continue
        if method.scored.any():
            methods.append(method)
            continue
        failures = count_failures(method.column)
        reason = next(iter(failures.values())).reason if failures else "nothing was scored"
        sentence = f"{method.name} has no score of any of {method.scored.size} candidates: {reason}"
        if required:
            failed = (method.column.status == FAILED).any()
            raise (ContractError if failed else UsageError)(
                f"{sentence}; rank by another proxy"
            )
        left_out.append(sentence)
    if not methods:
        raise UsageError(f"{'; '.join(left_out)}; name a proxy that supports the space")
    return Scored(methods=tuple(methods), left_out=tuple(left_out))

"""Several seeds of one suite, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.catalog import LoadedProxy
from harness.core.errors import UsageError, unknown_name
from harness.evaluation import Procedure, compare_seeds, join_stored
from harness.execution.run import Run
from harness.metrics import Metric
from harness.reports.seeds import SeedTable
from harness.spaces.identical import IDENTICAL
from harness.suite import Suite

__all__ = ["Seeds", "require_named", "seed_table", "seeds_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Several seeds of one suite, and what is measured over them."""

    count: int
    procedure: Procedure
    metric: str
    against: str


def seeds_of(
    suite: Suite, count: int | None, metrics: Sequence[Metric], against: str | None
) -> Seeds | None:
    """Return what is measured over seeds; nothing where their number is not given.

    Raises:
        UsageError: There are several metrics.
    """
    if count is None:
        return None
    if len(metrics) > 1:
        names = ", ".join(metric.name for metric in metrics)
        raise UsageError(f"--metric names {names}; a run with --seeds averages one metric")
    procedure = Procedure(
        names=tuple(metrics) or ("spearman",),
        where="--metric",
        resamples=suite.resamples,
        level=suite.level,
        seed=suite.seed,
    )
    name = procedure.headline.name
    return Seeds(count=count, procedure=procedure, metric=name, against=against or "")


def seed_table(suite: Suite, seeds: Seeds, runs: Sequence[Run]) -> SeedTable:
    """Put what runs with several seeds have stored side by side."""
    joined = [join_stored(prepared) for prepared in runs]
    drawn, last = joined[0][0].population, suite.seed + seeds.count - 1
    kind = "" if suite.identical == IDENTICAL else f"-{suite.identical}"
    return SeedTable(
        suite=suite.name,
        edition=f"{drawn.name}{runs[0].variant}-seeds{suite.seed}to{last}-{seeds.metric}{kind}",
        facts=f"{seeds.count} seeds from {suite.seed}, {len(drawn.texts)} architectures "
        f"({drawn.name}), identical networks: {suite.identical}; brackets hold {suite.level:.0%} "
        "bootstrap intervals over seeds and architectures; agreement is the mean Spearman "
        "correlation of the scores of two seeds",
        metric=seeds.metric,
        against=seeds.against,
        rows=tuple(
            row
            for tasks in zip(*joined, strict=True)
            for row in compare_seeds(tasks, seeds.procedure, seeds.against)
        ),
    )


def require_named(against: str, proxies: Sequence[LoadedProxy]) -> None:
    """Refuse a name before hours of scoring.

    Raises:
        UsageError: No plugin has it.
    """
    names = [proxy.name for proxy in proxies]
    if against and against not in names:
        raise unknown_name("plugin", against, names, "--against")

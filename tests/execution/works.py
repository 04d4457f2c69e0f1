"""Small pieces of work for tests of executors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.catalog import LoadedProxy
from harness.execution.execute import plan_work
from harness.execution.executor import LocalPool
from harness.execution.run import Options, open_run
from harness.execution.scoring import Assignment
from harness.execution.work import Work
from harness.suite import load_suite


def work_of(
    plugins: Sequence[LoadedProxy],
    count: int,
    *,
    timeout_s: float = 30.0,
    memory_bytes: int | None = None,
) -> tuple[Work, list[Assignment]]:
    """Return the work of a few cells of the suite smoke, which every plugin is asked for."""
    suite = load_suite("smoke").changed(sample=max(count, 2), timeout_s=timeout_s)
    options = Options(results=Path("unused"), memory_bytes=memory_bytes)
    prepared = open_run(suite, plugins, options)
    names = tuple(plugin.name for plugin in plugins)
    outside = plugins[0].outside if len(plugins) == 1 else ""  # several: for one pool alone
    assignments = [
        Assignment(architecture=architecture, plugins=names, outside=outside)
        for architecture in prepared.population.architectures[:count]
    ]
    return plan_work(prepared, options, LocalPool(workers=1)), assignments

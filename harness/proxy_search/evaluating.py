"""Ranks proxies with found settings beside what they have to beat, on architectures never labelled.

Beside them are proxies without a search, counts, and the scores that NAS-Bench-Suite-Zero published
of the same architectures, where it has some of the task; these are marked ``(stored)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.catalog import LoadedProxy
from harness.evaluation import MethodScores, TaskScores, join_stored, published_methods
from harness.execution.execute import execute
from harness.execution.run import Options
from harness.proxy_search.setup import SearchSetup
from harness.truth import tasks_with_scores

__all__ = ["BESIDE", "evaluated"]

BESIDE = ("eproxy", "macs", "flops", "params")
"""What found settings are compared with; pure size, for alpha can turn Eproxy into it."""


def evaluated(
    setup: SearchSetup,
    plugins: Sequence[LoadedProxy],
    options: Options,
    progress: Callable[[int, int], None],
) -> TaskScores:
    """Score what is missing, store it, and join it with the truth.

    Raises:
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    prepared = replace(setup.prepared, plugins=tuple(plugins))
    execute(prepared, options, progress)
    (task,) = join_stored(prepared)
    published = _published(setup, task.architectures)
    return replace(task, methods=(*task.methods, *published))


def _published(setup: SearchSetup, architectures: Sequence[str]) -> list[MethodScores]:
    name = setup.question.task
    if name not in tasks_with_scores():
        return []
    return [
        replace(method, name=f"{method.name} (stored)")
        for method in published_methods(name, architectures)
    ]

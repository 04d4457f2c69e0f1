"""Zero-cost proxies against their published values, each in the protocol of its publication."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.catalog import LoadedProxy
from harness.core.errors import HarnessError
from harness.evaluation import Entry, evaluate
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.fidelity.verdict import Fidelity, Verdict, judged, unchecked
from harness.plugin import Reference
from harness.suite import BatchSettings, PopulationSettings, Suite
from harness.truth import task

__all__ = ["check_proxies"]

_NO_IMAGES = 2  # images of a batch that nobody looks at


def check_proxies(
    plugins: Sequence[LoadedProxy],
    sample: int | None,
    batch_source: str,
    options: Options,
    progress: Callable[[int, int], None],
) -> list[Fidelity]:
    """Evaluate plugins in the protocols of their references, reusing stored scores.

    Args:
        plugins: What to check.
        sample: Architectures drawn from each reference's population; all of them when absent.
        batch_source: Source of images; the size is that of each reference.
        options: How to run.
        progress: Called with the number of architectures done and to do.
    """
    protocols: dict[tuple[str, str, int], list[tuple[LoadedProxy, Reference]]] = {}
    for plugin in plugins:
        for one in plugin.plugin.references:
            protocols.setdefault((one.task, one.population, one.batch), []).append((plugin, one))
    found = [
        Fidelity(plugin=one.name, verdict=Verdict.NO_REFERENCE)
        for one in plugins
        if not one.plugin.references
    ]
    for (name, population, size), members in protocols.items():
        try:
            batch = BatchSettings(source=batch_source, size=size or _NO_IMAGES)
            suite = _suite(name, population, sample, batch)
            prepared = open_run(suite, [plugin for plugin, _ in members], options)
            execute(prepared, options, progress)
            board = evaluate(prepared).boards[0]
        except HarnessError as error:
            found += [unchecked(plugin.name, one, str(error)) for plugin, one in members]
            continue
        entries = {one.plugin: one for one in board.entries}
        found += [_judged(plugin, one, entries[plugin.name]) for plugin, one in members]
    return found


def _judged(plugin: LoadedProxy, reference: Reference, entry: Entry) -> Fidelity:
    basis = f"{entry.scored}/{entry.drawn}"
    return judged(plugin.name, reference, entry.measured[reference.metric], basis)


def _suite(name: str, population: str, sample: int | None, batch: BatchSettings) -> Suite:
    wanted = task(name)
    return Suite(
        name=f"fidelity-{name}",
        summary="a published protocol",
        space=wanted.space,
        dataset=wanted.dataset,
        tasks=(name,),
        population=PopulationSettings(subset=population, sample=sample),
        batch=batch,
    )

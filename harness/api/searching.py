"""What a guide is worth to a search, in queries, or in the one architecture that it picks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
    text_items,
)
from harness.api.picking import Searches, fitness_picks, label_free_picks
from harness.api.results import PicksResult, Progress, SimulationResult
from harness.api.simulations import Terms, simulations
from harness.architecture_search import LABEL_FREE, SEARCHERS
from harness.candidates import parse_limits
from harness.core.errors import UsageError, unknown_name
from harness.truth import Places

__all__ = ["search"]

_QUERIES = 300
_BEST = 0.001
_LACKING = 0.01


@checked
def search(
    task: str | Path,
    *,
    algorithms: str | Sequence[str] | None = None,
    guides: Plugins | None = None,
    fitness: Plugins | None = None,
    queries: int | None = None,
    repeats: int | None = None,
    best: float | None = None,
    labels: int | Sequence[int] | None = None,
    against: str | Sequence[str] | None = None,
    maximum: Mapping[str, float] | str | Sequence[str] | None = None,
    minimum: Mapping[str, float] | str | Sequence[str] | None = None,
    time: str | None = None,
    scores: str | Path | None = None,
    proposals: int | None = None,
    validation: int | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    seed: int = 0,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> SimulationResult | PicksResult:
    """Simulate searches on a truth table, or pick one architecture without a label.

    Example:
        ``harness.search("nb201-analog-baseline", algorithms="local", repeats=5)``

    Args:
        task: Name of a task that covers its space, or path of a table of one's own.
        algorithms: ``"random"``, ``"ranking"``, ``"evolution"``, ``"local"`` or ``"bananas"``; or,
            without a label and with a guide that scores cells by their graphs, ``"pruning"`` or
            ``"differential_evolution"``, or with any proxy, ``"zero_cost_pt"``. Random and
            evolution when absent.
        guides: ``"none"``, a proxy with scores of the task, a predictor, a column of the space or
            another task of it; without a label also proxies as for `harness.run`.
        fitness: Proxies, as for `harness.run`, to search for the highest score of, instead of the
            table's value; computed as the search goes, without a label.
        queries: Queries of one search, or networks that it scores, 10 or more; 300 when absent.
        repeats: Searches for each row; 30 when absent, or 1 of those without a label.
        best: Share of the table that counts as the best, at most 0.5; 0.001 when absent. With
            `against`, share of the front's hypervolume that may be lacking; 0.01 when absent.
        labels: Fit a guide that is a predictor once, on so many random queries that a search begins
            with, 2 or more; several numbers make a row each. Anew after every ten when absent.
        against: Further objectives, known of every architecture before a search: other tasks of
            the space, by their direction, or columns of the space or proxies with scores of the
            task, of which lower is better. Searches are then for the Pareto front.
        maximum: Upper limits on the architectures that are searched: a figure and its number, as
            a mapping or as texts like ``"params=2e6"``. A figure is what `against` may name.
        minimum: Lower limits.
        time: Task with measured seconds of every training, or a figure that these are taken to be
            proportional to, or ``"none"``. When absent, the measured times of the task; where
            there are none, its FLOPs; where these are not known either, none.
        scores: Suite whose stored runs proxy scores are taken from, not published ones.
        proposals: Proposals of zero_cost_pt; 10 when absent.
        validation: Batches of the validation of zero_cost_pt; 100 when absent.
        batch: Batch source and size; ``"photographs:64"`` when absent. With `scores` that of the
            stored runs, the suite's own when absent.
        images: What the batch source reads: a file or folder.
        seed: Seed of everything drawn.
        results: Folder for records and tables.
        data_dir: Folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` before every search.

    Returns:
        What searches of the table needed, or what those without a label picked.

    Raises:
        UsageError: There is no such task, algorithm or guide, or options do not fit together.
        ContractError: A proxy has no score of any network.
        DataError: The table or a stored score cannot be read.
        InfrastructureError: The results folder cannot be written.
    """
    require_number("queries", queries, 10)
    require_number("repeats", repeats, 1)
    require_number("best", best, 1e-6, 0.5)
    numbers = () if labels is None else (labels,) if isinstance(labels, int) else tuple(labels)
    for number in numbers:
        require_number("labels", number, 2)
    searches = Searches(
        task=str(task),
        algorithms=_algorithms(text_items(algorithms) or ("random", "evolution")),
        queries=_QUERIES if queries is None else queries,
        repeats=repeats,
        batch=batch,
        images=path_of(images),
        seed=seed,
        results=Path(results),
        places=Places.from_environment(path_of(data_dir)),
        progress=progress,
    )
    first = searches.algorithms[0]
    if first in LABEL_FREE:
        way = f"--algorithm {first}"
        refuse_options(way, fitness=fitness, queries=queries, best=best, time=time, scores=scores)
        refuse_options(way, against=against, max=maximum, min=minimum, labels=labels)
        if "zero_cost_pt" not in searches.algorithms:
            refuse_options(
                way, proposals=proposals, validation=validation, batch=batch, images=images
            )
        return label_free_picks(searches, plugin_items(guides), proposals, validation)
    if fitness is not None:
        refuse_options("--fitness", guide=guides, best=best, time=time, scores=scores)
        refuse_options("--fitness", proposals=proposals, validation=validation)
        refuse_options("--fitness", against=against, max=maximum, min=minimum, labels=labels)
        return fitness_picks(searches, plugin_items(fitness))
    way = "a search of the table"
    refuse_options(way, proposals=proposals, validation=validation)
    if scores is None:
        refuse_options(f"{way} without --scores", batch=batch, images=images)
    return simulations(
        searches,
        plugin_items(guides) or ("none",),
        Terms(
            best=best or (_LACKING if against else _BEST),
            against=text_items(against),
            limits=parse_limits(maximum, minimum),
            time=time,
            scores=None if scores is None else str(scores),
            labels=tuple(sorted(set(numbers))),
        ),
    )


def _algorithms(names: Sequence[str]) -> tuple[str, ...]:
    known = {**SEARCHERS, **LABEL_FREE}
    for name in names:
        if name not in known:
            raise unknown_name("search algorithm", name, known, "--algorithm")
    if len({name in LABEL_FREE for name in names}) > 1:
        raise UsageError(
            f"of --algorithm {', '.join(names)} some query the table and some pick a cell without "
            f"it ({', '.join(LABEL_FREE)}); ask for the two kinds in two commands"
        )
    return tuple(dict.fromkeys(names))

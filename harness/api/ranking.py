"""Ranking architectures of a space that nobody has trained, with a few labels or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.candidates import CANDIDATES, Ranking, conditions_of
from harness.api.choice import (
    Plugins,
    choose,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
    space_item,
)
from harness.api.exact_candidates import exact_candidates
from harness.api.labelled_candidates import rank_by_labels
from harness.api.labels import labels_of
from harness.api.results import Progress, RankResult
from harness.api.zoo import Accuracies
from harness.candidates import (
    Figures,
    Plan,
    parse_limits,
)
from harness.catalog import LoadedProxy
from harness.core.architecture import Space
from harness.execution.run import Options
from harness.spaces.registry import space as find_space

__all__ = ["PROXIES", "READ_BESIDE", "rank"]

PROXIES = ("params", "jacov", "nwot", "synflow", "meco_opt")
"""What ranks where no proxy is named; tests/benchmarks/rank_by_default.py says what it is worth."""

READ_BESIDE = (
    *("depth", "flops", "grad_norm", "l2_norm", "l_swag", "layers", "macs", "nsc", "snip"),
    *("w_pca", "width", "zen", "zico"),
)
"""What predictors of labels read beside `PROXIES` where no proxy is named: those that take no
training and little time; tests/benchmarks/rank_with_labels.py says what they are worth."""
_REPEATS = 5


@checked
def rank(
    space: str | Path | Space,
    *,
    proxies: Plugins | None = None,
    predictors: Plugins | None = None,
    candidates: int | None = None,
    enumerate: bool = False,
    evolve: bool = False,
    exact: bool = False,
    maximum: Mapping[str, float] | str | Sequence[str] | None = None,
    minimum: Mapping[str, float] | str | Sequence[str] | None = None,
    table: Path | str | None = None,
    labels: Accuracies | None = None,
    direction: str | None = None,
    repeats: int | None = None,
    top: int | None = None,
    dataset: str | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    seed: int = 0,
    device: str = "cpu",
    workers: int | None = None,
    timeout: float | None = None,
    retry: bool = False,
    results: Path | str = "results",
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> RankResult:
    """Rank architectures of a space that have no accuracy, and say which to train.

    Candidates are sampled, enumerated or evolved, those outside of the limits are rejected before
    they are scored, and the others are ranked by a proxy, or by the mean rank of several. With
    labels of a few architectures, proxies and predictors are compared on held-out labels, and a
    fixed rule says which of them ranks. Scores are stored: an interrupted ranking resumes.

    Example:
        ``harness.rank("nas-bench-201", proxies="synflow", maximum={"params": 5e5}, top=3)``

    Args:
        space: Name of a space, the path of its file, or a `harness.space.SearchSpace`.
        proxies: One proxy or several, as for `harness.run`; params, jacov, nwot, synflow and
            meco_opt when absent, as far as they support the space. With `labels` predictors then
            read thirteen more.
        predictors: With `labels`: predictors to compare, as for `harness.predict`; four quick ones
            when absent, ensemble-zc among them, and none for ``[]``.
        candidates: Number of architectures to draw; when absent 100, or all of a smaller space.
            With `table`, of its architectures, and all of them when absent.
        enumerate: Take every architecture of the space instead.
        evolve: Draw by regularised evolution for a high score of the one proxy instead.
        exact: Take the best of the one proxy within one upper limit instead, in a space of named
            choices over which score and limited figure add up.
        maximum: Upper limits: a figure and its number, as a mapping or as texts like
            ``"params=2e6"``. Figures are counts of the network (params, macs, flops, layers,
            depth), columns of `table`, columns of the space, and tasks of the space, such as a
            latency.
        minimum: Lower limits.
        table: CSV whose architectures are the candidates, with figures of one's own to limit, or
            none.
        labels: CSV of trained architectures, 10 or more, with a column ``accuracy``, the
            ``.toml`` file of a table of one's own, or accuracies by architecture, as a mapping or
            a pandas series.
        direction: Which labels of a CSV are better: ``"higher"``, as when absent, or ``"lower"``.
        repeats: With `labels`: how often these are divided into folds, at least 1; 5 when absent.
        top: Number of architectures to train; 10, or all of fewer, when absent.
        dataset: Data set that networks are built for; the space's own when absent.
        batch: Source and size of what networks see, e.g. ``"noise:64"``; ``"photographs:64"`` when
            absent.
        images: Folder or archive of images, for a source that reads one.
        seed: Seed of the draw of candidates, of weights, batch and folds.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        workers: Worker processes; 0 scores in this process.
        timeout: Seconds that one architecture may take, at least 0.1; 300 when absent.
        retry: Whether to ask again where a proxy timed out, crashed or ran out of memory.
        results: Folder for scores and tables; what is stored there is not scored again.
        out: Also write the architectures to train, one a line, into this file.
        progress: Called with a `harness.api.results.Step` as candidates are scored.

    Returns:
        The ranking, what the labels said, and the files.

    Raises:
        HarnessError: What is wrong, where, and what to do.
    """
    require_number("top", top, 1)
    require_number("candidates", candidates, 2)
    require_number("repeats", repeats, 1)
    require_number("timeout", timeout, 0.1)
    if labels is None:
        refuse_options(
            "a ranking without --labels", predictor=predictors, direction=direction, repeats=repeats
        )
    if enumerate:
        refuse_options("--enumerate", candidates=candidates, evolve=evolve, exact=exact)
    if exact:
        refuse_options("--exact", evolve=evolve)
    where = find_space(space_item(space))
    limits = parse_limits(maximum, minimum)
    beside = READ_BESIDE if labels is not None and proxies is None else ()
    ranking = Ranking(
        space=where,
        beside=choose(LoadedProxy, beside),
        proxies=choose(LoadedProxy, plugin_items(proxies) or PROXIES, "--proxy"),
        named=proxies is not None,
        limits=limits,
        figures=Figures.of(where, [limit.figure for limit in limits], path_of(table)),
        top=top,
        suite=conditions_of(where, dataset, batch, seed).changed(timeout_s=timeout),
        options=Options(
            results=Path(results),
            device=device,
            workers=workers,
            images=path_of(images),
            retry=retry,
        ),
        progress=progress,
    )
    ranking.require_supported()
    if labels is None:
        drawn = ranking.evolved(candidates or CANDIDATES) if evolve else None
        drawn = exact_candidates(ranking, candidates or CANDIDATES) if exact else drawn
        drawn = drawn or ranking.drawn(candidates, whole=enumerate)
        return ranking.written(ranking.label_free(ranking.scored(drawn, ())), path_of(out))
    refuse_options("a ranking with --labels", evolve=evolve, exact=exact)
    truth = labels_of(labels, ranking.suite, direction)
    plan = Plan.of(truth.n, repeats or _REPEATS, seed)
    scored_candidates = ranking.scored(
        ranking.drawn(candidates, whole=enumerate), tuple(truth.values)
    )
    ranked = rank_by_labels(ranking, scored_candidates, truth, predictors, plan)
    return ranking.written(ranked, path_of(out))

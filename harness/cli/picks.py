"""What ``harness search`` does for a search without labels: pick a cell, then look it up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.catalog import LoadedPlugin
    from harness.search import Pick, Request
    from harness.truth import TruthTable

__all__ = ["label_free_picks"]


def label_free_picks(
    truth: TruthTable,
    algorithms: Sequence[str],
    requests: Sequence[Request],
    results: Path,
) -> None:
    """Search, print each pick with its place in the table, and write them.

    Raises:
        UsageError: A guide is no proxy, or cannot guide a search; or the space cannot be searched.
        InfrastructureError: The results folder cannot be written.
    """
    from harness.cli.output import print_table, progress_bar, say
    from harness.search import LABEL_FREE, place_of
    from harness.search.files import write_picks
    from harness.search.pick_tables import HEADS, pick_cells

    picks: list[Pick] = []
    tasks = [(name, request) for name in algorithms for request in requests]
    with progress_bar("searching") as update:
        for number, (name, request) in enumerate(tasks):
            update(number, len(tasks))
            picks.append(LABEL_FREE[name](request))
    places = [place_of(one.architecture, truth) for one in picks]
    best = max(picks, key=lambda one: one.score)
    say(f"{truth.task}: no value was asked for; values and ranks were looked up afterwards")
    print_table(HEADS, [pick_cells(*row) for row in zip(picks, places, strict=True)])
    if len({one.guide for one in picks}) == 1 and len({one.searcher for one in picks}) > 1:
        say(f"highest score: {best.searcher}, {best.architecture.text}")
    for one, (_, request) in zip(picks, tasks, strict=True):
        if request.guide.plugin.score_cells is not None:  # else a network for each architecture
            say(_standing(one, request.guide, truth))
    for path in write_picks(truth.task, list(zip(picks, places, strict=True)), results):
        say(f"wrote {path}")


def _standing(pick: Pick, guide: LoadedPlugin, truth: TruthTable) -> str:
    """Say where the score of a pick stands among those of the table's architectures."""
    from harness.core.architecture import Architecture
    from harness.search import Scorer

    stored = [Architecture(space=truth.space, text=text) for text in truth.values]
    higher = int((Scorer.of(guide).architectures(stored) > pick.score).sum())
    return (
        f"{pick.searcher}, seed {pick.seed}: {higher} of the {truth.n} architectures of the table "
        "have a higher score"
    )

"""Archives of scores: adding to one, and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import text_items
from harness.catalog import LoadedProxy, built_in
from harness.core.outcome import Failed, Outcome
from harness.execution.archive import TRANSIENT
from harness.records.columns import ABSENT
from harness.records.condition import Condition
from harness.records.merge import archive as add_scores
from harness.records.store import Store
from harness.reports.archive import ArchivedScores, ArchiveTable

__all__ = ["archive"]


@checked
def archive(
    folders: Path | str | Sequence[Path | str] | None = None,
    into: Path | str = "results/archive",
) -> ArchiveTable:
    """Add scores of results folders to an archive, and list what it holds.

    Only the scores, failures and skips of built-in proxies in their present versions on built-in
    spaces and data sets are added; time limits and crashes are not. ``harness run`` takes the
    scores of the archive in its results folder.

    Example:
        ``harness.archive("results")``

    Args:
        folders: Results folders; absent only lists the archive.
        into: The archive, ``archive`` in the results folder that shall use it.

    Returns:
        One row a condition.

    Raises:
        UsageError: A folder holds no results, or other scores of a plugin than the archive.
        DataError: Records are damaged.
        InfrastructureError: The archive cannot be written.
    """
    names = {loaded.key: loaded.name for loaded in built_in().of_kind(LoadedProxy).values()}
    left_out: Counter[str] = Counter()

    def wanted(condition: Condition, key: str, outcome: Outcome) -> bool:
        transient = isinstance(outcome, Failed) and outcome.kind in TRANSIENT
        own = condition.space_code or condition.built_for
        taken = key in names and not transient and not own
        left_out[key.partition(":")[0]] += not taken
        return taken

    target = Path(into)
    paths = [Path(folder) for folder in text_items(folders or ())]
    added = add_scores(paths, target, wanted).added if paths else 0
    store = Store(target)
    rows = [_held(store, condition, names) for condition in store.conditions()]
    return ArchiveTable(
        added=added,
        left_out={name: count for name, count in sorted(left_out.items()) if count},
        rows=tuple(sorted(rows, key=_place)),
        size_bytes=sum(path.stat().st_size for path in target.rglob("*") if path.is_file()),
    )


def _place(row: ArchivedScores) -> tuple[str, str, int]:
    return row.condition.space, row.condition.dataset, row.condition.seed


def _held(store: Store, condition: Condition, names: dict[str, str]) -> ArchivedScores:
    scores = store.read(condition)
    texts = scores.texts()
    networks = {}
    for key in scores.plugin_keys:
        if key in names:
            column = scores.column(key, texts)
            networks[names[key]] = int((column.status != ABSENT).sum())
    most = max(networks.values(), default=0)
    return ArchivedScores(
        condition=condition,
        networks=len(texts),
        plugins=tuple(sorted(name for name, count in networks.items() if count == most)),
        parts={name: count for name, count in sorted(networks.items()) if count < most},
        lacking=tuple(sorted(set(names.values()) - networks.keys())),
        outcomes=sum(networks.values()),
        hours=sum(block.cpu_seconds() for block in scores.blocks) / 3600,
    )

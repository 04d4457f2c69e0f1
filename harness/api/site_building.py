"""The site of everything that is recorded."""

from __future__ import annotations

from pathlib import Path

from harness.api.arguments import checked
from harness.catalog import Catalog, LoadedProxy, installed
from harness.fidelity import Verdict, judge
from harness.plugin import Reference
from harness.reports.site import (
    MeasuredValue,
    PublishedValue,
    Site,
    gather,
    read_measured,
    write_site,
)

__all__ = ["site"]


@checked
def site(
    out: Path | str = "site",
    *,
    results: Path | str = "results",
    changes: Path | str = "CHANGELOG.md",
) -> Site:
    """Write a static site: a page for every space, data set, method, predictor and trap.

    It reads the boards, the mean ranks of ``harness combine``, the predictors of ``harness predict
    --leave-one-space-out``, the archive, and the registries; nothing is scored or downloaded. Of a
    suite with several boards that with the most networks is shown. The pages work from a file.

    Example:
        ``harness.site("build/site")``

    Args:
        out: Folder of the site; files of an older one are overwritten or removed.
        results: Folder of the records.
        changes: Change log, whose newest version has a page; it may be absent.

    Returns:
        The pages, and how many tables and bytes were written.

    Raises:
        UsageError: `out` holds something that is no site.
        DataError: There is no board, or a record is damaged.
        InfrastructureError: A file cannot be written.
    """
    folder, catalog = Path(results), installed()
    content = gather(folder, catalog, _published(catalog, folder), Path(changes))
    return write_site(content, Path(out))


def _published(catalog: Catalog, results: Path) -> dict[str, tuple[PublishedValue, ...]]:
    """Hold what was measured in the protocol of publications against what they print."""
    measured = read_measured(results)
    return {
        name: tuple(
            _compared(reference, measured.get((name, reference.task, reference.metric)))
            for reference in loaded.plugin.references
        )
        for name, loaded in catalog.of_kind(LoadedProxy).items()
    }


def _compared(reference: Reference, measured: MeasuredValue | None) -> PublishedValue:
    verdict = Verdict.UNCHECKED if measured is None else judge(reference, measured.estimate)
    return PublishedValue(
        reference=reference,
        measured=measured.estimate if measured else None,
        networks=measured.networks if measured else 0,
        verdict=str(verdict),
    )

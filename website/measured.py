"""Tables of what programs of ``tests`` have printed, kept in ``results/measured``.

Each file begins with the archive that its figures rest on, and the block on the page ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from website.markdown_tables import markdown, rows_of, short

MEASURED = Path(__file__).parents[1] / "results" / "measured"

_CELLS = (
    *("vkdnw_agg", "`top-1`", "meco", "`top-3`", "near", "`least-squares`", "`greedy`", "`all`"),
    *("az_nas", "`spectral`", "`top-8`", "jacov", "nsc", "nwot", "params"),
)
"""Rules and proxies that the page on combinations shows of two thousand cells."""


def whole(name: str) -> str:
    """Return the table of a file."""
    return _table(name, lambda row: True)


def cells() -> str:
    """Return rules and proxies on cells of NAS-Bench-201, best first."""
    return _table("rules-on-cells", lambda row: row[""] in _CELLS)


def _table(name: str, shown: Callable[[Mapping[str, str]], bool]) -> str:
    """Return chosen rows of a file, and the sentence on the archive."""
    facts, table = (MEASURED / f"{name}.md").read_text(encoding="utf-8").strip().split("\n\n")
    rows = [row for row in rows_of(table) if shown(row)]
    cells = [[short(cell) for cell in row.values()] for row in rows]
    archive = facts.split("\n")[0]
    return f"{markdown(list(rows[0]), cells)}\n{archive}\n"

"""Tables of what programs of ``tests`` have printed, kept in ``results/measured``.

Each file begins with the archive that its figures rest on, and the block on the page ends with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from website.markdown_tables import markdown, rows_of, short

MEASURED = Path(__file__).parents[1] / "results" / "measured"

_CELLS = (
    *("vkdnw_agg", "`top-1`", "meco", "`top-3`", "near", "`least-squares`", "`greedy`", "`all`"),
    *("az_nas", "`spectral`", "`top-8`", "jacov", "nsc", "nwot", "params"),
)
"""Rules and proxies that the page on combinations shows of two thousand cells."""

_POWER = "power for 0.02"
_GROUPS = {"0.8 or more": (0.8, math.inf), "0.5 to 0.8": (0.5, 0.8), "below 0.5": (-math.inf, 0.5)}
"""Groups of proxies by power on the page about the gate."""


def whole(name: str) -> str:
    """Return the table of a file."""
    return _table(name, lambda row: True)


def cells() -> str:
    """Return rules and proxies on cells of NAS-Bench-201, best first."""
    return _table("rules-on-cells", lambda row: row[""] in _CELLS)


def printed(name: str, number: int) -> str:
    """Return one of several tables of a file as it is, and the sentence on the archive."""
    facts, *tables = _parts(name)
    return f"{tables[number]}\n\n{facts}\n"


def power() -> str:
    """Return the proxies by the power with which the gate over the archive sees a fall of 0.02."""
    facts, *_, table = _parts("planted-archive")
    rows = sorted(rows_of(table), key=lambda row: (-float(row[_POWER]), row["proxy"]))
    shown = [
        (f"{name}: {len(of)} of {len(rows)}", ", ".join(map(_with_power, of)))
        for name, (low, high) in _GROUPS.items()
        for of in [[row for row in rows if low <= float(row[_POWER]) < high]]
    ]
    return f"{markdown(['power for 0.02', 'proxies'], shown, texts=2)}\n{facts}\n"


def _with_power(row: Mapping[str, str]) -> str:
    return f"{row['proxy']} {short(row[_POWER])} ({int(row['networks']):,})"


def _parts(name: str) -> list[str]:
    """Return what a program has said of its archive, and its tables."""
    return (MEASURED / f"{name}.md").read_text(encoding="utf-8").strip().split("\n\n")


def _table(name: str, shown: Callable[[Mapping[str, str]], bool]) -> str:
    """Return chosen rows of a file, and the sentence on the archive."""
    facts, table = _parts(name)
    rows = [row for row in rows_of(table) if shown(row)]
    cells = [[short(cell) for cell in row.values()] for row in rows]
    archive = facts.split("\n")[0]
    return f"{markdown(list(rows[0]), cells)}\n{archive}\n"

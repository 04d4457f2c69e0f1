"""Copies rows of the committed leaderboard into the README and the first page of the site.

``python website/examples.py`` writes them anew; a test holds that this changes nothing.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOARD = ROOT / "results" / "leaderboards" / "nb201-quick" / "no-unreachable-200-seed0-rows.csv"
TASK = "nb201-analog-baseline"
PLUGINS = ("vkdnw_agg", "meco", "jacov", "params", "synflow", "random")
PAGES = (ROOT / "README.md", ROOT / "docs" / "index.md")
_BLOCK = re.compile(r"(<!-- board[^>]*-->\n).*?(<!-- /board -->)", re.DOTALL)


def table() -> str:
    """Return six rows of the leaderboard as Markdown."""
    with BOARD.open(encoding="utf-8", newline="") as file:
        rows = {row["plugin"]: row for row in csv.DictReader(file) if row["task"] == TASK}
    lines = [
        "| place | plugin | spearman [95%] | kendall | best@10 | ms / network |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [_line(rows[plugin]) for plugin in PLUGINS]
    return "\n".join(lines) + "\n"


def written(text: str) -> str:
    """Return the text of a page with the table between its two comments."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{table()}\n{block[2]}", text)


def _line(row: dict[str, str]) -> str:
    cells = (
        f"{float(row['place']):g}",
        row["plugin"],
        _interval(row, "spearman"),
        f"{float(row['kendall']):.3f}",
        f"{float(row['best@10']):.2f}",
        f"{float(row['seconds']) * 1000:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _interval(row: dict[str, str], metric: str) -> str:
    value, low, high = (float(row[f"{metric}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")

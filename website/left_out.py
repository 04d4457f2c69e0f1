"""Tables of what ``harness predict --leave-one-space-out`` has written."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from website.markdown_tables import markdown, rows_of, short

LEFT_OUT = Path(__file__).parents[1] / "results" / "leave-one-space-out"


@functools.cache
def left_out(section: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a table that ``harness predict --leave-one-space-out`` wrote."""
    rows: list[Mapping[str, str]] = []
    for path in sorted(LEFT_OUT.glob("*.md")):
        _, after = path.read_text(encoding="utf-8").split(f"## {section}\n\n")
        rows += rows_of(after.split("\n\n")[0])
    return tuple(sorted(rows, key=lambda row: int(row["labels"])))


def left_out_of(labels: int) -> str:
    """Return means and leads of all contestants with so many labels of the judged space."""
    rows = []
    for row in left_out("Overall"):
        if row["labels"] == str(labels):
            best = float(row["tells"]) == 0
            lead = ("", "") if best else (short(row["lead"]), short(row["tells"]))
            mean = short(row["mean spearman"])
            rows.append((row[""], row["reads"], row["learnt from"], mean, *lead))
    head = ["", "reads", "learnt from", "mean Spearman", "lead", "tells"]
    return markdown(head, rows, texts=3)


def left_out_gains() -> str:
    """Return what other spaces and labels together add to either."""
    rows = [
        (
            *(row[""], row["reads"], row["labels"]),
            *(short(row["over labels"]), short(row["over other spaces"])),
        )
        for row in left_out("Both against either")
    ]
    head = ["", "reads", "labels", "over labels alone", "over other spaces alone"]
    return markdown(head, rows, texts=2)


def calibration() -> str:
    """Return how sure predictors are and what they pick, without a label and with ten.

    A predictor without a label has learnt from other spaces, one with ten from these alone. The
    proxies are the one with the best pick and the one with the highest mean correlation.
    """
    rows: list[Sequence[str]] = []
    for labels, learnt_from in (("0", "other spaces"), ("10", "labels")):
        asked = {"labels": labels, "learnt from": learnt_from}
        picks = {
            (row[""], row["reads"]): points(row["share of the table above the pick"])
            for row in left_out("Picks")
            if row["labels"] == labels and row["learnt from"] in (learnt_from, "nothing")
        }
        for row in left_out("Calibration"):
            if row.items() >= asked.items():
                inside = [points(row[f"inside {level}%"]) for level in (50, 80, 95)]
                rows.append(
                    (
                        *(row[""], row["reads"], labels),
                        *(inside[0].split()[0], inside[1].split()[0], inside[2]),
                        *(short(row["CRPS"]), points(row["expected above the pick"]).split()[0]),
                        picks[row[""], row["reads"]],
                        points(row["above more than expected"]),
                    )
                )
        rows += [
            (name, "proxy", labels, *[""] * 5, picks[name, "proxy"], "")
            for name in dict.fromkeys(best_proxies(labels))
        ]
    head = ["", "reads", "labels", "in 50 %", "in 80 %", "in 95 %", "CRPS", "expected above"]
    return markdown([*head, "above", "more"], rows, texts=2)


def best_proxies(labels: str) -> Iterator[str]:
    """Yield the single proxy that is first by its pick, and that by its mean correlation."""
    for section in ("Picks", "Overall"):
        yield next(
            row[""]
            for row in left_out(section)
            if row["labels"] == labels and row["reads"] == "proxy"
        )


def points(text: str) -> str:
    """Write percentages as whole numbers without their sign."""
    return re.sub(r"(-?\d+(?:\.\d+)?)%", lambda found: str(round(float(found[1]))), text)

"""Ground truth made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.core.direction import Direction
from harness.truth import Split, TruthTable, Unit
from harness.truth.table import content_digest


def truth_table(
    values: Mapping[str, float],
    task: str = "hand-made",
    space: str = "nowhere",
    direction: Direction = Direction.HIGHER,
) -> TruthTable:
    """Return a table of test accuracies of single runs, without sources."""
    return TruthTable(
        task=task,
        space=space,
        dataset="none",
        split=Split.TEST,
        metric="accuracy",
        unit=Unit.NUMBER,
        direction=direction,
        epochs=None,
        sources=(),
        values=values,
        runs={},
        noise_ceiling=None,
        digest=content_digest(values),
    )


_MACRO_TEXTS = [
    f"{first}{second}{third}00000" for first in "012" for second in "012" for third in "012"
]
"""27 architectures of NAS-Bench-Macro."""


def write_table(folder: Path, name: str, values: Sequence[float | None], **keys: str) -> str:
    """Write a table of nas-bench-macro and its description, and return the path."""
    written = [
        f"{text},{'' if value is None else value}"
        for text, value in zip(_MACRO_TEXTS, values, strict=True)
    ]
    (folder / f"{name}.csv").write_text("\n".join(["cell,value", *written]))
    keys = {
        "name": name,
        "space": "nas-bench-macro",
        "dataset": "cifar10",
        "split": "validation",
        "metric": "accuracy",
        "unit": "number",
        "direction": "higher",
        "table": f"{name}.csv",
        "architecture": "cell",
    } | keys
    lines = [*(f'{key} = "{value}"' for key, value in keys.items()), 'values = ["value"]']
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines))
    return str(path)

"""Several trained networks as one score, and the file that holds them."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import CellGraph
from harness.core.errors import DataError
from harness.core.files import DAMAGED_ARRAYS
from harness.core.identity import Json
from harness.text_graphs.arrays import graph_arrays
from harness.text_graphs.folded import Folded, Weights, fold, folded_scores
from harness.text_graphs.form import Form, Readout
from harness.text_graphs.words import Words

__all__ = ["SHIPPED", "Ensemble", "read_ensemble", "score_cells", "write_ensemble"]

SHIPPED = Path(__file__).with_name("tg_nas.npz")
"""Weights that come with the harness."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ensemble:
    """Networks whose scores are averaged, each in units of its own spread.

    Attributes:
        form: Shape of all networks.
        members: Their weights.
        spreads: Standard deviation of each one's scores over the cells it was trained on.
        recipe: How they were made.
        metrics: What was measured of them when they were made.

    Raises:
        KeyError: A member lacks an array.
        ValueError: An array does not fit the form.
    """

    form: Form
    members: tuple[Weights, ...]
    spreads: tuple[float, ...]
    recipe: Json
    metrics: Json
    _folded: tuple[Folded, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pairs = zip(self.members, self.spreads, strict=True)
        object.__setattr__(self, "_folded", tuple(fold(self.form, *pair) for pair in pairs))

    def score(self, graphs: Sequence[CellGraph]) -> NDArray[np.float64]:
        """Return scores of n cells, shape ``(n,)``, higher is better."""
        return folded_scores(self._folded, graph_arrays(graphs)) if graphs else np.empty(0)


def score_cells(graphs: Sequence[CellGraph]) -> NDArray[np.float64]:
    """Score cells of any space with the shipped weights, all at once.

    Returns:
        Shape ``(n,)``, higher is better, without unit.

    Raises:
        UnsupportedError: An operator has no description.
    """
    return _shipped().score(graphs)


@functools.cache
def _shipped() -> Ensemble:
    return read_ensemble(SHIPPED)


def write_ensemble(ensemble: Ensemble, path: Path) -> None:
    """Write networks with their recipe; numbers alone, no pickle."""
    about = {
        "form": asdict(ensemble.form),
        "recipe": ensemble.recipe,
        "metrics": ensemble.metrics,
    }
    arrays = {
        f"{index}/{name}": value
        for index, member in enumerate(ensemble.members)
        for name, value in member.items()
    }
    spreads = np.array(ensemble.spreads)
    text = np.array(json.dumps(about, sort_keys=True))
    np.savez(path, allow_pickle=False, about=text, spreads=spreads, **arrays)


def read_ensemble(path: Path) -> Ensemble:
    """Read what `write_ensemble` wrote.

    Raises:
        DataError: The file is missing, damaged or of another network.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop("about")))
        spreads = tuple(float(spread) for spread in arrays.pop("spreads"))
        return Ensemble(
            form=_form(about["form"]),
            members=tuple(_member(arrays, index) for index in range(len(spreads))),
            spreads=spreads,
            recipe=about["recipe"],
            metrics=about["metrics"],
        )
    except DAMAGED_ARRAYS as error:
        raise DataError(
            f"{path} does not hold networks of harness train tg-nas: {error}; write it anew with "
            "that command, or reinstall the package"
        ) from error


def _form(written: dict[str, str | int | bool]) -> Form:
    return Form(
        layers=int(written["layers"]),
        normalised=bool(written["normalised"]),
        width=int(written["width"]),
        readout=Readout(str(written["readout"])),
        words=Words(str(written.get("words", Words.SHORT))),  # the only ones at first
    )


def _member(arrays: Weights, index: int) -> Weights:
    prefix = f"{index}/"
    return {
        name.removeprefix(prefix): value
        for name, value in arrays.items()
        if name.startswith(prefix)
    }

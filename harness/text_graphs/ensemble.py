"""Several trained networks as one score, and the file that holds them."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import CellGraph
from harness.core.errors import DataError
from harness.core.identity import Json

if TYPE_CHECKING:
    from harness.text_graphs.network import TextGraphNetwork

__all__ = ["SHIPPED", "Ensemble", "read_ensemble", "score_cells", "write_ensemble"]

SHIPPED = Path(__file__).with_name("tg_nas.npz")
"""Weights that come with the harness."""

_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ensemble:
    """Networks whose scores are averaged, each in units of its own spread.

    Attributes:
        members: The networks, in evaluation mode.
        spreads: Standard deviation of each one's scores over the cells it was trained on.
        recipe: How they were made.
        metrics: What was measured of them when they were made.
    """

    members: tuple[TextGraphNetwork, ...]
    spreads: tuple[float, ...]
    recipe: Json
    metrics: Json

    def score(self, graphs: Sequence[CellGraph]) -> NDArray[np.float64]:
        """Return scores of n cells, shape ``(n,)``, higher is better."""
        import torch

        from harness.text_graphs.tensors import graph_tensors

        found = np.empty(len(graphs))
        with torch.no_grad():
            for start in range(0, len(graphs), _BLOCK):
                tensors = graph_tensors(graphs[start : start + _BLOCK])
                pairs = zip(self.members, self.spreads, strict=True)
                parts = [network(tensors).double() / spread for network, spread in pairs]
                found[start : start + _BLOCK] = torch.stack(parts).mean(0).numpy()
        return found


def score_cells(graphs: Sequence[CellGraph]) -> NDArray[np.float64]:
    """Score cells of any space with the shipped weights, in one batched pass.

    Returns:
        Shape ``(n,)``, higher is better, without unit.

    Raises:
        UsageError: An operator has no description.
    """
    return _shipped().score(graphs)


@functools.cache
def _shipped() -> Ensemble:
    return read_ensemble(SHIPPED)


def write_ensemble(ensemble: Ensemble, path: Path) -> None:
    """Write networks with their recipe; numbers alone, no pickle."""
    form = asdict(ensemble.members[0].form)
    about = {"form": form, "recipe": ensemble.recipe, "metrics": ensemble.metrics}
    arrays = {
        f"{index}/{name}": value.numpy()
        for index, network in enumerate(ensemble.members)
        for name, value in network.state_dict().items()
    }
    spreads = np.array(ensemble.spreads)
    text = np.array(json.dumps(about, sort_keys=True))
    np.savez(path, allow_pickle=False, about=text, spreads=spreads, **arrays)


def read_ensemble(path: Path) -> Ensemble:
    """Read what `write_ensemble` wrote.

    Raises:
        DataError: The file is missing, damaged or of another network.
    """
    import torch

    from harness.text_graphs.network import Form, Readout, TextGraphNetwork

    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop("about")))
        spreads = tuple(float(one) for one in arrays.pop("spreads"))
        form = Form(**{**about["form"], "readout": Readout(about["form"]["readout"])})
        members = []
        for index in range(len(spreads)):
            network = TextGraphNetwork(form)
            prefix = f"{index}/"
            network.load_state_dict(
                {
                    name.removeprefix(prefix): torch.from_numpy(value)
                    for name, value in arrays.items()
                    if name.startswith(prefix)
                }
            )
            members.append(network.eval())
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, BadZipFile) as error:
        raise DataError(
            f"{path} does not hold networks of harness train tg-nas: {error}; write it anew with "
            "that command, or reinstall the package"
        ) from error
    return Ensemble(
        members=tuple(members), spreads=spreads, recipe=about["recipe"], metrics=about["metrics"]
    )

"""Files of trained encoders: numbers alone, with the recipe that they follow from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.core.errors import DataError, InfrastructureError
from harness.core.files import DAMAGED_ARRAYS, replacing
from harness.core.identity import Json

if TYPE_CHECKING:
    from harness.computation_graphs.encoder import Encoder

__all__ = ["SHIPPED", "Trained", "read_encoder", "write_encoder"]

SHIPPED = Path(__file__).with_name("cl_predictor.npz")
"""The encoder that comes with the harness."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """An encoder and where it comes from.

    Attributes:
        encoder: In evaluation mode.
        recipe: How it was made.
        metrics: What was measured of it when it was made.
    """

    encoder: Encoder
    recipe: Json
    metrics: Json


def write_encoder(trained: Trained, path: Path) -> None:
    """Write an encoder, at once or not at all.

    Raises:
        InfrastructureError: It cannot be written.
    """
    about = {
        "shape": asdict(trained.encoder.shape),
        "recipe": trained.recipe,
        "metrics": trained.metrics,
    }
    arrays = {name: value.numpy() for name, value in trained.encoder.state_dict().items()}
    text = np.array(json.dumps(about, sort_keys=True))
    try:
        with replacing(path) as temporary, temporary.open("wb") as raw:
            np.savez(raw, allow_pickle=False, about=text, **arrays)
    except OSError as error:
        raise InfrastructureError(
            f"cannot write {path}: {error.strerror}; choose another file with --out"
        ) from error


def read_encoder(path: Path) -> Trained:
    """Read what `write_encoder` wrote.

    Raises:
        DataError: The file is missing, damaged or of another network.
        InfrastructureError: torch_geometric is not installed.
    """
    import torch

    from harness.computation_graphs.encoder import Encoder, Shape

    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop("about")))
        encoder = Encoder(Shape(**about["shape"]))
        encoder.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    except DAMAGED_ARRAYS as error:
        raise DataError(
            f"{path} does not hold an encoder of harness train cl-predictor: {error}; write it "
            "anew with that command, or reinstall the package"
        ) from error
    return Trained(encoder=encoder.eval(), recipe=about["recipe"], metrics=about["metrics"])

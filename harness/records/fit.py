"""A record of a fit: what one predictor, fitted on one labelled draw, said of the others.

Predictions are kept, not metrics, so that a new metric needs no new fit. They are stored as
float32: seven digits, which is more than a rank correlation can tell.
"""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from harness.encodings import FloatArray
from harness.records.log import RecordKind, seal_line, unseal_line, validate_record

__all__ = ["FITS", "FitFailed", "FitRecord", "Predicted", "fits_path"]

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class Predicted(BaseModel):
    """Predictions of the evaluation population, in its order, and what they took.

    Attributes:
        packed: Base64 of the zlib-compressed little-endian float32.
        packed_deviations: The standard deviations in the same form; None of a predictor that has
            none.
        fit_s: Seconds of fitting, on the wall clock.
        predict_s: Seconds of predicting all of them.
    """

    model_config = _STRICT
    status: Literal["predicted"] = "predicted"
    packed: str
    packed_deviations: str | None = None
    fit_s: _Finite
    predict_s: _Finite

    @classmethod
    def of(
        cls,
        values: FloatArray,
        fit_s: float,
        predict_s: float,
        deviations: FloatArray | None = None,
    ) -> Predicted:
        """Pack predictions of shape ``(n,)``, with their deviations where there are some."""
        return cls(
            packed=_packed(values),
            packed_deviations=None if deviations is None else _packed(deviations),
            fit_s=round(fit_s, 6),
            predict_s=round(predict_s, 6),
        )

    @property
    def values(self) -> FloatArray:
        """The predictions, shape ``(n,)``."""
        return _unpacked(self.packed)

    @property
    def deviations(self) -> FloatArray | None:
        """Their standard deviations, shape ``(n,)``; None of a predictor that has none."""
        return None if self.packed_deviations is None else _unpacked(self.packed_deviations)


def _packed(values: FloatArray) -> str:
    return base64.b64encode(zlib.compress(values.astype("<f4").tobytes())).decode()


def _unpacked(packed: str) -> FloatArray:
    raw = zlib.decompress(base64.b64decode(packed))
    return np.frombuffer(raw, dtype="<f4").astype(np.float64)


class FitFailed(BaseModel):
    """The predictor raised an error or broke its contract."""

    model_config = _STRICT
    status: Literal["failed"] = "failed"
    reason: str


Result: TypeAlias = Annotated[Predicted | FitFailed, Field(discriminator="status")]


class FitRecord(BaseModel):
    """One fit.

    Attributes:
        key: Digest of everything that the predictions depend on.
        predictor: Key of the predictor.
        task: Name of the task.
        repeat: Number of the repeat.
        labels: Number of labels.
        evaluated: Number of architectures that were predicted.
        draw: Digest of the labelled draw and the evaluation population.
        features: Digest of the encoded architectures.
        environment: Key of the environment.
        result: Predictions or failure.
    """

    model_config = _STRICT
    key: str
    predictor: str
    task: str
    repeat: int
    labels: int
    evaluated: int
    draw: str
    features: str
    environment: str
    result: Result


_ADAPTER = TypeAdapter(FitRecord)


def _encode(record: FitRecord) -> str:
    """Return the record as one line of JSON that ends in its own checksum."""
    body = record.model_dump(mode="json")
    return seal_line(json.dumps(body, separators=(",", ":"), allow_nan=False))


def _decode(line: str, where: str) -> FitRecord:
    """Read one line.

    Raises:
        DataError: The line is not what was written; the message starts with `where`.
    """
    text = unseal_line(line, where, "this fit is done anew")
    return validate_record(_ADAPTER, text, where)


FITS = RecordKind(
    encode=_encode,
    decode=_decode,
    again="that fit is done again",
    busy="another process is fitting into",
)
"""Logs of fits, ``learning/<task>/fits.jsonl``."""


def fits_path(task: str) -> str:
    """Return the path of a task's log in a results folder.

    Args:
        task: Name of the task, or path of the description of a table of one's own.
    """
    return f"learning/{Path(task).stem if task.endswith('.toml') else task}/fits.jsonl"

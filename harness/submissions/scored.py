"""What the process that scored a submission says of it: one file of JSON, beside its records."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.checks import Verdict
from harness.core.errors import DataError
from harness.core.files import write_at_once
from harness.core.names import FILE_NAME

__all__ = ["SCORED", "Kept", "ScoredSubmission", "SuiteScores", "read_scored", "write_scored"]

SCORED = "scored.json"
"""Name of the file."""

_STRICT = ConfigDict(extra="forbid", frozen=True)
_LONGEST = 4 << 20
"""Bytes; the populations have some hundreds of networks."""

Line = Annotated[str, Field(max_length=2000)]


class Kept(BaseModel):
    """One rule of the contract, see `harness.checks.Finding`."""

    model_config = _STRICT

    rule: Line
    verdict: Verdict
    detail: Line


class SuiteScores(BaseModel):
    """Scores of one suite's networks.

    Attributes:
        scores: One a network of the population, higher is better; None where there is none.
        repeated: Number of networks that were scored a second time.
        different: Those of them whose second outcome was another one.
    """

    model_config = _STRICT

    suite: str
    scores: tuple[float | None, ...]
    repeated: int
    different: tuple[Line, ...]


class ScoredSubmission(BaseModel):
    """A submission, without any accuracy.

    Attributes:
        submission: The file's name, or the package.
        name: Name of the proxy; empty where it could not be loaded.
        key: Identity of its scores.
        fault: Why scoring stopped before its end; empty where it did not.
        attempts: What it tried to do that a submission may not.
    """

    model_config = _STRICT

    schema_version: Literal[1] = 1
    submission: Line
    name: Annotated[str, Field(pattern=rf"^$|{FILE_NAME}")] = ""
    version: Line = ""
    key: Line = ""
    summary: Line = ""
    stochastic: bool = False
    fault: Line = ""
    findings: tuple[Kept, ...] = ()
    suites: tuple[SuiteScores, ...] = ()
    attempts: tuple[Line, ...] = ()


def write_scored(scored: ScoredSubmission, folder: Path) -> None:
    """Write it into the folder of its records.

    Raises:
        InfrastructureError: The file cannot be written.
    """
    text = scored.model_dump_json(indent=1) + "\n"
    write_at_once(folder / SCORED, text, "choose another folder with --out")


def read_scored(folder: Path) -> ScoredSubmission:
    """Read it back.

    Raises:
        DataError: There is none, or it holds something else.
    """
    path = folder / SCORED
    if not path.is_file() or path.is_symlink():
        raise DataError(f"there is no {path}; harness submit FILE --scores-only writes it")
    if path.stat().st_size > _LONGEST:
        raise DataError(f"{path} is longer than {_LONGEST} bytes, which no submission's is")
    try:
        scored = ScoredSubmission.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{path} [{place}] {first['msg']}; score the submission again") from None
    values = [value for suite in scored.suites for value in suite.scores if value is not None]
    if not all(map(math.isfinite, values)):
        raise DataError(f"{path} holds a score that is not finite; score the submission again")
    return scored

"""Suites: what is evaluated, on which architectures, by which plugins; read from TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, Strict, ValidationError

from harness.batches.drawing import BatchRequest
from harness.core.architecture import Dataset
from harness.core.errors import UsageError, unknown_name
from harness.core.file_faults import file_fault
from harness.core.files import read_toml
from harness.core.identity import SEEDS
from harness.core.names import FILE_NAME, is_path
from harness.spaces.datasets import dataset, require_own
from harness.spaces.identical import IDENTICAL
from harness.spaces.registry import require_space, space

__all__ = [
    "MOST_SAMPLES",
    "BatchSettings",
    "DataSettings",
    "PopulationSettings",
    "Suite",
    "load_suite",
    "suite_folder",
    "suites",
]

MOST_SAMPLES = 65_536
"""Samples of a batch, at most."""

_STRICT = ConfigDict(extra="forbid", frozen=True)

_Whole = Annotated[int, Strict()]
_Number = Annotated[float, Strict()]
_Seed = Annotated[_Whole, Field(ge=0, le=SEEDS - 1)]
"""Numbers of a file are no texts and no booleans."""


class PopulationSettings(BaseModel):
    """Which architectures of a space are drawn.

    Attributes:
        subset: A named subset of the space, e.g. ``"no-unreachable"``, or ``"task:NAME"`` for
            the architectures of a truth table, where a space is too large to enumerate; those of
            any of several are ``"task:NAME+task:NAME"``. Absent: see `Suite.drawn`.
        sample: Number of architectures drawn without replacement; all of them when absent.
        seed: Seed of the draw.
    """

    model_config = _STRICT

    subset: str | None = None
    sample: Annotated[_Whole, Field(ge=2)] | None = None
    seed: _Seed = 0

    @property
    def name(self) -> str:
        """Name that travels with every result, e.g. ``"no-unreachable/200@0"``."""
        subset = self.subset or "all"
        return subset if self.sample is None else f"{subset}/{self.sample}@{self.seed}"


class BatchSettings(BaseModel):
    """What a network sees.

    Attributes:
        source: Name of a batch source, or its file, ``file.py`` or ``file.py:NAME``.
        size: Number of samples.
        path: File or folder that the source reads, from the working directory.
        options: Options of the source by name.
    """

    model_config = _STRICT

    source: str = "photographs"
    size: Annotated[_Whole, Field(ge=2, le=MOST_SAMPLES)] = 64
    path: Path | None = None
    options: Mapping[str, JsonValue] = {}

    def request(self, path: Path | None = None) -> BatchRequest:
        """Return what to draw.

        Args:
            path: File or folder to read instead.
        """
        return BatchRequest(
            source=self.source, size=self.size, path=path or self.path, options=self.options
        )


class DataSettings(BaseModel):
    """A data set of one's own, as `harness.core.architecture.Dataset` has it."""

    model_config = _STRICT

    name: Annotated[str, Field(pattern=FILE_NAME)]
    shape: Annotated[tuple[Annotated[_Whole, Field(ge=1)], ...], Field(min_length=1)]
    classes: Annotated[_Whole, Field(ge=1)]
    inputs: Literal["real", "tokens"] = "real"
    vocabulary: Annotated[_Whole, Field(ge=0)] = 0
    loss: str = "cross_entropy"

    def dataset(self) -> Dataset:
        """Return the data set.

        Raises:
            UsageError: Its values do not fit each other, or another data set has its name.
        """
        return require_own(Dataset(**self.model_dump()))


class Suite(BaseModel):
    """What to evaluate.

    Attributes:
        name: Letters, digits and ``._+-``, since folders are called after it.
        space: Name of the space; in a file also that of a space's file.
        dataset: Name of the data set that networks are built for; in a file also that of a data
            set's file, ``file.py`` or ``file.py:NAME``. Absent from a file: that of the space.
        data: The data set, where it is described here; its name is then `dataset`.
        tasks: Names of truth tables; all of the suite's space.
        plugins: Names of plugins, or ``["*"]`` for every one that supports the space.
        scores: Paths of tables of scores that were computed elsewhere, ranked beside the plugins.
        identical: What makes networks identical, which are drawn once and merged in metrics: a kind
            of `harness.core.architecture.Space.canonical`, or ``"rows"`` where nothing is merged.
        seed: Seed of batch, weights and the plugins' own draws.
        resamples: Bootstrap resamples behind an interval.
        level: Coverage of an interval, e.g. 0.95.
        metrics: Names of the metrics of a board, the first of which orders it; the usual ones when
            absent.
        top: The k of the usual best@k and regret@k.
        timeout_s: Seconds that all plugins together may take on one architecture.
    """

    model_config = _STRICT

    name: Annotated[str, Field(pattern=FILE_NAME)]
    summary: str
    space: str
    dataset: str = ""
    data: DataSettings | None = None
    tasks: Annotated[tuple[str, ...], Field(min_length=1)]
    plugins: Annotated[tuple[str, ...], Field(min_length=1)] = ("*",)
    scores: tuple[str, ...] = ()
    population: PopulationSettings = PopulationSettings()
    batch: BatchSettings = BatchSettings()
    identical: Annotated[str, Field(min_length=1)] = IDENTICAL
    seed: _Seed = 0
    resamples: Annotated[_Whole, Field(ge=100, le=1_000_000)] = 1000
    level: Annotated[_Number, Field(gt=0, lt=1)] = 0.95
    metrics: tuple[str, ...] = ()
    top: Annotated[_Whole, Field(ge=1)] = 10
    timeout_s: Annotated[_Number, Field(gt=0)] = 300
    _other_batch: bool = False

    @property
    def other_batch(self) -> bool:
        """Whether `changed` has replaced the batch: boards of it are others."""
        return self._other_batch

    def built_for(self) -> Dataset:
        """Return the data set that networks are built for.

        Raises:
            UsageError: There is none of that name.
            ContractError: Its file cannot be imported, or holds no data set.
        """
        if self.data is not None:
            return self.data.dataset()
        own = space(self.space).dataset
        if own.name == self.dataset:
            return own
        return dataset(self.dataset, f"suite {self.name} [dataset]")

    @property
    def drawn(self) -> PopulationSettings:
        """The population with its subset named.

        Where the suite names none, it is the architectures of its tables of one's own, or all of
        the space where it has none of these.
        """
        own = [f"task:{name}" for name in self.tasks if is_path(name)]
        if self.population.subset is not None or not own:
            return self.population
        return self.population.model_copy(update={"subset": "+".join(own)})

    def changed(
        self,
        *,
        sample: int | None = None,
        seed: int | None = None,
        batch: BatchSettings | None = None,
        timeout_s: float | None = None,
        identical: str | None = None,
    ) -> Suite:
        """Return a copy with those parts replaced that are given."""
        population = self.population.model_copy(update={"sample": sample}) if sample else None
        parts = {
            "population": population,
            "seed": seed,
            "batch": batch,
            "timeout_s": timeout_s,
            "identical": identical,
        }
        suite = self.model_copy(update={k: v for k, v in parts.items() if v is not None})
        suite._other_batch = self.other_batch or suite.batch != self.batch
        return suite


def suite_folder() -> Path:
    """Return the folder of the suites that come with the harness."""
    inside_wheel = Path(__file__).parent / "suites"
    checkout = Path(__file__).parents[1] / "suites"
    return inside_wheel if inside_wheel.is_dir() else checkout


def suites() -> dict[str, Path]:
    """Return the files of the suites that come with the harness, by name."""
    return {path.stem: path for path in sorted(suite_folder().glob("*.toml"))}


def data_of(content: object, path: Path) -> Dataset:
    """Return the data set that the table ``[data]`` of a suite describes.

    Raises:
        UsageError: A key or value in it is wrong.
    """
    try:
        return DataSettings.model_validate(content).dataset()
    except ValidationError as error:
        raise UsageError(file_fault(error, DataSettings, str(path), "data")) from error


def load_suite(name: str, zoo: str = "") -> Suite:
    """Read a suite by its name, or from a path that ends in ``.toml``.

    Args:
        name: Name or path.
        zoo: Name of a space of this process that takes the place of the one in the file.

    Raises:
        UsageError: There is no such suite, or a key or value in its file is wrong.
        ContractError: The file of its space holds none.
        DataError: The file cannot be read as TOML.
    """
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise UsageError(f"there is no suite file {path}")
    else:
        known = suites()
        if name not in known:
            raise unknown_name("suite", name, known)
        path = known[name]
    content = read_toml(path) | ({"space": zoo} if zoo else {})
    try:
        suite = Suite.model_validate(content)
    except ValidationError as error:
        raise UsageError(file_fault(error, Suite, str(path))) from error
    try:
        suite = suite.model_copy(update={"space": require_space(suite.space, f"{path} [space]")})
    except UsageError:
        if all(map(is_path, suite.tasks)):  # its tables may be of names alone
            return suite
        raise
    if suite.data is not None and suite.dataset:
        raise UsageError(f"{path} names a dataset and describes one in [data]; leave one out")
    if suite.data is not None:
        built_for = suite.data.dataset()
    elif suite.dataset:
        built_for = dataset(suite.dataset, f"{path} [dataset]")
    else:
        built_for = space(suite.space).dataset
    return suite.model_copy(update={"dataset": built_for.name})

import numpy as np
import pytest

from harness.catalog import FromModule, LoadedPredictor
from harness.core.direction import Direction
from harness.encodings import ScoreTable, encoding
from harness.learning import Pool, pool_of
from harness.predictor import Predictor
from harness.spaces.registry import space
from harness.truth import TruthTable
from tests.truth_tables import truth_table


def table(values: dict[str, float], direction: Direction = Direction.HIGHER) -> TruthTable:
    return truth_table(values, "made-up", "nas-bench-201", direction)


@pytest.fixture(scope="session")
def pool() -> Pool:
    """Eighty cells whose value is the number of their convolutions, with small differences."""
    where, generator = space("nas-bench-201"), np.random.default_rng(0)
    cells = {where.sample(generator) for _ in range(90)}
    texts = sorted(cell.text for cell in cells)[:80]
    values = {text: text.count("conv") + index / 1000 for index, text in enumerate(texts)}
    scores = ScoreTable(proxies=("conv",), values=np.array([[v] for v in values.values()]))
    return pool_of(table(values), texts, scores)


class Counting:
    """A predictor that predicts the number of convolutions, and counts its fits."""

    def __init__(self) -> None:
        self.fits = 0

    def fit(self, labelled, seed):
        self.fits += 1
        index = [name for name in labelled.inputs.features.columns if "conv" in name]
        chosen = [labelled.inputs.features.columns.index(name) for name in index]
        return lambda inputs: inputs.features.values[:, chosen].sum(axis=1)

    def loaded(self, name: str = "counting", version: str = "1") -> LoadedPredictor:
        return loaded(self.fit, name, version)


def loaded(fit, name: str = "mine", version: str = "1", **more) -> LoadedPredictor:
    predictor = Predictor(
        name=name,
        version=version,
        summary="",
        fit=fit,
        **({"encoding": encoding("counts"), "in_unit": True} | more),
    )
    return LoadedPredictor(plugin=predictor, origin=FromModule(module="harness.made_up"))


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def make():
    return loaded


@pytest.fixture
def make_table():
    return table

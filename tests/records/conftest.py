import pytest

from harness.core.cost import Cost
from harness.core.outcome import Scored
from harness.records.condition import Condition
from harness.records.environment import capture
from harness.records.record import PluginScore, ScoreRecord


@pytest.fixture
def condition() -> Condition:
    return Condition(
        space="nas-bench-201",
        dataset="cifar10",
        batch_source="noise",
        batch_size=8,
        batch_digest="0" * 16,
        seed=0,
        device="cpu",
    )


@pytest.fixture(scope="session")
def environment():
    return capture(threads=1, workers=1, gpu=None)


@pytest.fixture
def make_record(environment):
    def make(architecture: str, value: float = 1.5, plugin: str = "p:1:0") -> ScoreRecord:
        outcome = Scored(components={"score": value})
        cost = Cost(wall_s=0.25, cpu_s=0.5, forwards=1)
        return ScoreRecord(
            architecture=architecture,
            environment=environment.key,
            passes={"forward": cost},
            scores={plugin: PluginScore.of(outcome, cost, ("forward",))},
        )

    return make

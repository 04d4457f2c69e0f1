"""One plugin on a handful of networks of one space, alone or as a run would score it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from harness.batches.drawing import BatchRequest, draw_batch
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, Space
from harness.core.errors import UnsupportedError
from harness.core.outcome import Failed, FailureKind, Outcome, Skipped, scored
from harness.execution.execute import plan_work
from harness.execution.executor import Executor
from harness.execution.population import population_of
from harness.execution.run import Options, open_run_on
from harness.execution.scoring import Assignment
from harness.isolation import isolated_generators
from harness.passes.observation import Subject
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.spaces.datasets import dataset
from harness.suite import BatchSettings, Suite

__all__ = ["Trial"]

_DATASET, _IMAGES, _BATCH_SIZE, _SAMPLES = "cifar10", "noise", 8, 3
_TIMEOUT_S = 60.0


class Trial:
    """Scores one plugin on networks of one space.

    Args:
        plugin: The plugin.
        on: The space.
        executor: Where `outcome_of_a_run` scores.
    """

    def __init__(self, plugin: LoadedProxy, on: Space, executor: Executor) -> None:

        self.plugin, self.space, self.executor = plugin, on, executor
        self.samples = _connected_samples(on)
        shape = dataset(_DATASET)
        drawn = draw_batch(BatchRequest(source=_IMAGES, size=_BATCH_SIZE), shape, 0)
        self.batch = drawn.tensors()

    def bench(self, architecture: Architecture) -> Workbench:
        """Set one architecture up for the plugin's passes and the bare network."""
        import torch

        subject = Subject(
            architecture=architecture,
            space=self.space,
            dataset=dataset(_DATASET),
            batch=self.batch,
            seed=0,
            device=torch.device("cpu"),
        )
        return Workbench(subject, [*self.plugin.plugin.passes, NETWORK])

    def outcome(self, architecture: Architecture, bench: Workbench | None = None) -> Outcome:
        """Ask the plugin for its score; whatever it raises becomes its outcome."""
        import torch

        proxy = self.plugin.plugin
        observation = (bench or self.bench(architecture)).observation(proxy.name, proxy.passes)
        try:
            with isolated_generators(observation.seed, torch.device("cpu")):
                return scored(proxy.score(observation), proxy.components)
        except UnsupportedError as error:
            return Skipped(reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            return Failed(kind=FailureKind.RAISED, reason=f"{type(error).__name__}: {error}")

    def outcome_of_a_run(self, architecture: Architecture) -> Outcome:
        """Have the executor score one architecture, with the batch and seed of `outcome`.

        Raises:
            InfrastructureError: Workers cannot be started, or load another plugin.
        """
        name, text = self.plugin.name, architecture.text
        suite = Suite(
            name="check",
            summary="one architecture",
            space=self.space.name,
            dataset=_DATASET,
            tasks=("none",),  # nothing is held against a truth
            batch=BatchSettings(source=_IMAGES, size=_BATCH_SIZE),
            timeout_s=_TIMEOUT_S,
        )
        population = population_of("check", self.space.name, [text])
        with TemporaryDirectory(prefix="harness-check-") as nothing_stored:
            options = Options(results=Path(nothing_stored))
            prepared = open_run_on(population, {}, suite, (self.plugin,), options)
            work = plan_work(prepared, options, self.executor)
            assignment = Assignment(
                architecture=architecture, plugins=(name,), outside=self.plugin.outside
            )
            (delivery,) = self.executor.score(work, [assignment])
        (record,) = delivery.records
        return record.scores[self.plugin.key].result()


def _connected_samples(on: Space) -> list[Architecture]:
    import numpy as np

    generator = np.random.default_rng(0)
    samples: list[Architecture] = []
    while len(samples) < _SAMPLES:
        architecture = on.sample(generator)
        if on.graph(architecture).has_path:
            samples.append(architecture)
    return samples

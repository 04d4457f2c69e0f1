"""One plugin on a handful of networks of one space, alone or as a run would score it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import assert_never

from harness.batches.drawing import BatchRequest, draw_batch
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, Space
from harness.core.errors import DataError, UsageError, sentence_of
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped, ask
from harness.execution.execute import plan_work
from harness.execution.executor import Executor
from harness.execution.population import population_of
from harness.execution.run import Options, open_run_on
from harness.execution.scoring import Assignment
from harness.isolation import isolated_generators
from harness.passes.observation import Subject
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.suite import BatchSettings, Suite

__all__ = ["Trial", "in_words", "outcome_of_a_run"]

_IMAGES, _BATCH_SIZE, _SAMPLES, _DRAWS = "noise", 8, 3, 1000
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
        request = BatchRequest(source=_IMAGES, size=_BATCH_SIZE)
        self.batch = draw_batch(request, on.dataset, 0).tensors()

    def bench(self, architecture: Architecture) -> Workbench:
        """Set one architecture up for the plugin's passes and the bare network."""
        import torch

        subject = Subject(
            architecture=architecture,
            space=self.space,
            dataset=self.space.dataset,
            batch=self.batch,
            seed=0,
            device=torch.device("cpu"),
            real=not self.plugin.outside,
        )
        return Workbench(subject, [*self.plugin.plugin.passes, NETWORK])

    def outcome(self, architecture: Architecture, bench: Workbench | None = None) -> Outcome:
        """Ask the plugin for its score; whatever it raises becomes its outcome."""
        import torch

        proxy = self.plugin.plugin
        observation = (bench or self.bench(architecture)).observation(proxy.name, proxy.passes)
        try:
            with isolated_generators(observation.seed, torch.device("cpu")):
                return ask(lambda: proxy.score(observation), proxy.components, proxy.optional)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it raises is the finding
            return Failed(kind=FailureKind.RAISED, reason=sentence_of(error))

    def disconnected(self, most: int) -> Architecture | None:
        """Return one of the first architectures without a path from input to output, if any."""
        try:
            first = islice(self.space.enumerate(), most)
        except UsageError:  # it lists none
            return None
        return next((each for each in first if not _has_path(self.space, each)), None)

    def outcome_of_a_run(self, architecture: Architecture) -> Outcome:
        """Have the executor score one architecture, with the batch and seed of `outcome`."""
        dataset = self.space.dataset.name
        return outcome_of_a_run(self.plugin, architecture, dataset, self.executor)


def outcome_of_a_run(
    plugin: LoadedProxy, architecture: Architecture, dataset: str, executor: Executor
) -> Outcome:
    """Have an executor score one architecture.

    Args:
        plugin: The proxy.
        architecture: Of a space that this process knows by name.
        dataset: Name of the data set.
        executor: Where.

    Raises:
        InfrastructureError: Workers cannot be started, or load another plugin.
    """
    suite = Suite(
        name="check",
        summary="one architecture",
        space=architecture.space,
        dataset=dataset,
        tasks=("none",),  # nothing is held against a truth
        batch=BatchSettings(source=_IMAGES, size=_BATCH_SIZE),
        timeout_s=_TIMEOUT_S,
    )
    population = population_of("check", architecture.space, [architecture.text])
    with TemporaryDirectory(prefix="harness-check-") as nothing_stored:
        options = Options(results=Path(nothing_stored))
        prepared = open_run_on(population, {}, suite, (plugin,), options)
        work = plan_work(prepared, options, executor)
        assignment = Assignment(
            architecture=architecture, plugins=(plugin.name,), outside=plugin.outside
        )
        (delivery,) = executor.score(work, [assignment])
    (record,) = delivery.records
    return record.scores[plugin.key].result()


def in_words(outcome: Outcome) -> str:
    """Return an outcome as messages name it."""
    match outcome:
        case Scored():
            return ", ".join(f"{name} {value}" for name, value in outcome.components.items())
        case Failed():
            return f"no score ({outcome.reason})"
        case Skipped():
            return f"skipped ({outcome.reason})"
        case _:
            assert_never(outcome)


def _connected_samples(on: Space) -> list[Architecture]:
    """Return architectures with a path from input to output, or any, where there are few others."""
    import numpy as np

    generator = np.random.default_rng(0)
    drawn = (on.sample(generator) for _ in range(_DRAWS))
    connected = list(islice(filter(lambda each: _has_path(on, each), drawn), _SAMPLES))
    return connected or [on.sample(generator) for _ in range(_SAMPLES)]


def _has_path(on: Space, architecture: Architecture) -> bool:
    try:
        return on.graph(architecture).has_path
    except DataError:  # it cannot be traced, and no space's own graph says otherwise
        return True

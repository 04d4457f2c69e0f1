"""One plugin on a handful of networks of one space, outside any run."""

from __future__ import annotations

from harness.batches.batch import Batch
from harness.batches.source import draw_batch
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, Space
from harness.core.errors import UnsupportedError
from harness.core.outcome import Failed, FailureKind, Outcome, Skipped, scored
from harness.passes.isolation import isolated_generator
from harness.passes.observation import Subject
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.spaces.datasets import dataset

__all__ = ["Trial"]

_DATASET, _BATCH_SIZE, _SAMPLES = "cifar10", 8, 3


class Trial:
    """Scores one plugin on networks of one space, outside any run."""

    def __init__(self, plugin: LoadedProxy, on: Space) -> None:
        import torch

        self.plugin, self.space = plugin, on
        self.samples = _connected_samples(on)
        shape = dataset(_DATASET)
        drawn = draw_batch("noise", shape, _BATCH_SIZE, 0)
        self.batch = Batch(
            inputs=torch.from_numpy(drawn.images), labels=torch.from_numpy(drawn.labels)
        )

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
            with isolated_generator(observation.seed, torch.device("cpu")):
                return scored(proxy.score(observation), proxy.components)
        except UnsupportedError as error:
            return Skipped(reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            return Failed(kind=FailureKind.RAISED, reason=f"{type(error).__name__}: {error}")


def _connected_samples(on: Space) -> list[Architecture]:
    import numpy as np

    generator = np.random.default_rng(0)
    samples: list[Architecture] = []
    while len(samples) < _SAMPLES:
        architecture = on.sample(generator)
        if on.graph(architecture).has_path:
            samples.append(architecture)
    return samples

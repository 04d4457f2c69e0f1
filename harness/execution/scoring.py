"""Scores one architecture with several plugins that share their passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from harness.batches.source import DrawnBatch
from harness.catalog import LoadedProxy, Origin
from harness.core.architecture import Architecture, Dataset, NetworkSource
from harness.core.errors import ContractError, first_line, sentence_of
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped, ask
from harness.isolation import (
    BY_TURNS,
    isolated_generators,
    process_guard,
    reproducible_arithmetic,
)
from harness.passes.allocator import release_freed_memory
from harness.passes.observation import Subject, closure
from harness.passes.own_networks import OwnNetworks
from harness.passes.workbench import Workbench
from harness.records.record import PluginScore, ScoreRecord
from harness.spaces.knowledge import why_unsupported
from harness.spaces.registry import SpaceOrigin

__all__ = ["Assignment", "Scorer", "Settings"]

_NO_MEMORY = re.compile(r"can't allocate memory|CUDA error: out of memory|_STATUS_ALLOC_FAILED")
"""What torch says in a plain `RuntimeError`: of the processor's memory, of libraries of CUDA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a scorer needs to know once; travels to workers.

    Attributes:
        space: Where the space comes from, or what builds networks.
        threads: Threads that torch may use in one worker.
        environment: Key of the environment to write into records.
        origins: Where the plugins come from, by their names.
        keep_memory: Whether workers keep freed memory, which saves about a sixth of the time of
            gradient proxies; peak memory is then not measured.
    """

    space: SpaceOrigin | NetworkSource
    dataset: Dataset
    batch: DrawnBatch
    seed: int
    device: str
    threads: int
    environment: str
    origins: Mapping[str, Origin]
    keep_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One architecture and the names of the plugins to ask.

    Attributes:
        outside: Name of the plugin from outside that is asked, alone and in a process of its own;
            empty for plugins of this package, which share their passes and a process.
    """

    architecture: Architecture
    plugins: tuple[str, ...]
    outside: str = ""


class Scorer:
    """Scores assignments one after the other in the process that made it."""

    def __init__(self, settings: Settings) -> None:
        import torch

        self._settings = settings
        self._guard = process_guard()
        given = settings.space
        self._space: NetworkSource = given.load().space if isinstance(given, SpaceOrigin) else given
        self._device = torch.device(settings.device)
        self._batch = settings.batch.tensors(self._device)
        self._plugins = {name: origin.load() for name, origin in settings.origins.items()}

    @property
    def keys(self) -> dict[str, str]:
        """Keys of the plugins as this process loaded them, by name."""
        return {name: plugin.key for name, plugin in self._plugins.items()}

    def score(self, assignment: Assignment) -> ScoreRecord:
        """Ask every assigned plugin for its score of one architecture."""
        import torch

        with BY_TURNS:
            threads = torch.get_num_threads()
            torch.set_num_threads(self._settings.threads)
            try:
                with reproducible_arithmetic(self._device):
                    record = self._score(assignment)
            finally:
                torch.set_num_threads(threads)
        if self._device.type == "cuda" and any(map(_lacked_memory, record.scores.values())):
            torch.cuda.empty_cache()  # or other workers on this GPU would lack what it keeps
        return record

    def _score(self, assignment: Assignment) -> ScoreRecord:
        if not self._settings.keep_memory:
            release_freed_memory()  # or a worker would hold the most that any network has taken
        plugins = [self._plugins[name] for name in assignment.plugins]
        subject = Subject(
            architecture=assignment.architecture,
            space=self._space,
            dataset=self._settings.dataset,
            batch=self._batch.copy(),  # a copy, since a plugin may write to it
            seed=self._settings.seed,
            device=self._device,
            loss=self._space.loss if isinstance(self._space, OwnNetworks) else "",
            real=not assignment.outside,
        )
        bench = Workbench(
            subject,
            [wanted for plugin in plugins for wanted in plugin.plugin.passes],
            measures_memory=not self._settings.keep_memory,
        )
        scores: dict[str, PluginScore] = {}
        for index, plugin in enumerate(plugins):
            scores[plugin.key] = self._ask(plugin, bench, subject)
            bench.forget_all_but(
                wanted for later in plugins[index + 1 :] for wanted in later.plugin.passes
            )
        return ScoreRecord(
            architecture=assignment.architecture.text,
            environment=self._settings.environment,
            passes=bench.costs(
                tuple(wanted for plugin in plugins for wanted in plugin.plugin.passes)
            ),
            scores=scores,
        )

    def _ask(self, plugin: LoadedProxy, bench: Workbench, subject: Subject) -> PluginScore:
        proxy = plugin.plugin
        if reason := why_unsupported(proxy, subject.space):
            return PluginScore.of(Skipped(reason=reason), None, ())
        observation = bench.observation(proxy.name, proxy.passes)
        clock = f"score:{proxy.name}"
        outcome: Outcome
        try:
            with (
                self._guard.watching(proxy.name),
                bench.meter.measure(clock),
                isolated_generators(observation.seed, subject.device),
            ):
                outcome = ask(lambda: proxy.score(observation), proxy.components, proxy.optional)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes its outcome
            outcome = _unscored(error)
        computed = bench.costs(proxy.passes)
        names = tuple(needed.name for needed in closure(proxy.passes) if needed.name in computed)
        cost = bench.meter.cost(clock) if isinstance(outcome, Scored) else None
        return PluginScore.of(outcome, cost, names)


def _lacked_memory(score: PluginScore) -> bool:
    outcome = score.result()
    return isinstance(outcome, Failed) and outcome.kind is FailureKind.OUT_OF_MEMORY


def _unscored(error: Exception) -> Failed:
    import torch

    match error:
        case ContractError():
            return Failed(kind=FailureKind.CONTRACT, reason=str(error))
        case torch.cuda.OutOfMemoryError() | MemoryError():
            return Failed(kind=FailureKind.OUT_OF_MEMORY, reason=first_line(error))
        case RuntimeError() if _NO_MEMORY.search(sentence_of(error)):
            return Failed(kind=FailureKind.OUT_OF_MEMORY, reason=first_line(error))
        case _:
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            return Failed(kind=FailureKind.RAISED, reason=sentence_of(error) + _place(frame))


def _place(frame: TracebackType | None) -> str:
    """Return where a plugin failed; nothing where it could not even be called."""
    if frame is None or frame.tb_frame.f_code.co_filename == __file__:
        return ""
    return f" at {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}"

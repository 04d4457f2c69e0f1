"""Networks of one's own: looked at before anything is scored, and scored where it is asked for."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.batches.source import DrawnBatch, tensors_of
from harness.catalog import LoadedProxy
from harness.core.architecture import Dataset
from harness.core.errors import UnsupportedError, UsageError, sentence_of
from harness.core.identity import derived_seed
from harness.execution.executor import Executor, InProcess, LocalPool
from harness.execution.scoring import Assignment, Settings
from harness.execution.work import THREADS, Limits, Work, default_memory_bytes, describe_machine
from harness.isolation import isolated_generators
from harness.passes.network_call import call_network, changed, logits_of, plain_network
from harness.passes.observation import closure
from harness.passes.own_networks import OwnNetworks
from harness.passes.subject import GRAPH
from harness.records.record import ScoreRecord

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["NetworkBatch", "output_shape", "score_networks"]

_LOG = logging.getLogger(__name__)
_SAMPLES = 2
"""Samples of the batch that a network is called with before it is scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBatch:
    """What networks are scored with.

    Attributes:
        dataset: Shape of a sample, and number of classes.
        batch: Samples and labels.
        seed: Seed of weights and draws.
        device: ``"cpu"`` or ``"cuda"``.
        timeout_s: Seconds that all proxies together may take of one network in a worker process.
        workers: Worker processes; 0 for this process alone; absent for this process, and one of
            its own for each plugin from outside.
    """

    dataset: Dataset
    batch: DrawnBatch
    seed: int
    device: str
    timeout_s: float
    workers: int | None


def output_shape(
    networks: OwnNetworks, name: str, batch: DrawnBatch, seed: int, device: str
) -> tuple[int, ...] | None:
    """Build a network, call it with two samples, and return the shape of its logits.

    Returns:
        The shape; None where it cannot be told which part of its output they are.

    Raises:
        UsageError: It cannot be built, called or observed, is another network each time, is on
            another device, or has weights that are not finite.
    """
    import torch

    network = _built(networks, name, seed)
    _require_device(network, name, device)
    _require_finite(network, name)
    if not isinstance(networks.networks[name], torch.nn.Module):
        _require_same(network, _built(networks, name, seed), name)
    inputs = changed(batch.tensors().inputs, lambda tensor: tensor[:_SAMPLES].to(device))
    network = network.to(device).eval()
    with (
        torch.no_grad(),
        isolated_generators(derived_seed(seed, "call", name), torch.device(device)),
    ):
        try:
            output = call_network(network, inputs)
        except UnsupportedError as error:
            raise UsageError(str(error)) from error
        except (Exception, SystemExit) as error:
            shapes = ", ".join(
                f"{tuple(given.shape)} {given.dtype}" for given in tensors_of(inputs)
            )
            raise UsageError(
                f"{name} cannot be called with inputs of shape {shapes}: {sentence_of(error)}; "
                "give inputs that it takes, or their shape"
            ) from error
    try:
        return tuple(logits_of(network, output).shape)
    except UnsupportedError:
        return None


def score_networks(
    networks: OwnNetworks,
    names: Sequence[str],
    seen: NetworkBatch,
    plugins: Sequence[LoadedProxy],
) -> Iterator[ScoreRecord]:
    """Score networks, and yield a record a network of all proxies that share a process."""
    travels = seen.workers != 0 and _travels(networks)
    if any(GRAPH in closure(plugin.plugin.passes) for plugin in plugins):
        _trace_once()
    for outside in sorted({plugin.outside for plugin in plugins}):
        own = [plugin for plugin in plugins if plugin.outside == outside]
        workers = seen.workers if seen.workers is not None else int(bool(outside))
        executor = LocalPool(workers=workers) if workers and travels else InProcess()
        work = _work(networks, seen, own, executor)
        asked = tuple(plugin.name for plugin in own)
        assignments = [
            Assignment(architecture=networks.architecture(name), plugins=asked, outside=outside)
            for name in names
        ]
        for delivery in executor.score(work, assignments):
            yield from delivery.records


def _work(
    networks: OwnNetworks, seen: NetworkBatch, plugins: Sequence[LoadedProxy], executor: Executor
) -> Work:
    workers = executor.workers
    settings = Settings(
        space=networks,
        dataset=seen.dataset,
        batch=seen.batch,
        seed=seen.seed,
        device=seen.device,
        threads=THREADS,
        environment="",
        origins={plugin.name: plugin.origin for plugin in plugins},
    )
    environment = describe_machine(seen.device, workers)
    return Work(
        settings=replace(settings, environment=environment.key),
        keys={plugin.name: plugin.key for plugin in plugins},
        limits=Limits(timeout_s=seen.timeout_s, memory_bytes=default_memory_bytes(workers)),
        environment=environment,
        workers=workers,
    )


def _trace_once() -> None:
    """Trace something: the first trace of a process imports for seconds, which no proxy costs."""
    from torch import nn

    from harness.computation_graphs.cell_graph import cell_of

    cell_of(nn.ReLU(), (1,))


def _travels(networks: OwnNetworks) -> bool:
    """Tell whether networks can be sent to worker processes, and say so where they cannot."""
    try:
        pickle.dumps(networks)
    except Exception as error:  # noqa: BLE001 - whatever a network's own pickling raises
        _LOG.warning(
            "the networks cannot be sent to another process (%s): scoring in this one, without "
            "limits of time and memory; a function that builds them can be sent",
            sentence_of(error),
        )
        return False
    return True


def _built(networks: OwnNetworks, name: str, seed: int) -> nn.Module:
    import torch

    with isolated_generators(derived_seed(seed, "build", name), torch.device("cpu")):
        try:
            return plain_network(networks.build(name))
        except UnsupportedError as error:
            raise UsageError(str(error)) from error


def _tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


def _require_same(first: nn.Module, second: nn.Module, name: str) -> None:
    import torch

    tensors, others = _tensors(first), _tensors(second)
    for key in (*tensors, *others):
        tensor, other = tensors.get(key), others.get(key)
        if tensor is None or other is None or not torch.equal(tensor, other):
            raise UsageError(
                f"the function that builds {name} gives another network each time ({key} differs "
                "between two calls with the same seed of torch, numpy and random); draw from "
                "their global generators, and build the same layers"
            )


def _require_finite(network: nn.Module, name: str) -> None:
    import torch

    for key, tensor in _tensors(network).items():
        if not bool(torch.isfinite(tensor).all()):
            raise UsageError(
                f"{key} of {name} has values that are not finite, so that no score would say "
                "anything; initialise it"
            )


def _require_device(network: nn.Module, name: str, device: str) -> None:
    for key, tensor in _tensors(network).items():
        if tensor.device.type not in ("cpu", device):
            raise UsageError(
                f"{key} of {name} is on the device {tensor.device}, and it is to be scored on "
                f"{device}; move the network there, or choose the device"
            )

"""Scores of networks of one's own, without a space and without ground truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    choose,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
)
from harness.api.network_inputs import Draw, Samples, drawn_samples, given_samples, sample_shape
from harness.api.results import Progress, ScoreResult, Step
from harness.batches.source import Inputs
from harness.catalog import LoadedProxy
from harness.core.architecture import LOSSES, Dataset
from harness.core.errors import HarnessError, UsageError, unknown_name
from harness.execution.network_files import read_network_file
from harness.execution.network_scores import NetworkScore, network_scores, ranks_population
from harness.execution.own_networks import NetworkBatch, output_shape, score_networks
from harness.execution.run import choose_device
from harness.passes.network_call import changed
from harness.passes.own_networks import Network, OwnNetworks

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.passes.losses import Loss
    from harness.records.record import ScoreRecord

__all__ = ["Networks", "score"]

Networks: TypeAlias = "nn.Module | Callable[[], nn.Module] | Mapping[str, Network] | str | Path"
"""A module, a function that builds one, several by name, or a Python file of one of these."""

_TIMEOUT_S = 300.0


@checked
def score(
    network: Networks,
    inputs: Inputs | None = None,
    labels: torch.Tensor | None = None,
    *,
    loss: Loss | None = None,
    proxies: Plugins | None = None,
    shape: Sequence[int] | None = None,
    classes: int | None = None,
    dataset: str | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    seed: int = 0,
    device: str = "cpu",
    workers: int | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> ScoreResult:
    """Score networks of one's own: any torch module, with its own weights or built from a seed.

    A module is scored as it is, in training mode, and is not changed. A proxy that has no meaning
    for a network says so; one that ranks networks among each other needs several.

    Example:
        ``harness.frame(harness.score(my_network, shape=(3, 224, 224), proxies=["synflow"]))``

    Args:
        network: A torch module; a function without arguments that builds one; several of these by
            name; or a file, ``"FILE.py"`` or ``"FILE.py:NAME"``.
        inputs: What it is called with, two samples or more: a tensor, a tuple for
            ``network(*inputs)``, or a mapping for ``network(**inputs)``; integers are token ids.
            Drawn from `batch` when absent.
        labels: Of the samples, in the form that the loss wants; such as say nothing when absent:
            classes in turn, or normal numbers.
        loss: ``"cross_entropy"``, ``"per_token"``, ``"per_pixel"``, ``"regression"``, ``"network"``
            for one that the network computes, or a function of its output and the labels; when
            absent, the one that shapes of output and labels allow.
        proxies: One zero-cost proxy or several, as for `harness.run`; all when absent.
        shape: Without `inputs`: shape of one sample, e.g. ``(3, 224, 224)``.
        classes: Without `labels`: number of classes; as many as the network has when absent.
        dataset: Without `inputs`: name or file of a data set whose shape, classes and loss are
            meant.
        batch: Without `inputs`: their source and number, ``"photographs:16"`` when absent, or
            ``"noise:16"`` where a sample is no image of three channels.
        images: File or folder that the source reads.
        seed: Seed of drawn inputs, of the weights that a function draws, and of the proxies.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        workers: Worker processes; 0 for this process alone; by default this process, and one of
            its own for each proxy from outside the harness.
        timeout: Seconds that one network may take in a worker process, at least 0.1; it needs at
            least one, and 300 when absent.
        progress: Called with a `harness.api.results.Step` after every delivery of scores.

    Returns:
        One row a network and proxy: score, status, reason and cost.

    Raises:
        UsageError: A network that is the only one cannot be built or called, or inputs and labels
            do not fit; of several, such a network has failed with that reason.
        ContractError: A file cannot be imported.
    """
    require_number("timeout", timeout, 0.1)
    require_number("workers", workers, 0)
    if workers == 0:
        refuse_options("scoring with --workers 0", timeout=timeout)
    plugins = choose(LoadedProxy, ("*",) if proxies is None else plugin_items(proxies), "--proxy")
    asked = _asked(network, seed)
    asked = replace(
        asked,
        inputs=asked.inputs if inputs is None else inputs,
        labels=asked.labels if labels is None else labels,
        loss=asked.loss if loss is None else loss,
    )
    if asked.inputs is not None:
        refuse_options(
            "scoring with inputs", shape=shape, dataset=dataset, batch=batch, images=images
        )
        if asked.labels is not None:
            refuse_options("scoring with labels", classes=classes)
        samples = given_samples(asked.inputs, asked.labels, classes, asked.named_loss)
    else:
        if asked.labels is not None:
            raise UsageError("labels without inputs belong to nothing; give inputs too")
        data, classes = sample_shape(shape, dataset, classes)
        draw = Draw(data=data, batch=batch, images=path_of(images), seed=seed)
        named = asked.named_loss or (data.loss if dataset else None)
        samples = drawn_samples(draw, classes, named)
    scoring = _Scoring(
        networks=asked.source(samples),
        plugins=plugins,
        samples=samples,
        seed=seed,
        device=choose_device(device),
        timeout_s=timeout or _TIMEOUT_S,
        workers=1 if timeout is not None and workers is None else workers,
    )
    return ScoreResult(scores=scoring.scores(progress))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Networks with what they are scored on, as far as it is given."""

    networks: Mapping[str, Network]
    inputs: object = None
    labels: object = None
    loss: object = None
    folder: str = ""

    @property
    def named_loss(self) -> str | None:
        """Name of the loss; of a function on labels of its own, none that would check them."""
        if callable(self.loss):
            return None if self.labels is None else "network"
        if self.loss is None or (isinstance(self.loss, str) and self.loss in LOSSES):
            return self.loss
        if not isinstance(self.loss, str):
            raise UsageError(
                f"loss is a {type(self.loss).__name__}; give a name, or a function of output and "
                "labels"
            )
        raise unknown_name("loss", self.loss, LOSSES)

    def source(self, samples: Samples) -> OwnNetworks:
        """Return the networks as passes observe them."""
        return OwnNetworks(
            networks=self.networks,
            example=changed(samples.unlabelled.tensors().inputs, lambda tensor: tensor[:1]),
            loss=self.loss if callable(self.loss) else "",
            folder=self.folder,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scoring:
    """Networks, proxies and samples, about to be scored."""

    networks: OwnNetworks
    plugins: tuple[LoadedProxy, ...]
    samples: Samples
    seed: int
    device: str
    timeout_s: float
    workers: int | None

    def scores(self, progress: Progress | None) -> tuple[NetworkScore, ...]:
        """Look at all networks first, then score those that can be called."""
        names = tuple(self.networks.networks)
        several = len(names) > 1
        seen: dict[Dataset, NetworkBatch] = {}
        groups: dict[Dataset, list[str]] = {}
        refused: dict[str, str] = {}
        for name in names:
            try:
                batch = self._batch(name)
            except HarnessError as error:
                if not several:
                    raise
                refused[name] = str(error)
                continue
            seen[batch.dataset] = batch
            groups.setdefault(batch.dataset, []).append(name)
        asked = [plugin for plugin in self.plugins if several or not ranks_population(plugin)]

        def told(done: int, total: int) -> None:
            if progress is not None:
                progress(Step(what="scoring networks", done=done, total=total))

        processes = len({plugin.outside for plugin in asked})
        done, total = 0, processes * (len(names) - len(refused))
        told(done, total)
        records: list[ScoreRecord] = []
        for data, group in groups.items():
            for record in score_networks(self.networks, group, seen[data], asked):
                records.append(record)
                done += 1
                told(done, total)
        return network_scores(names, self.plugins, records, refused)

    def _batch(self, name: str) -> NetworkBatch:
        """Call a network, and return what it is scored with."""
        given = self.samples.unlabelled
        outputs = output_shape(self.networks, name, given, self.seed, self.device)
        shaped, batch = self.samples.of(outputs)
        return NetworkBatch(
            dataset=shaped,
            batch=batch,
            seed=self.seed,
            device=self.device,
            timeout_s=self.timeout_s,
            workers=self.workers,
        )


def _asked(network: Networks, seed: int) -> _Asked:
    """Return networks by name, with what their file says beside them."""
    if not isinstance(network, str | Path):
        return _Asked(networks=_named(network, ""))
    file = read_network_file(str(network), seed)
    return _Asked(
        networks=_named(file.network, file.name),
        inputs=file.inputs,
        labels=file.labels,
        loss=file.loss,
        folder=file.folder,
    )


def _named(network: object, name: str) -> dict[str, Network]:
    """Return one network or several by name.

    Raises:
        UsageError: One is neither a module nor a function, or there is none.
    """
    from torch import nn

    if not isinstance(network, Mapping):
        own = type(network) if isinstance(network, nn.Module) else network
        network = {name or getattr(own, "__name__", "network").strip("<>"): network}
    if not network:
        raise UsageError("there is no network to score; give one or more by name")
    for key, value in network.items():
        if not isinstance(key, str) or not (isinstance(value, nn.Module) or callable(value)):
            raise UsageError(
                f"{key!r:.80} is a {type(value).__name__}; give a torch module, or a function "
                "without arguments that builds one, by its name"
            )
    return dict(network)

"""A zoo from the command line or from Python: a folder, a file or a mapping, and accuracies."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

from harness.api.choice import refuse_options, require_shape, space_item
from harness.api.given import numbers_by_name
from harness.catalog.object_identity import object_identity
from harness.core.architecture import Dataset, Space
from harness.core.counts import listed
from harness.core.errors import DataError, UsageError
from harness.core.files import csv_text, write_at_once
from harness.core.numbers import plain_number
from harness.execution.task_truth import open_suite
from harness.execution.zoo import Zoo, is_zoo, open_zoo, read_zoo
from harness.passes.own_networks import Network
from harness.spaces.datasets import identity_of
from harness.suite import BatchSettings, DataSettings, PopulationSettings, Suite
from harness.truth import ScoreItems, load
from harness.truth.own_table import TABLES
from harness.truth.reading import finite

__all__ = ["Accuracies", "ZooOptions", "choose_suite_or_zoo"]

_LOG = logging.getLogger(__name__)
_IMAGES = 16
"""Images of a batch: networks of a zoo are larger than cells."""

Accuracies: TypeAlias = "str | Path | ScoreItems"
"""A table of accuracies, its description, or accuracies by the names of networks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZooOptions:
    """What is said of a zoo.

    Attributes:
        truth: Its accuracies.
        shape: Shape of one sample; that of CIFAR-10 when absent.
        classes: Number of classes.
    """

    truth: Accuracies | None
    shape: Sequence[int] | None
    classes: int | None


def choose_suite_or_zoo(
    given: str | Path | Mapping[str, Network] | Space, options: ZooOptions, results: Path
) -> Suite:
    """Read a suite, or make the one of all proxies on a zoo or space.

    Args:
        given: What names a suite; or a zoo: a mapping, a folder, or a Python file; or a space of
            the calling program.
        options: What is said of a zoo; of a space its accuracies.
        results: Results folder, where accuracies that are in no file are written.

    Raises:
        UsageError: There is no such suite or zoo, or it has no accuracies.
    """
    if isinstance(given, Space):
        return _suite_of_space(given, options, results)
    if not isinstance(given, Mapping):
        text = str(given)
        if not is_zoo(text):
            if options.truth is not None and "/" in text and not Path(text).exists():
                raise UsageError(f"there is no folder {text}; --truth goes with one of networks")
            way = "what is no zoo, that is no folder and no Python file"
            shape, classes = options.shape, options.classes
            refuse_options(way, truth=options.truth, shape=shape, classes=classes)
            return open_suite(text)
    return _suite(given, options, results)


def _suite(given: str | Path | Mapping[str, Network], options: ZooOptions, results: Path) -> Suite:
    zoo = _of_mapping(given) if isinstance(given, Mapping) else read_zoo(str(given))
    if options.truth is None:
        raise UsageError(
            f"the zoo {zoo.name} has no accuracies: give a table of networks and accuracies with "
            "--truth; harness score scores networks without any"
        )
    dataset = _dataset(zoo.name, options.shape, options.classes)
    task, kept = _task(zoo, options.truth, results)
    open_zoo(kept, dataset)
    return Suite(
        name=zoo.name,
        summary=f"{len(zoo.networks)} networks",
        space=zoo.name,
        dataset="cifar10" if dataset is None else dataset.name,
        tasks=(task,),
        population=PopulationSettings(subset="all"),
        batch=_batch(dataset),
    )


def _suite_of_space(space: Space, options: ZooOptions, results: Path) -> Suite:
    name, truth = space_item(space), options.truth
    if truth is None:
        raise UsageError(
            f"the space {name} has no accuracies: give some by architecture with --truth; "
            "harness.rank ranks a space without any"
        )
    way = f"the space {name}, which says what its networks are built for"
    refuse_options(way, shape=options.shape, classes=options.classes)
    dataset = space.dataset
    if not isinstance(truth, str | Path):
        truth = _written(name, _values("the accuracies given", truth), results)
    return Suite(
        name=name,
        summary=f"architectures of {name}",
        space=name,
        dataset=dataset.name,
        data=DataSettings(**asdict(dataset)) if identity_of(dataset) else None,
        tasks=(str(truth),),
        batch=_batch(dataset),
    )


def _batch(dataset: Dataset | None) -> BatchSettings:
    """Return photographs for what takes images, and noise for all else."""
    image = dataset is None or (len(dataset.shape) == 3 and dataset.shape[0] in (1, 3))
    return BatchSettings(source="photographs" if image else "noise", size=_IMAGES)


def _of_mapping(given: Mapping[str, Network]) -> Zoo:
    return Zoo(
        name="zoo",
        networks=dict(given),
        codes={name: _code(network) for name, network in given.items()},
    )


def _code(network: Network) -> str:
    """Return a digest of what a network of the running program is."""
    from torch import nn

    if not isinstance(network, nn.Module):
        return object_identity(network).content
    hasher = hashlib.sha256(repr(network).encode())
    hasher.update(object_identity(type(network)).content.encode())
    for name, tensor in network.state_dict().items():
        hasher.update(name.encode())
        hasher.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    return hasher.hexdigest()


def _dataset(name: str, shape: Sequence[int] | None, classes: int | None) -> Dataset | None:
    if shape is None:
        if classes is not None:
            raise UsageError("--classes needs the shape of one sample too: --shape 3,224,224")
        return None
    require_shape(shape, classes)
    return Dataset(name=f"{name}-data", shape=tuple(shape), classes=classes or 10)


def _task(zoo: Zoo, truth: Accuracies, results: Path) -> tuple[str, Zoo]:
    """Return the path of accuracies, and the networks that have one; tell of all other names.

    Raises:
        UsageError: No network has an accuracy.
    """
    if not isinstance(truth, str | Path):
        where = "the accuracies given"
        values = _values(where, truth)
    elif Path(truth).suffix.lower() in TABLES:
        where, values = str(truth), dict(load(str(truth)).values)
    else:
        return str(truth), zoo
    texts = zoo.texts()
    names = {text: name for name, text in texts.items()}
    known = {names.get(name, name): v for name, v in values.items() if name in texts | names}
    strangers = sorted(values.keys() - texts.keys() - names.keys())
    missing = sorted(texts.keys() - known.keys())
    if not known:
        raise UsageError(
            f"none of the {len(values)} names in {where} ({listed(strangers)}) is one of the "
            f"{len(texts)} networks of the zoo {zoo.name} ({listed(sorted(texts))})"
        )
    if strangers or missing:
        _LOG.warning(
            "%d of the %d names in %s are no networks of the zoo %s%s, and %d of its %d networks "
            "have no accuracy and are not scored%s",
            *(len(strangers), len(values), where, zoo.name, _listed(strangers)),
            *(len(missing), len(texts), _listed(missing)),
        )
    kept = replace(zoo, networks={name: zoo.networks[name] for name in sorted(known)})
    if isinstance(truth, str | Path) and not strangers:
        return str(truth), kept
    return str(_written(zoo.name, known, results)), kept


def _written(name: str, values: Mapping[str, float], results: Path) -> Path:
    """Write accuracies of a running program, by the names of networks, and return the file."""
    path = results / "zoos" / name / "accuracies.csv"
    rows: list[dict[str, str | int | float | None]] = [
        {"network": network, "accuracy": value} for network, value in sorted(values.items())
    ]
    write_at_once(path, csv_text(rows), "choose another --results")
    return path


def _values(where: str, truth: object) -> dict[str, float]:
    """Return accuracies of a running program; None is none.

    Raises:
        UsageError: They are not by name.
        DataError: One is no finite number, or a network has two.
    """
    values: dict[str, float] = {}
    for name, value in numbers_by_name(where, truth).items():
        number = plain_number(value)
        if str(name) in values:
            raise DataError(f"{where}: network {name} has a second accuracy; leave one")
        if number is not None:
            values[str(name)] = finite(number, f"{where}, network {name}")
    return values


def _listed(names: Sequence[str]) -> str:
    return f" ({listed(names)})" if names else ""

"""A zoo: networks of one's own by their names, as a space whose architectures they are.

The text of an architecture is the network's name with a digest of its code, ``resnet@1f3a9c2e``, so
that stored scores are those of this code; tables may name it by either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.architecture import Dataset
from harness.core.counts import listed
from harness.core.errors import DataError, UsageError
from harness.core.names import FILE_NAME
from harness.execution.network_files import read_network_file
from harness.own_code.offers import python_file
from harness.passes.own_networks import Network, OwnNetworks
from harness.space import SearchSpace
from harness.spaces.registry import register_space

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Zoo", "is_zoo", "open_zoo", "read_zoo"]

_SEED = 0

_DIGITS = 8
"""Digits of a digest of code that a text has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoo:
    """Networks by their names.

    Attributes:
        name: Name of the zoo.
        networks: Modules, or functions that build them, by name.
        codes: Digests of their code.
        folder: Folder of modules that they import; empty for none.
    """

    name: str
    networks: Mapping[str, Network]
    codes: Mapping[str, str]
    folder: str = ""

    def __post_init__(self) -> None:
        if not self.networks:
            raise UsageError(f"the zoo {self.name} has no network")

    def texts(self) -> dict[str, str]:
        """Return the texts of the architectures by the names of the networks."""
        return {name: f"{name}@{self.codes[name][:_DIGITS]}" for name in self.networks}


def is_zoo(text: str) -> bool:
    """Tell whether a text is the path of a folder or of a Python file."""
    return python_file(text) is not None or Path(text).is_dir()


def read_zoo(text: str) -> Zoo:
    """Read the networks of a folder of Python files, or of ``NETWORKS`` in one file.

    Raises:
        UsageError: There is no such file or folder, or it holds no networks.
        ContractError: A file cannot be imported.
    """
    file = python_file(text)
    if file is not None:
        path, constant = file
        held = read_network_file(f"{path}:{constant or 'NETWORKS'}", _SEED)
        if not isinstance(held.network, Mapping):
            raise UsageError(
                f"{text} has a {type(held.network).__name__} under the name {held.name}; a zoo is "
                "a mapping of names to modules, or to functions that build them"
            )
        codes = dict.fromkeys(held.network, held.code)
        return Zoo(name=_name(path), networks=held.network, codes=codes, folder=held.folder)
    folder = Path(text)
    files = [path for path in sorted(folder.glob("*.py")) if _holds_network(path)]
    if not files:
        raise UsageError(f"the zoo {folder} has no Python file; put one for each network there")
    networks = {path.stem: read_network_file(str(path), _SEED) for path in files}
    return Zoo(
        name=_name(folder.resolve()),
        networks={name: held.network for name, held in networks.items()},  # type: ignore[misc]
        codes={name: held.code for name, held in networks.items()},
        folder=str(folder.resolve()),
    )


def _holds_network(path: Path) -> bool:
    return not path.stem.startswith(("_", "test_")) and path.stem != "conftest"


def _name(path: Path) -> str:
    if not re.fullmatch(FILE_NAME, path.stem):
        raise UsageError(
            f"the zoo {path} is named {path.stem!r}, which becomes part of paths; name it with "
            "letters, digits and ._+-, a letter or digit first"
        )
    return path.stem


def open_zoo(zoo: Zoo, dataset: Dataset | None = None) -> None:
    """Make a zoo a space that this process knows by its name.

    Args:
        zoo: The networks.
        dataset: What they are built for; images and classes of CIFAR-10 when absent.

    Raises:
        UsageError: Another space has its name, or a network's name cannot be shown in a line.
        ContractError: A network cannot be sent to workers.
    """
    texts = zoo.texts()
    space = SearchSpace(
        name=zoo.name,
        summary=f"{len(texts)} networks",
        network=_Build(
            networks=OwnNetworks(networks=zoo.networks, example=(), folder=zoo.folder),
            names={text: name for name, text in texts.items()},
        ),
        texts=sorted(texts.values()),
        parse=_Parse(zoo=zoo.name, texts=texts),
        dataset="cifar10" if dataset is None else dataset,
    )
    register_space(space)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    """Builds the network of a text."""

    networks: OwnNetworks
    names: Mapping[str, str]

    def __call__(self, text: str) -> nn.Module:
        return self.networks.build(self.names[text])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parse:
    """Reads names and texts."""

    zoo: str
    texts: Mapping[str, str]

    def __call__(self, written: str) -> str:
        if written in self.texts:
            return self.texts[written]
        if written in self.texts.values():
            return written
        raise DataError(
            f"the zoo {self.zoo} has no network {written!r:.80}; it has {listed(self.texts)}"
        )

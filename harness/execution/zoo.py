"""A zoo: networks of one's own by their names, as a space whose architectures they are.

The text of an architecture is the network's name with a digest of its code, ``resnet@1f3a9c2e``, so
that stored scores are those of this code; tables may name it by either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError
from harness.passes.own_networks import Network, OwnNetworks
from harness.space import SearchSpace
from harness.spaces.registry import register_space

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Zoo", "open_zoo"]

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
            f"the zoo {self.zoo} has no network {written!r:.80}; it has {_few(self.texts)}"
        )


def _few(names: Iterable[str], most: int = 5) -> str:
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return f"{', '.join(shown[:most])}{more}"

"""What a space may know of itself beyond `Space`, and what is assumed of one that says nothing.

Each protocol is one attribute or method. A space of this package has it in its class, one from
outside where its author gives it; nobody asks for the name of a space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from harness.core.architecture import Architecture, CellGraph, Dataset, NetworkSource
from harness.core.structure import Structure

if TYPE_CHECKING:
    from harness.spaces.choices import Choices
    from harness.spaces.decisions import Decisions, Genes

__all__ = [
    "PRETRAINED_ON",
    "TRIED_ON",
    "Lacks",
    "Particular",
    "Shapes",
    "cells_by_role",
    "choices_of",
    "columns_of",
    "decisions_of",
    "family_of",
    "genes_of",
    "kin_of",
    "lacks_nothing",
    "largest_of",
    "matrices_of",
    "structure_of",
    "usual_size_of",
    "why_no_largest",
    "why_no_usual_size",
    "why_unsupported",
    "why_untraceable",
]

Shapes: TypeAlias = Iterable[tuple[int, int, int]]
"""Rows, columns and number of weight matrices, see `harness.passes.weight_matrices`."""

TRIED_ON = "nas-bench-201"
"""Space on which plugins are tried where nobody names another one."""

PRETRAINED_ON: Mapping[str, int] = {
    "nas-bench-101": 600,
    "nas-bench-201": 600,
    "darts": 250,
    "transnas-bench-101-micro": 400,
    "transnas-bench-101-macro": 300,
}
"""How many architectures of which spaces the shipped encoder of cl_predictor was trained on."""


@runtime_checkable
class HasCells(Protocol):
    """Its architectures have several cells, which predictors read apart."""

    def cells(self, architecture: Architecture) -> Mapping[str, CellGraph]:
        """Return the searched cells by role; all architectures have the same roles."""
        ...


@runtime_checkable
class HasLargest(Protocol):
    """It knows the network with the most multiply-accumulates on images of 32 x 32 pixels."""

    @property
    def largest(self) -> str | int:
        """Text of that architecture, or what Eproxy's release counts; empty: nobody knows."""
        ...


@runtime_checkable
class HasFamily(Protocol):
    """It says what kind of networks it holds; a proxy may rank one kind well and fail another."""

    @property
    def family(self) -> str:
        """E.g. ``"CNN"`` or ``"vision transformer"``; empty: nobody says."""
        ...


@runtime_checkable
class HasKin(Protocol):
    """It shares networks, or the way in which they were trained, with another space."""

    @property
    def kin(self) -> str:
        """Name of the space that both are held out as; empty: of none."""
        ...


@runtime_checkable
class HasUsualSize(Protocol):
    """It knows the number of parameters around which SWAP's discount is centred."""

    @property
    def usual_size(self) -> float:
        """Thousands of parameters."""
        ...


@runtime_checkable
class HasColumns(Protocol):
    """Its author has figures of its architectures."""

    @property
    def columns(self) -> Mapping[str, Callable[[Architecture], float]]:
        """Figures by name."""
        ...


@runtime_checkable
class HasMatrices(Protocol):
    """It knows the shapes of all weight matrices of its networks."""

    def matrices(self, architecture: Architecture, dataset: Dataset) -> Shapes | None:
        """Return rows, columns and number of each; None where nobody has said."""
        ...


@runtime_checkable
class HasStructure(Protocol):
    """It knows parameters, FLOPs, layers and depth of its networks without building them."""

    def structure(self, architecture: Architecture, dataset: Dataset) -> Structure | None:
        """Return what counting would find; None of a data set that its networks do not take."""
        ...


@runtime_checkable
class HasDecisions(Protocol):
    """Its architectures are edges of cells with operations on them."""

    @property
    def decisions(self) -> Decisions:
        """What a search takes away or chooses."""
        ...


@runtime_checkable
class HasChoices(Protocol):
    """Its architectures are named choices."""

    @property
    def choices(self) -> Choices | None:
        """The choices, if it is made of such."""
        ...


@runtime_checkable
class Untraceable(Protocol):
    """Its networks cannot be traced with one sample of a data set."""

    @property
    def untraceable(self) -> str:
        """Why, as the first half of a sentence."""
        ...


def cells_by_role(
    space: NetworkSource, architecture: Architecture, graph: CellGraph
) -> Mapping[str, CellGraph]:
    """Return the searched cells; the whole graph alone, as ``cell``, where no more is known."""
    return space.cells(architecture) if isinstance(space, HasCells) else {"cell": graph}


def choices_of(space: NetworkSource) -> Choices | None:
    """Return the named choices that a space is made of, if it is."""
    return space.choices if isinstance(space, HasChoices) else None


def columns_of(space: NetworkSource) -> Mapping[str, Callable[[Architecture], float]]:
    """Return the figures that a space's author has of its architectures, by name."""
    return space.columns if isinstance(space, HasColumns) else {}


def decisions_of(space: NetworkSource) -> Decisions | None:
    """Return the decisions of a space, if it states them."""
    return space.decisions if isinstance(space, HasDecisions) else None


def genes_of(space: NetworkSource) -> Genes | None:
    """Return the numbers that architectures follow from: of decisions or of named choices."""
    from harness.spaces.decisions import ChosenGenes

    decisions = decisions_of(space)
    if decisions is not None:
        return decisions
    choices = choices_of(space)
    return None if choices is None else ChosenGenes(space=space.name, choices=choices)


def largest_of(space: NetworkSource) -> str | int:
    """Return the text of the largest network or its size; nothing where the space says neither."""
    return space.largest if isinstance(space, HasLargest) else ""


def family_of(space: NetworkSource) -> str:
    """Return what kind of networks a space holds; nothing where it does not say."""
    return space.family if isinstance(space, HasFamily) else ""


def kin_of(space: NetworkSource) -> str:
    """Return the name of what a space is held out as: its own, or of one that it shares."""
    return (space.kin if isinstance(space, HasKin) else "") or space.name


def matrices_of(
    space: NetworkSource, architecture: Architecture, dataset: Dataset
) -> Shapes | None:
    """Return the shapes of all weight matrices of a network, if the space states them."""
    return space.matrices(architecture, dataset) if isinstance(space, HasMatrices) else None


def structure_of(
    space: NetworkSource, architecture: Architecture, dataset: Dataset
) -> Structure | None:
    """Return what is counted of a network, if the space states it."""
    return space.structure(architecture, dataset) if isinstance(space, HasStructure) else None


def usual_size_of(space: NetworkSource) -> float | None:
    """Return thousands of parameters, where the space states a usual size."""
    return space.usual_size if isinstance(space, HasUsualSize) else None


Lacks: TypeAlias = Callable[[NetworkSource], str]
"""Tells what a space does not say that a plugin has to know, as a sentence; nothing if it does."""


class Particular(Protocol):
    """A plugin that is not for every space."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def spaces(self) -> tuple[str, ...]:
        """Names of the only spaces that it supports; empty for all."""
        ...

    @property
    def lacks(self) -> Lacks:
        """What it has to know of a space."""
        ...


def lacks_nothing(space: NetworkSource) -> str:
    """Ask nothing of a space."""
    return ""


def why_unsupported(plugin: Particular, space: NetworkSource) -> str:
    """Return why a plugin is not for a space, or nothing."""
    if plugin.spaces and space.name not in plugin.spaces:
        return f"{plugin.name} supports {', '.join(plugin.spaces)}, not {space.name}"
    reason = plugin.lacks(space)
    return f"{plugin.name} does not support {space.name}: {reason}" if reason else ""


def why_no_largest(space: NetworkSource) -> str:
    """Return why nothing can be set against the largest network, or nothing."""
    if largest_of(space):
        return ""
    return (
        f"{space.name} does not say which of its networks is the largest (attribute "
        "largest), and a sample of them does not tell"
    )


def why_no_usual_size(space: NetworkSource) -> str:
    """Return why sizes are not set against a usual one, or nothing."""
    if usual_size_of(space) is not None:
        return ""
    return f"{space.name} states no size to discount from (attribute usual_size)"


def why_untraceable(space: NetworkSource) -> str:
    """Return why the networks of a space cannot be traced, or nothing."""
    return space.untraceable if isinstance(space, Untraceable) else ""

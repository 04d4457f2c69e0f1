"""What a pass is, and what a pass or a proxy is shown of one network."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import (
    TYPE_CHECKING,
    Generic,
    Literal,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    runtime_checkable,
)

from harness.core.errors import ContractError
from harness.core.identity import derived_seed

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Batch
    from harness.core.architecture import Architecture, Dataset, NetworkSource
    from harness.passes.losses import Loss
    from harness.passes.operators import OperatorCall

__all__ = [
    "Observation",
    "OperatorKind",
    "OperatorWatcher",
    "Pass",
    "PassContext",
    "Subject",
    "Watcher",
    "closure",
]

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@runtime_checkable
class Watcher(Protocol):
    """Sees chosen modules during the shared forward pass, so that nothing needs to be kept."""

    def wants(self, module: nn.Module) -> bool:
        """Tell whether `see` shall be called for this module."""
        ...

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        """Look at one call of a module that returns a tensor; gradients are switched off.

        Args:
            module: The module; one that is called twice is seen twice.
            inputs: The first tensor that it was given, by position or by keyword.
            output: What it returned.
        """
        ...


OperatorKind: TypeAlias = Literal[
    "convolution",
    "linear",
    "product",
    "recurrent",
    "embedding",
    "normalisation",
    "attention",
    "relu",
    "activation",
    "pool",
]
"""What an operator computes; `harness.passes.operator_table` lists the functions of each."""


@runtime_checkable
class OperatorWatcher(Protocol):
    """Sees operators of the shared forward pass, be they modules or functions.

    One that is a `Watcher` too sees modules as well, in the order of the calls. An output of a ReLU
    that does not have a row a sample is an error instead of being shown; so is that of the kinds
    that a watcher names in an attribute ``by_sample``, in the place of ReLUs.
    """

    @property
    def kinds(self) -> frozenset[OperatorKind]:
        """The kinds to be told of."""
        ...

    def see_operator(self, call: OperatorCall) -> None:
        """Look at one call, after it; gradients are switched off."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass(Generic[T_co]):
    """One observation of a network, lazily computed and shared by all proxies that declare it.

    Attributes:
        name: Unique name, shown in cost tables.
        compute: Computes the value; reads other passes only through what it declares.
        requires: The passes that `compute` reads.
        watch: Makes a watcher of the shared forward pass for this network, or nothing. What a
            watcher raises is raised where its pass asks for it.
        differentiates: Whether `compute` differentiates the graph of the shared forward pass.
            The forward pass builds a graph only when one of the requested passes does.
        differentiates_twice: Whether `compute` differentiates a gradient of that graph again.
        version: Part of the identity of every score that rests on this pass.
    """

    name: str
    compute: Callable[[PassContext], T_co]
    requires: tuple[Pass[object], ...] = ()
    watch: Callable[[], Watcher | OperatorWatcher] | None = None
    differentiates: bool = False
    differentiates_twice: bool = False
    version: str = "1"

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        """Pickle a pass that is a module's constant by reference: it stays the same pass."""
        module = sys.modules.get(self.compute.__module__)
        for name, value in vars(module).items() if module else ():
            if value is self and module is not None:
                return _constant, (module.__name__, name)
        rebuilt = partial(
            Pass,
            name=self.name,
            compute=self.compute,
            requires=self.requires,
            watch=self.watch,
            differentiates=self.differentiates,
            differentiates_twice=self.differentiates_twice,
            version=self.version,
        )
        return rebuilt, ()


def _constant(module: str, name: str) -> Pass[object]:
    constant: Pass[object] = getattr(importlib.import_module(module), name)
    return constant


def closure(passes: Iterable[Pass[object]]) -> tuple[Pass[object], ...]:
    """Return the passes and everything they rest on, requirements first, each once."""
    ordered: dict[Pass[object], None] = {}

    def visit(wanted: Pass[object]) -> None:
        if wanted not in ordered:
            for required in wanted.requires:
                visit(required)
            ordered[wanted] = None

    for wanted in passes:
        visit(wanted)
    return tuple(ordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One architecture about to be observed, and the conditions.

    Attributes:
        seed: The run's seed; every draw derives from it, a name and the architecture.
        batch: Inputs and labels, already on `device`.
        loss: What proxies differentiate, see `harness.passes.losses`; ``""``: that of the data
            set.
        real: Whether networks with complex weights are unsupported: no proxy of this package is
            defined for them.
    """

    architecture: Architecture
    space: NetworkSource
    dataset: Dataset
    batch: Batch
    seed: int
    device: torch.device
    loss: Loss = ""
    real: bool = True


class Observation:
    """One network as a proxy sees it: the passes it declared, and a seed of its own."""

    def __init__(
        self,
        reader: str,
        allowed: tuple[Pass[object], ...],
        look_up: Callable[..., object],
        seed: int,
    ) -> None:
        self._reader = reader
        self._allowed = frozenset(allowed)
        self._look_up = look_up
        self.seed = seed

    def __getitem__(self, wanted: Pass[T]) -> T:
        """Return the value of a declared pass, computing it when nobody has yet.

        Raises:
            ContractError: It is no pass, or one that was not declared.
        """
        if not isinstance(wanted, Pass):
            raise ContractError(
                f"{self._reader} reads {wanted!r}, which is no pass; import the pass that it "
                "reads, see harness list passes"
            )
        if wanted not in self._allowed:
            raise ContractError(
                f"{self._reader} reads the pass {wanted.name!r} without declaring it; "
                f"add it to its passes"
            )
        return cast("T", self._look_up(wanted))


class PassContext(Observation):
    """One network as a pass sees it: also the bare subject and the list of what is wanted.

    Attributes:
        subject: Architecture, batch, device, seed.
        requested: All passes that will be asked for on this network.
        charging: Opens a block whose time is charged to another pass, by name.
        forwards, backwards, images, labels: Counts that `compute` adds up for the cost table.
    """

    def __init__(
        self,
        wanted: Pass[object],
        look_up: Callable[[Pass[object]], object],
        subject: Subject,
        requested: tuple[Pass[object], ...],
        charging: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        seed = derived_seed(subject.seed, wanted.name, subject.architecture.text)
        super().__init__(f"pass {wanted.name!r}", wanted.requires, look_up, seed)
        self.subject = subject
        self.requested = requested
        self.charging = charging
        self.forwards = 0
        self.backwards = 0
        self.images = 0
        self.labels = 0

    def close(self) -> None:
        """Let go of the other passes.

        Without that, a value that refers to the context would keep all values alive in a circle,
        and graphs of gigabytes would wait for the garbage collector.
        """
        self._look_up = partial(_closed, self._reader)


def _closed(reader: str, wanted: Pass[object]) -> object:
    raise ContractError(f"{reader} reads the pass {wanted.name!r} after it was computed")

"""Networks of one's own as a source that passes observe: modules, or functions that build them.

A module is scored as it is: every pass gets a copy of it, with its own weights. A function builds
the network anew each time from torch's global generator, which is seeded before each call.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.core.errors import DataError, UnsupportedError, UsageError, sentence_of
from harness.passes.network_call import plain_network

if TYPE_CHECKING:
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.losses import Loss

__all__ = ["Network", "OwnNetworks"]

Network: TypeAlias = "nn.Module | Callable[[], nn.Module]"
"""A module, or a function without arguments that builds one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnNetworks:
    """Networks by their names.

    Attributes:
        networks: Modules and functions by name; a name is the text of the architecture.
        example: Inputs of one sample, with which networks are traced.
        loss: A loss of one's own, see `harness.passes.losses`; empty for that of the data set.
        folder: Where the modules lie that worker processes import for them; empty for none.
    """

    networks: Mapping[str, Network]
    example: Inputs
    loss: Loss = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """Name in messages."""
        return "a network of one's own"

    def architecture(self, name: str) -> Architecture:
        """Return the architecture that stands for a network."""
        return Architecture(space=self.name, text=name)

    def graph(self, architecture: Architecture) -> CellGraph:
        """Trace a network, and return its operators in words.

        Raises:
            UnsupportedError: It cannot be traced.
        """
        from harness.computation_graphs.cell_graph import cell_of

        try:
            return cell_of(plain_network(self.build(architecture.text)), self.example)
        except DataError as error:
            raise UnsupportedError(f"{architecture.text} has no graph: {error}") from error

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build a network, see `build`; the data set is whatever it was made for."""
        return self.build(architecture.text)

    def build(self, name: str) -> nn.Module:
        """Return a copy of a module, or call the function that builds one.

        Raises:
            UsageError: A module cannot be copied, or a function raises or returns something else.
        """
        from torch import nn

        given = self.networks[name]
        if isinstance(given, nn.Module):
            return _copied(given, name)
        try:
            built = given()
        except (Exception, SystemExit) as error:
            raise UsageError(
                f"the function that builds {name} raises {sentence_of(error)}"
            ) from error
        if not isinstance(built, nn.Module):
            raise UsageError(
                f"the function that builds {name} returns a {type(built).__name__} instead of a "
                "torch module"
            )
        return built

    def __reduce__(self) -> tuple[Callable[..., OwnNetworks], tuple[bytes, str]]:
        """Pickle networks by value where nothing can be imported, such as those of a script."""
        import cloudpickle

        return _unpickled, (
            cloudpickle.dumps((dict(self.networks), self.example, self.loss)),
            self.folder,
        )


def _copied(module: nn.Module, name: str) -> nn.Module:
    try:
        copied = copy.deepcopy(module)
    except Exception as error:
        raise UsageError(
            f"{name} cannot be copied ({sentence_of(error)}); give a function that builds it"
        ) from error
    for parameter in copied.parameters():
        parameter.grad = None
    return copied


def _unpickled(payload: bytes, folder: str) -> OwnNetworks:
    import cloudpickle

    if folder and folder not in sys.path:
        sys.path.insert(0, folder)
    networks, example, loss = cloudpickle.loads(payload)
    return OwnNetworks(networks=networks, example=example, loss=loss, folder=folder)

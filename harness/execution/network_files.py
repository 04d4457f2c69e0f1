"""Python files that hold a network: ``FILE.py`` or ``FILE.py:NAME``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from harness.core.errors import ContractError, UsageError, sentence_of
from harness.isolation import isolated_generators
from harness.own_code import OwnCode, execute_file

__all__ = ["NetworkFile", "read_network_file"]

_NAMES = ("network", "model")
_RESERVED = ("inputs", "labels", "loss", "main")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFile:
    """What a file says of a network.

    Attributes:
        name: Name of the network in the file; that of the file where it is ``network``.
        network: A module, a function that builds one, or a mapping of names to these.
        inputs: Its constant ``inputs``, or what the function of that name returns; None without.
        labels: Likewise.
        loss: Its ``loss``, a name or a function; None without.
        folder: Where the file lies.
        code: Digest of the file's code.
    """

    name: str
    network: object
    inputs: object
    labels: object
    loss: object
    folder: str
    code: str


def read_network_file(reference: str, seed: int) -> NetworkFile:
    """Execute a file and return the network in it.

    Args:
        reference: ``FILE.py`` or ``FILE.py:NAME``. Without a name it is ``network`` or ``model``,
            or else the only module, function without arguments, or class of a module.
        seed: Seed of what the file draws while it is executed.

    Raises:
        UsageError: There is no such file or name, or several networks could be meant.
        ContractError: The file cannot be imported.
    """
    import torch

    path, name = _split(reference)
    with isolated_generators(seed, torch.device("cpu")):
        loaded = _imported(path)
        module = loaded.module
        chosen = name or _only_name(module, path)
        if chosen not in vars(module):
            raise UsageError(f"{path} has no {chosen!r}; {_offer(module)}")
        return NetworkFile(
            name=path.stem if chosen in _NAMES else chosen,
            network=getattr(module, chosen),
            inputs=_value(module, "inputs", path),
            labels=_value(module, "labels", path),
            loss=getattr(module, "loss", None),
            folder=str(path.resolve().parent),
            code=loaded.digest,
        )


def _split(reference: str) -> tuple[Path, str]:
    text, colon, name = reference.rpartition(":")
    if not colon or not text.endswith(".py"):
        text, name = reference, ""
    path = Path(text)
    if path.suffix != ".py":
        raise UsageError(f"{reference!r} is no Python file; give FILE.py or FILE.py:NAME")
    return path, name


def _imported(path: Path) -> OwnCode:
    """Execute a file; modules beside it can be imported, as in a script."""
    import cloudpickle

    loaded = execute_file(path, "network", path.resolve().parent)
    cloudpickle.register_pickle_by_value(loaded.module)  # workers cannot import it
    return loaded


def _only_name(module: ModuleType, path: Path) -> str:
    for name in _NAMES:
        if name in vars(module):
            return name
    for names in _candidates(module):
        if len(names) == 1:
            return names[0]
        if names:
            raise UsageError(
                f"{path} holds several networks: {', '.join(names)}; choose one, e.g. "
                f"{path}:{names[0]}"
            )
    raise UsageError(
        f"{path} holds no network; define one called network: a torch module, or a function "
        "without arguments that returns one"
    )


def _candidates(module: ModuleType) -> tuple[list[str], list[str]]:
    """Return names of modules with parameters, and of what builds a module without arguments."""
    from torch import nn

    own = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and name not in _RESERVED
    }
    modules = [
        name
        for name, value in own.items()
        if isinstance(value, nn.Module) and next(value.parameters(), None) is not None
    ]
    builders = [
        name
        for name, value in own.items()
        if getattr(value, "__module__", "") == module.__name__
        and (inspect.isfunction(value) or _is_class_of_modules(value))
        and _takes_nothing(value)
    ]
    return modules, builders


def _is_class_of_modules(value: object) -> bool:
    from torch import nn

    return isinstance(value, type) and issubclass(value, nn.Module)


def _takes_nothing(value: object) -> bool:
    """Tell whether something can be called without arguments."""
    if not callable(value):
        return False
    try:
        inspect.signature(value).bind()
    except (TypeError, ValueError):
        return False
    return True


def _offer(module: ModuleType) -> str:
    names = [name for names in _candidates(module) for name in names]
    return f"it has {', '.join(names)}" if names else "it holds no network"


def _value(module: ModuleType, name: str, path: Path) -> object:
    value = getattr(module, name, None)
    if isinstance(value, Mapping) or not callable(value):
        return value
    call: Callable[[], object] = value
    try:
        return call()
    except (Exception, SystemExit) as error:
        raise ContractError(f"{name} of {path} raises {sentence_of(error)}") from error

"""The one place where passes call a network: its type of numbers, its hooks, its output.

Networks are the user's own. What torch cannot compute of one is told by `network_errors`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, ValuesView
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from harness.batches.source import each_tensor, tensors_of
from harness.core.errors import UnsupportedError
from harness.passes.buffers import scratch_buffers
from harness.passes.layout import at_least_float32
from harness.passes.network_errors import explain_errors

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs

__all__ = [
    "See",
    "call_network",
    "changed",
    "class_logits",
    "differentiating",
    "first_samples",
    "in_type_of",
    "kept_modes",
    "logits_of",
    "plain_network",
    "run_network",
    "single_input",
    "tensors_in",
    "unfreeze_parameters",
    "watched_calls",
]

T_inputs = TypeVar("T_inputs", bound="Inputs")

See = Callable[["nn.Module", "list[torch.Tensor]", "torch.Tensor"], "torch.Tensor | None"]
"""Sees the tensors that a module was given, and the one it returned; may return another output."""


@contextmanager
def differentiating(network: nn.Module) -> Iterator[None]:
    """Open a block of backward passes through a network.

    What torch says of it is explained, see `explain_errors`; and its buffers are kept, since layers
    under checkpoints are computed again.
    """
    from harness.passes.operators import runs_as_modules

    buffers = nullcontext() if runs_as_modules(network) else scratch_buffers(network)
    with explain_errors(network), buffers:
        yield


def plain_network(network: nn.Module) -> nn.Module:
    """Return a network whose modules are called one by one: what `torch.compile` wraps.

    Raises:
        UnsupportedError: Parts of it are compiled, or have no parameters yet.
    """
    import torch
    from torch.nn.parameter import is_lazy

    whole = getattr(network, "_orig_mod", network)
    for name, module in whole.named_modules():
        compiled = isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod")
        if compiled or module._compiled_call_impl is not None:
            raise UnsupportedError(
                f"{type(module).__name__} {name!r} is compiled, and nothing inside of it can be "
                "observed; score the network as it was before"
            )
        tensors = (*module._parameters.values(), *module._buffers.values())
        if any(is_lazy(tensor) for tensor in tensors):
            raise UnsupportedError(
                f"{type(module).__name__} {name!r} has no parameters before its first call; call "
                "the network once where it is built"
            )
    return whole


def in_type_of(network: nn.Module, inputs: T_inputs) -> T_inputs:
    """Return real inputs in the type of numbers of a network's first parameter or buffer."""
    from harness.computation_graphs.tracing import number_type

    dtype = number_type(network)
    return inputs if dtype is None else changed(inputs, partial(_as_type, dtype), real=True)


def _as_type(dtype: torch.dtype, tensor: torch.Tensor) -> torch.Tensor:
    return tensor.to(dtype)


def single_input(inputs: Inputs) -> torch.Tensor:
    """Return the one real tensor that a network is called with.

    Raises:
        UnsupportedError: It is called with several tensors, or with token ids.
    """
    tensors = tensors_of(inputs)
    if len(tensors) > 1:
        raise UnsupportedError(
            f"the network takes {len(tensors)} tensors, and this is defined for one"
        )
    if not tensors[0].is_floating_point():
        raise UnsupportedError("the network takes token ids, and this is defined for real inputs")
    return tensors[0]


def changed(
    inputs: T_inputs, change: Callable[[torch.Tensor], torch.Tensor], *, real: bool = False
) -> T_inputs:
    """Return a network's inputs with every tensor changed, or with every real one."""

    def apply(tensor: torch.Tensor) -> torch.Tensor:
        return change(tensor) if tensor.is_floating_point() or not real else tensor

    return cast("T_inputs", each_tensor(inputs, apply))


def first_samples(inputs: T_inputs, count: int) -> T_inputs:
    """Return the first samples of a network's inputs."""
    return changed(inputs, lambda tensor: tensor[:count])


def tensors_in(values: object) -> Iterator[torch.Tensor]:
    """Yield the tensors among values, inside of lists, tuples and dictionaries too."""
    import torch

    match values:
        case torch.Tensor():
            yield values
        case Mapping():
            for value in values.values():
                yield from tensors_in(value)
        case list() | tuple() | ValuesView():
            for value in values:
                yield from tensors_in(value)
        case _:
            return


def call_network(network: nn.Module, inputs: Inputs, labels: torch.Tensor | None = None) -> object:
    """Call a network on inputs in its own type of numbers, and return what it returns.

    The network gets a copy, which it may write to, and keeps its modes. Attention and, on a GPU,
    recurrent layers are computed step by step, by the form that can be differentiated twice, so
    that a score does not depend on what else is asked.

    Args:
        network: Called ``network(x)``, ``network(*xs)`` or ``network(**xs)``.
        inputs: A tensor, a tuple or a mapping.
        labels: For networks that compute a loss of their own; given to those that take them.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    keywords = {} if labels is None else _label_argument(network, labels)
    copy = changed(in_type_of(network, inputs), lambda tensor: tensor.clone())
    attention, recurrent = sdpa_kernel(SDPBackend.MATH), _recurrent_in_steps(network)
    with explain_errors(network), kept_modes(network), attention, recurrent:
        output: object
        match copy:
            case tuple():
                output = network(*copy, **keywords)
            case Mapping():
                output = network(**copy, **keywords)
            case _:
                output = network(copy, **keywords)
    return output


@contextmanager
def _recurrent_in_steps(network: nn.Module) -> Iterator[None]:
    """Let a GPU compute recurrent layers without cuDNN in a block.

    Those of cuDNN cannot be differentiated twice, and not at all in evaluation mode.
    """
    from torch import nn
    from torch.backends import cudnn

    if not any(isinstance(module, nn.RNNBase) for module in network.modules()):
        yield
        return
    before = cudnn.enabled
    cudnn.enabled = False
    try:
        yield
    finally:
        cudnn.enabled = before


def _label_argument(network: nn.Module, labels: torch.Tensor) -> dict[str, torch.Tensor]:
    known = inspect.signature(network.forward).parameters
    named = [name for name in ("labels", "targets", "target", "y") if name in known]
    return {named[0]: labels} if named else {}


def run_network(network: nn.Module, inputs: Inputs) -> torch.Tensor:
    """Call a network, leave its buffers, such as running statistics, as they were.

    Returns:
        Its logits, see `logits_of`.
    """
    with scratch_buffers(network):
        return logits_of(network, call_network(network, inputs))


@contextmanager
def kept_modes(network: nn.Module) -> Iterator[None]:
    """Leave every module in the mode it was in, whatever a forward pass switches."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            if module.training is not training:
                module.training = training


def logits_of(network: nn.Module, output: object) -> torch.Tensor:
    """Return the logits in what a network returned.

    That is a tensor, of which ``(n, classes, 1, 1)`` becomes ``(n, classes)``; what is called
    ``logits`` or ``out``; or the first of several tensors ``(n, classes)`` of one shape, such as
    those of a main and an auxiliary head; or the only one of a tuple that is no scalar and no
    vector, such as that beside a loss.

    Raises:
        UnsupportedError: It cannot be told which part the logits are.
    """
    import torch

    if isinstance(output, torch.Tensor):
        return _flat(output)
    named = output if isinstance(output, Mapping) else getattr(output, "__dict__", {})
    fields = getattr(output, "_fields", ())
    if isinstance(output, tuple) and fields:
        named = dict(zip(fields, output, strict=True))
    for name in ("logits", "out"):
        value = named.get(name, getattr(output, name, None))
        if isinstance(value, torch.Tensor):
            return _flat(value)
    parts = output if isinstance(output, list | tuple) else list(named.values())
    tensors = [_flat(part) for part in parts if isinstance(part, torch.Tensor) and part.dim() > 1]
    logits = [tensor for tensor in tensors if tensor.dim() == 2]
    if len(tensors) == 1 and isinstance(output, list | tuple):
        return tensors[0]
    if not logits or any(other.shape != logits[0].shape for other in logits):
        raise UnsupportedError(
            f"{type(network).__name__} returns a {type(output).__name__}, and it cannot be told "
            "which part of it the logits are; return a tensor, or call them 'logits'"
        )
    return logits[0]


def class_logits(network: nn.Module, logits: torch.Tensor) -> torch.Tensor:
    """Return logits ``(n, classes)`` in float32 or better.

    Raises:
        UnsupportedError: The network returns something else, such as an image.
    """
    if logits.dim() != 2:
        raise UnsupportedError(
            f"{type(network).__name__} returns {tuple(logits.shape)} instead of logits (n, "
            "classes) of samples; with labels of tokens, pixels or values, take the loss "
            "'per_token', 'per_pixel' or 'regression'"
        )
    return at_least_float32(logits)


def _flat(output: torch.Tensor) -> torch.Tensor:
    return output.flatten(1) if output.dim() == 4 and output.shape[2:] == (1, 1) else output


@contextmanager
def watched_calls(modules: Iterable[nn.Module], see: See) -> Iterator[None]:
    """Call `see` after every call of the modules that was given a tensor and returned one."""
    import torch

    def hook(
        module: nn.Module,
        arguments: tuple[object, ...],
        keywords: dict[str, object],
        output: object,
    ) -> torch.Tensor | None:
        inputs = _tensor_arguments(module, arguments, keywords)
        if not inputs or not isinstance(output, torch.Tensor):
            return None
        return see(module, inputs, output)

    handles = [module.register_forward_hook(hook, with_kwargs=True) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _tensor_arguments(
    module: nn.Module, arguments: tuple[object, ...], keywords: Mapping[str, object]
) -> list[torch.Tensor]:
    """Return the tensors among the arguments of a call, in the order of `module.forward`.

    Tensors inside of lists, tuples and dictionaries count; positional and keyword arguments alike.
    """
    import torch

    if len(arguments) == 1 and not keywords and isinstance(arguments[0], torch.Tensor):
        return [arguments[0]]  # by far the most calls
    if not keywords:
        return list(tensors_in(arguments))
    signature = inspect.signature(module.forward)
    return list(tensors_in(signature.bind(*arguments, **keywords).arguments))


@contextmanager
def unfreeze_parameters(network: nn.Module) -> Iterator[None]:
    """Let every parameter have a gradient in a block; no definition knows of frozen weights."""
    frozen = [
        parameter
        for parameter in network.parameters()
        if not parameter.requires_grad and parameter.is_floating_point()
    ]
    for parameter in frozen:
        parameter.requires_grad = True
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.requires_grad = False

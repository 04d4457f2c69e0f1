"""Process-wide switches of torch, numpy and Python: what each says now, and how to set it back.

No such list is complete; code from outside is therefore scored in processes of its own. It serves
to name the plugin that left something changed, and to protect scores where a process is shared.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from harness.isolation.surroundings import SURROUNDINGS

__all__ = ["Switch", "switches"]

_FUNCTIONS = (
    ("torch.get_default_dtype", "torch.set_default_dtype"),
    ("torch.is_grad_enabled", "torch._C._set_grad_enabled"),
    ("torch.get_deterministic_debug_mode", "torch.set_deterministic_debug_mode"),
    ("torch.get_float32_matmul_precision", "torch.set_float32_matmul_precision"),
    ("torch.get_num_threads", "torch.set_num_threads"),
    ("torch.is_warn_always_enabled", "torch.set_warn_always"),
    ("torch.is_autocast_cache_enabled", "torch.set_autocast_cache_enabled"),
    ("torch._C._is_fwd_grad_enabled", "torch._C._set_fwd_grad_enabled"),
    ("torch._C._is_multithreading_enabled", "torch._C._set_multithreading_enabled"),
    ("torch._C._is_view_replay_enabled", "torch._C._set_view_replay_enabled"),
    ("torch._C._get_autograd_fallback_mode", "torch._C._set_autograd_fallback_mode"),
    ("torch._C._check_sparse_tensor_invariants", "torch._C._set_check_sparse_tensor_invariants"),
    ("torch._C._get_graph_executor_optimize", "torch._C._set_graph_executor_optimize"),
    (
        "torch._C._warn_on_accumulate_grad_stream_mismatch",
        "torch._C._set_warn_on_accumulate_grad_stream_mismatch",
    ),
    (
        "torch._C._get_cpu_allow_fp16_reduced_precision_reduction",
        "torch._C._set_cpu_allow_fp16_reduced_precision_reduction",
    ),
    ("torch._C._get_sdp_priority_order", "torch._C._set_sdp_priority_order"),
    ("torch._C._get_nnpack_enabled", "torch._C._set_nnpack_enabled"),
    ("torch._C._get_linalg_preferred_backend", "torch._C._set_linalg_preferred_backend"),
    ("torch._C._get_blas_preferred_backend", "torch._C._set_blas_preferred_backend"),
    (
        "torch.__future__.get_swap_module_params_on_conversion",
        "torch.__future__.set_swap_module_params_on_conversion",
    ),
    (
        "torch.__future__.get_overwrite_module_params_on_conversion",
        "torch.__future__.set_overwrite_module_params_on_conversion",
    ),
    ("torch.backends.mha.get_fastpath_enabled", "torch.backends.mha.set_fastpath_enabled"),
    ("torch.backends.cuda.flash_sdp_enabled", "torch.backends.cuda.enable_flash_sdp"),
    (
        "torch.backends.cuda.mem_efficient_sdp_enabled",
        "torch.backends.cuda.enable_mem_efficient_sdp",
    ),
    ("torch.backends.cuda.math_sdp_enabled", "torch.backends.cuda.enable_math_sdp"),
    ("torch.backends.cuda.cudnn_sdp_enabled", "torch.backends.cuda.enable_cudnn_sdp"),
    (
        "torch.backends.cuda.fp16_bf16_reduction_math_sdp_allowed",
        "torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp",
    ),
    ("torch.multiprocessing.get_sharing_strategy", "torch.multiprocessing.set_sharing_strategy"),
    (
        "torch.serialization.get_default_load_endianness",
        "torch.serialization.set_default_load_endianness",
    ),
    (
        "torch.serialization.get_default_mmap_options",
        "torch.serialization.set_default_mmap_options",
    ),
    ("torch.serialization.get_crc32_options", "torch.serialization.set_crc32_options"),
    ("torch.hub.get_dir", "torch.hub.set_dir"),
    ("numpy.getbufsize", "numpy.setbufsize"),
    ("numpy.geterrcall", "numpy.seterrcall"),
    ("sys.getswitchinterval", "sys.setswitchinterval"),
    ("sys.get_int_max_str_digits", "sys.set_int_max_str_digits"),
    ("sys.gettrace", "sys.settrace"),
    ("sys.getprofile", "sys.setprofile"),
    ("socket.getdefaulttimeout", "socket.setdefaulttimeout"),
    ("os.getcwd", "os.chdir"),
)
"""Functions that read and set."""

_ATTRIBUTES = (
    ("torch._GLOBAL_DEVICE_CONTEXT", "device_context"),
    ("torch.utils._device", "CURRENT_DEVICE"),
    ("torch.utils.deterministic", "fill_uninitialized_memory"),
    ("torch.utils.checkpoint", "_checkpoint_debug_enabled"),
    ("torch.utils.checkpoint", "_enable_checkpoint_early_stop"),
    ("torch.nn.modules.module", "_global_is_full_backward_hook"),
    ("torch.backends.mkldnn", "enabled"),
    ("torch.backends.mkldnn", "deterministic"),
    ("torch.backends", "fp32_precision"),
    ("torch.backends.mkldnn", "fp32_precision"),
    ("torch.backends.mkldnn.matmul", "fp32_precision"),
    ("torch.backends.mkldnn.conv", "fp32_precision"),
    ("torch.backends.mkldnn.rnn", "fp32_precision"),
    ("torch.backends.cudnn", "enabled"),
    ("torch.backends.cudnn", "benchmark"),
    ("torch.backends.cudnn", "benchmark_limit"),
    ("torch.backends.cudnn", "deterministic"),
    ("torch.backends.cudnn", "depthwise_kernel"),
    ("torch.backends.cudnn", "fp32_precision"),
    ("torch.backends.cudnn.conv", "fp32_precision"),
    ("torch.backends.cudnn.rnn", "fp32_precision"),
    ("torch.backends.cuda.matmul", "fp32_precision"),
    ("torch.backends.cuda.matmul", "allow_fp16_reduced_precision_reduction"),
    ("torch.backends.cuda.matmul", "allow_bf16_reduced_precision_reduction"),
    ("torch.backends.cuda.matmul", "allow_fp16_accumulation"),
    ("torch.backends.miopen", "immediate"),
    ("torch.backends.opt_einsum", "enabled"),
    ("torch.backends.opt_einsum", "strategy"),
    ("torch.backends.quantized", "engine"),
    ("sys", "stdin"),
    ("sys", "stdout"),
    ("sys", "stderr"),
    ("sys", "excepthook"),
    ("sys", "displayhook"),
    ("threading", "excepthook"),
    ("tempfile", "tempdir"),
)
"""Objects and their attributes."""

_OLDER_ATTRIBUTES = (
    ("torch.backends.cudnn", "allow_tf32"),
    ("torch.backends.cuda.matmul", "allow_tf32"),
)
"""Those that say the same before torch has ``fp32_precision``."""

_HOOKS = ("torch.nn.modules.module", "torch.optim.optimizer")
"""Modules with hooks of all modules or optimisers, in dictionaries named ``_global...``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something process-wide.

    Attributes:
        name: What messages call it.
        read: What it says now; values compare with ``==``.
        write: Sets what was read before.
        set_by_imports: Whether packages commonly change it when they are first imported, and no
            score depends on it.
    """

    name: str
    read: Callable[[], object]
    write: Callable[[Any], object]
    set_by_imports: bool = False


def switches() -> tuple[Switch, ...]:
    """Return all that exist in the installed versions; imports torch and numpy.

    What lies in a module that nobody has imported cannot have been changed: it is left out. No
    other module is imported for it; that of torch's compiler alone takes two seconds, which every
    worker process would pay.
    """
    tempfile.gettempdir()  # decides for good where temporary files go
    return (
        *_read_by_functions(),
        *_read_as_attributes(),
        *_torch_modes(),
        *_numpy(),
        *_hooks(),
        *(
            Switch(name=name, read=read, write=write, set_by_imports=common)
            for name, read, write, common in SURROUNDINGS
        ),
    )


def _read_by_functions() -> Iterable[Switch]:
    for reader, writer in _FUNCTIONS:
        read, write = _known(reader), _known(writer)
        if read is not None and write is not None:
            yield Switch(name=f"{reader}()", read=read, write=write)


def _read_as_attributes() -> Iterable[Switch]:
    import torch

    names: tuple[tuple[str, str], ...] = _ATTRIBUTES
    if not hasattr(torch.backends.cudnn, "fp32_precision"):
        names += _OLDER_ATTRIBUTES
    for path, attribute in names:
        owner = _known(path)
        if owner is not None:
            yield Switch(
                name=f"{path}.{attribute}",
                read=partial(getattr, owner, attribute, None),
                write=partial(setattr, owner, attribute),
            )


def _known(path: str) -> Any:  # noqa: ANN401 - whatever lies there
    """Return what lies at a dotted path, or None where there is no such thing (yet)."""
    root, *names = path.split(".")
    place: Any = importlib.import_module(root)
    for number, name in enumerate(names, start=1):
        module = ".".join([root, *names[:number]])
        # Not the attribute of a plain module first: torch imports some modules when they are read.
        is_plain = type(place) is ModuleType
        known = vars(place).get(name) if is_plain else getattr(place, name, None)
        place = known or sys.modules.get(module)
        if place is None:
            return None
    return place


def _torch_modes() -> Iterable[Switch]:
    import torch
    from torch import overrides
    from torch.utils import _python_dispatch

    yield Switch(
        name="the modes of torch functions",
        read=lambda: list(overrides._get_current_function_mode_stack()),  # type: ignore[no-untyped-call]
        write=partial(_enter_again, overrides, "_get_current_function_mode_stack"),
    )
    yield Switch(
        name="the modes of torch dispatch",
        read=lambda: list(_python_dispatch._get_current_dispatch_mode_stack()),
        write=partial(_enter_again, _python_dispatch, "_get_current_dispatch_mode_stack"),
    )
    yield Switch(
        name="torch.compiler.set_stance", read=_compiler_stance, write=_set_compiler_stance
    )
    yield Switch(
        name="torch.is_inference_mode_enabled()",
        read=torch.is_inference_mode_enabled,
        write=_InferenceMode().set,
    )
    yield Switch(
        name="torch.is_anomaly_enabled()",
        read=lambda: (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        write=lambda value: torch.set_anomaly_enabled(*value),
    )
    for device in ("cpu", "cuda"):
        yield Switch(
            name=f"torch.is_autocast_enabled({device!r})",
            read=partial(torch.is_autocast_enabled, device),
            write=partial(torch.set_autocast_enabled, device),
        )
        yield Switch(
            name=f"torch.get_autocast_dtype({device!r})",
            read=partial(torch.get_autocast_dtype, device),
            write=partial(torch.set_autocast_dtype, device),
        )
    if hasattr(torch._C._autograd, _TOP_HOOKS):
        yield Switch(
            name="torch's hooks of saved tensors",
            read=partial(getattr(torch._C._autograd, _TOP_HOOKS), False),
            write=_leave_saved_tensors,
        )
    yield Switch(
        name="torch's ban of hooks of saved tensors",
        read=torch._C._autograd._saved_tensors_hooks_get_disabled_error_message,
        write=_ban_saved_tensors,
    )
    yield Switch(
        name="torch.set_flush_denormal", read=_flushes_denormals, write=torch.set_flush_denormal
    )
    yield Switch(
        name="torch.set_printoptions",
        read=lambda: dict(vars(torch._tensor_str.PRINT_OPTS)),
        write=lambda value: vars(torch._tensor_str.PRINT_OPTS).update(value),
    )


def _enter_again(owner: Any, stack: str, wanted: Sequence[object]) -> None:  # noqa: ANN401
    """Leave the modes that were entered since, and enter again those that were left."""
    present = list(getattr(owner, stack)())
    while present and present != list(wanted[: len(present)]):
        owner._pop_mode()
        present.pop()
    for mode in wanted[len(present) :]:
        owner._push_mode(mode)


_TOP_HOOKS = "_top_saved_tensors_default_hooks"
"""Function that reads which hooks of saved tensors are in force; torch 2.5 does not have it."""

_STANCE = ("default", False, None)
"""The stance of torch's compiler as long as nobody has imported it, and in torch 2.5 always."""


def _compiler_stance() -> tuple[object, ...]:
    module = sys.modules.get("torch._dynamo.eval_frame")
    stance = getattr(module, "_stance", None)
    if stance is None:
        return _STANCE
    return stance.stance, stance.skip_guard_eval_unsafe, stance.backend


def _set_compiler_stance(wanted: Sequence[Any]) -> None:
    module = sys.modules["torch._dynamo.eval_frame"]
    module._stance = module.DynamoStance(*wanted)  # type: ignore[attr-defined]


class _InferenceMode:
    """Sets inference mode by a guard of torch's, which holds as long as this object."""

    def __init__(self) -> None:
        self._held: list[object] = []

    def set(self, value: bool) -> None:
        import torch

        self._held.append(torch._C._InferenceMode(value))


def _leave_saved_tensors(wanted: object) -> None:
    import torch

    autograd = torch._C._autograd
    while getattr(autograd, _TOP_HOOKS)(False) not in (None, wanted):
        autograd._pop_saved_tensors_default_hooks()


def _ban_saved_tensors(reason: str | None) -> None:
    import torch

    if reason is None:
        torch._C._autograd._saved_tensors_hooks_enable()
    else:
        torch._C._autograd._saved_tensors_hooks_disable(reason)


def _flushes_denormals() -> bool:
    """Tell whether numbers below the normal range become zero; torch has no function for it."""
    half = float("0.5")  # no literal, so that the product is not computed by the compiler
    return half * sys.float_info.min == 0.0


def _numpy() -> Iterable[Switch]:
    import numpy as np

    yield Switch(name="numpy.geterr()", read=np.geterr, write=lambda value: np.seterr(**value))
    yield Switch(
        name="numpy.get_printoptions()",
        read=np.get_printoptions,
        write=lambda value: np.set_printoptions(
            **{key: option for key, option in value.items() if key != "override_repr"}
        ),
    )


def _hooks() -> Iterable[Switch]:
    for path in _HOOKS:
        module = sys.modules.get(path)
        for name, value in vars(module).items() if module else ():
            if name.startswith("_global") and isinstance(value, dict):
                yield Switch(name=f"{path}.{name}", read=value.copy, write=partial(_refill, value))


def _refill(content: dict[object, object], wanted: dict[object, object]) -> None:
    content.clear()
    content.update(wanted)

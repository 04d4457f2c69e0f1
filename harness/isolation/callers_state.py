"""What a caller has set in torch and numpy, out of force while the harness computes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from harness.isolation.switches import switches

__all__ = ["as_torch_comes"]

_HOOKS = tuple(
    f"torch.nn.modules.module._global_{kind}_hooks"
    for kind in ("forward", "forward_pre", "backward", "backward_pre")
)
"""Hooks of all modules, which a counter or logger of the caller registers."""

_ROUNDED = ("tf32", "bf16")
"""Precisions below that of float32."""


@contextmanager
def as_torch_comes() -> Iterator[None]:
    """Compute in a block as in a new process, whatever the caller has set in this one.

    Worker processes know nothing of a caller's default dtype, autocast or inference mode. Scores
    of this process are stored under the same keys, so none of these may reach them either. What was
    set is set again after the block.
    """
    with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
        if "torch" in sys.modules:
            with _torch():
                yield
        else:  # nobody has set anything in it, and importing it takes seconds
            yield


@contextmanager
def _torch() -> Iterator[None]:
    present = {switch.name: switch for switch in switches()}
    usual = _usual() | {name: {} for name in present if name.startswith(_HOOKS)}
    rounds = [name for name in present if _is_precision(name)]
    if not rounds:  # torch before 2.9, which has this switch alone; later ones refuse to mix both
        usual["torch.get_float32_matmul_precision()"] = "highest"
    changed = []
    try:
        for name, value in [*usual.items(), *((name, "ieee") for name in rounds)]:
            switch = present.get(name)  # torch has not loaded all that it has
            if switch is None or (before := switch.read()) == value:
                continue
            if name not in rounds or before in _ROUNDED:
                changed.append((switch, before))
                switch.write(value)
        yield
    finally:
        for switch, before in reversed(changed):
            switch.write(before)


def _is_precision(name: str) -> bool:
    """Tell whether a switch rounds factors on a processor; GPUs have `reproducible_arithmetic`."""
    return name.endswith(".fp32_precision") and "cudnn" not in name


def _usual() -> dict[str, object]:
    """Return what scores depend on, by the names of switches, as it is when torch is imported."""
    import torch

    return {
        "torch.is_inference_mode_enabled()": False,  # first, since it sets the next two as well
        "torch.is_grad_enabled()": True,
        "torch._C._is_fwd_grad_enabled()": True,
        "torch.is_anomaly_enabled()": (False, True),
        "torch.is_autocast_enabled('cpu')": False,
        "torch.is_autocast_enabled('cuda')": False,
        "the modes of torch dispatch": [],
        "the modes of torch functions": [],  # of a device too
        "torch._GLOBAL_DEVICE_CONTEXT.device_context": None,
        "torch.utils._device.CURRENT_DEVICE": None,
        "torch.get_default_dtype()": torch.float32,
        "torch.get_deterministic_debug_mode()": 0,
        "torch.backends.mkldnn.enabled": True,
        "torch.set_flush_denormal": False,
    }

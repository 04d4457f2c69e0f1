"""Prints as JSON what proxies say of small networks on the processor and on a stand-in for a GPU.

A process of its own, as `tests.standin_device` asks for.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace

import torch

from harness.batches.source import Batch
from harness.catalog import LoadedProxy, installed
from harness.core.errors import UnsupportedError
from harness.core.outcome import Scored, scored
from harness.isolation import isolated_generators
from harness.passes.eproxy.heads import redraw
from harness.passes.eproxy.settings import Start
from harness.passes.observation import Subject
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy
from tests.golden.networks import NAMES, golden
from tests.passes.any_networks import CASES
from tests.passes.subjects import subject
from tests.standin_device import install, standin_device

CPU = torch.device("cpu")
KINDS = (*NAMES, "vit", "gpt", "ecg", "unet")
"""Networks; recurrent layers of torch are not computed on devices of this kind."""


def on_device(kind: str, device: torch.device) -> Subject:
    if kind in CASES:
        known = CASES[kind].subject()
    else:
        drawn = golden(kind)
        known = subject(lambda: golden(kind).network, drawn.inputs, drawn.labels)
    batch = known.batch
    moved = Batch(inputs=batch.inputs.to(device), labels=batch.labels.to(device))
    return replace(known, device=device, batch=moved)


def outcomes(kind: str, device: torch.device) -> dict[str, object]:
    """Return components by proxy, or the sentence that says why there are none."""
    plugins = [loaded.plugin for loaded in installed().of_kind(LoadedProxy).values()]
    of = on_device(kind, device)
    bench = Workbench(of, [needed for plugin in plugins for needed in plugin.passes])
    return {plugin.name: outcome(bench, plugin, device) for plugin in plugins}


def outcome(bench: Workbench, plugin: ZeroCostProxy, device: torch.device) -> object:
    seen = bench.observation(plugin.name, plugin.passes)
    try:
        with isolated_generators(seen.seed, device):
            said = scored(plugin.score(seen), plugin.components, plugin.optional)
    except UnsupportedError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - told to the test
        return f"raised {type(error).__name__}: {error}"
    return dict(said.components) if isinstance(said, Scored) else said.reason


def drawn_weights(device: torch.device) -> dict[str, list[float]]:
    """Return what eproxy draws for weights that lie on a device, by what it draws from."""
    weights = {}
    for start in Start:
        with isolated_generators(3, CPU):
            layer = torch.nn.Conv2d(2, 3, 1).to(device)
            redraw(layer, start)
        weights[start.value] = layer.weight.detach().cpu().flatten().tolist()
    return weights


def refusals(device: torch.device) -> dict[str, str]:
    """Return what the device says of what a GPU refuses; nothing where it does it."""
    here, there = torch.ones(2), torch.ones(2).to(device)
    norm = (there[:, None, None], there[:, None, None], None, None, None, there[:1], there[:1])
    actions: dict[str, Callable[[], object]] = {
        "two devices": lambda: here + there,
        "an array": there.numpy,
        "numbers of its own": lambda: torch.randn(2, device=device),
        "sums without a weight": lambda: torch.ops.aten.native_batch_norm_backward(
            *norm, True, 0.0, (True, True, True)
        ),
        "a number beside": lambda: there * torch.tensor(2.0),
        "indices of the processor": lambda: there[torch.tensor([1, 0])],
        "a copy": lambda: there.cpu().numpy(),
    }
    said = {}
    for name, action in actions.items():
        try:
            action()
        except RuntimeError as error:
            said[name] = str(error)
    return said


def main() -> None:
    torch.set_num_threads(1)
    install()
    on_cpu = {kind: outcomes(kind, CPU) for kind in KINDS}
    drawn = [drawn_weights(CPU)]
    with standin_device() as device:
        on_standin = {kind: outcomes(kind, device) for kind in KINDS}
        drawn.append(drawn_weights(device))
        refused = refusals(device)
    said = {"cpu": on_cpu, "standin": on_standin, "drawn": drawn, "refused": refused}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()

"""The harness from Python: evaluate a proxy and get a pandas frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import torch
    from torch import nn

    from harness.plugin import ZeroCostProxy

    PlainProxy = Callable[[nn.Module, torch.Tensor, torch.Tensor], float]

__all__ = ["evaluate"]

_BESIDE = ("params", "flops", "synflow", "random")


def evaluate(
    proxy: ZeroCostProxy | PlainProxy,
    suite: str = "nb201-quick",
    *,
    beside: Sequence[str] = _BESIDE,
    sample: int | None = None,
    seed: int | None = None,
    results: Path | str = "results",
    workers: int | None = None,
) -> pd.DataFrame:
    """Evaluate a proxy on a suite and return one row a task and plugin.

    Works in scripts (without a main guard too), notebooks, the console and programs from standard
    input. The proxy is scored in worker processes of its own; an edited one, or one whose own
    modules were edited, is scored anew.

    Args:
        proxy: A `harness.plugin.ZeroCostProxy`, or a plain function of an untrained network in
            training mode, images and labels that returns a number, higher for better networks.
        suite: Name of a suite, or the path of its TOML file.
        beside: Names of plugins to evaluate on the same architectures.
        sample: Number of architectures instead of the suite's own.
        seed: Seed instead of the suite's own.
        results: Folder for records; what is stored there is not scored again.
        workers: Worker processes; 0 scores in this process, without time limits, as it does where
            the system starts no processes, with a warning in the log.

    Returns:
        Frame with the columns ``task``, ``plugin``, ``drawn``, ``scored``, ``distinct``,
        ``seconds``, and for every metric its value and the ends of its interval
        (``spearman``, ``spearman_low``, ``spearman_high``, ...). Undefined values are missing.

    Raises:
        HarnessError: What is wrong, where, and what to do.
    """
    from harness.catalog import FromObject, LoadedProxy, installed
    from harness.evaluation import evaluate as evaluated
    from harness.execution.execute import execute
    from harness.execution.run import Options, open_run
    from harness.reports.frames import frame
    from harness.suite import load_suite

    chosen = load_suite(suite).changed(sample=sample, seed=seed)
    plugin = _plugin(proxy)
    mine = FromObject.of(plugin, proxy).load()
    catalog = installed().with_plugin(mine)
    plugins = catalog.choose(LoadedProxy, [*beside, mine.name], "beside")
    options = Options(results=Path(results), workers=workers)
    prepared = open_run(chosen, plugins, options)
    execute(prepared, options, lambda done, total: None)
    return frame(evaluated(prepared))


def _plugin(proxy: ZeroCostProxy | PlainProxy) -> ZeroCostProxy:
    from harness.passes.subject import BUILD, INPUTS, LABELS
    from harness.plugin import Direction, ZeroCostProxy

    if isinstance(proxy, ZeroCostProxy):
        return proxy
    return ZeroCostProxy(
        name=getattr(proxy, "__name__", type(proxy).__name__).strip("<>"),
        version="0",
        summary="a function of network, images and labels",
        direction=Direction.HIGHER,
        passes=(BUILD, INPUTS, LABELS),
        score=lambda seen: proxy(seen[BUILD](), seen[INPUTS], seen[LABELS]),
    )

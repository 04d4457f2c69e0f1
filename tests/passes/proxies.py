"""The proxies whose passes are tested here."""

import importlib

from harness.plugin import ZeroCostProxy

NAMES = (
    "epe_nas",
    "fisher",
    "grad_norm",
    "gradsign",
    "grasp",
    "jacov",
    "l2_norm",
    "meco",
    "nwot",
    "plain",
    "snip",
    "swap",
    "synflow",
    "synflow_bn",
    "zico",
)


def proxy(name: str) -> ZeroCostProxy:
    """Return a built-in proxy."""
    return importlib.import_module(f"harness.plugins.zero_cost.{name}").PLUGIN

"""What a shell offers when somebody presses Tab after a name's beginning."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["all_plugin_names", "plugin_names", "predictor_names", "suite_names", "task_names"]


def suite_names(incomplete: str) -> list[str]:
    """Return the suites that begin so."""
    from harness.suite import suites

    return _beginning(suites(), incomplete)


def task_names(incomplete: str) -> list[str]:
    """Return the tasks that begin so."""
    from harness.truth import tasks

    return _beginning((one.name for one in tasks()), incomplete)


def plugin_names(incomplete: str) -> list[str]:
    """Return the proxies that begin so."""
    from harness.catalog import LoadedProxy, installed

    return _beginning(installed().of_kind(LoadedProxy), incomplete)


def all_plugin_names(incomplete: str) -> list[str]:
    """Return the plugins of any kind that begin so."""
    from harness.catalog import installed

    return _beginning(installed().loaded, incomplete)


def predictor_names(incomplete: str) -> list[str]:
    """Return the predictors that begin so."""
    from harness.catalog import LoadedPredictor, installed

    return _beginning(installed().of_kind(LoadedPredictor), incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]

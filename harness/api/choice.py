"""Which plugins, suite, images and executor a call means, and options that do not fit together."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from harness.catalog import (
    Catalog,
    FromFile,
    FromObject,
    LoadedPlugin,
    LoadedProxy,
    installed,
    require_kind,
)
from harness.catalog.object_identity import object_identity
from harness.core.architecture import Space
from harness.core.errors import UsageError, unknown_name
from harness.execution.executor import Executor, InProcess
from harness.execution.run import Run
from harness.execution.task_truth import open_suite
from harness.operation_scorer import OperationScorer
from harness.own_code.current_modules import require_current
from harness.passes.subject import BUILD, INPUTS, LABELS
from harness.plugin import Direction, ZeroCostProxy
from harness.predictor import Predictor
from harness.records.environment import cores
from harness.searched_proxy import SearchedProxy
from harness.spaces.registry import register_space
from harness.suite import MOST_SAMPLES, BatchSettings, Suite

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "PlainProxy",
    "Plugin",
    "Plugins",
    "batch_settings",
    "changed_suite",
    "choose",
    "choose_executor",
    "choose_proxies",
    "choose_suite",
    "path_of",
    "plugin_items",
    "proxy_of",
    "refuse_options",
    "require_number",
    "require_shape",
    "space_item",
    "text_items",
    "warn_of_labelled",
]

PlainProxy: TypeAlias = "Callable[[nn.Module, torch.Tensor, torch.Tensor], float]"
"""A function of an untrained network in training mode, images and labels; higher is better."""

Plugin: TypeAlias = (
    "str | Path | ZeroCostProxy | Predictor | OperationScorer | SearchedProxy | PlainProxy"
)
"""A plugin by name, by the path of its file, as an object, or as a plain function."""

Plugins: TypeAlias = "Plugin | Sequence[Plugin]"
"""One plugin or several."""

_LOG = logging.getLogger(__name__)
_EXECUTORS = ("local", "in-process", "dask")

L = TypeVar("L", bound="LoadedPlugin[Any]")


def plugin_items(given: Plugins | None) -> tuple[Plugin, ...]:
    """Return one plugin or several as a tuple; nothing for None."""
    if given is None:
        return ()
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(given)
    return (given,)


def text_items(given: str | Path | Sequence[str | Path] | None) -> tuple[str, ...]:
    """Return one name or path or several as texts; nothing for None."""
    if given is None:
        return ()
    return (str(given),) if isinstance(given, str | Path) else tuple(str(item) for item in given)


def space_item(given: str | Path | Space) -> str:
    """Return the name or path of a space; one that is an object is known by its name from now on.

    Raises:
        UsageError: Another kind of space has the name of the object.
        ContractError: The object uses something that cannot be compared or sent to workers, or an
            own module that was edited after it was imported.
    """
    if not isinstance(given, Space):
        return str(given)
    identity = object_identity(given)
    require_current(identity.modules.values())
    return register_space(given, identity.content).space.name


def path_of(given: Path | str | None) -> Path | None:
    """Return a path that was given as one or as text."""
    return None if given is None else Path(given)


def refuse_options(way: str, **given: object) -> None:
    """Refuse options that were given and would be ignored.

    Args:
        way: What they have no part in.
        **given: Options of the command line by their names; None or nothing is not given.

    Raises:
        UsageError: One was given.
    """
    for name, value in given.items():
        if (
            value is not None
            and value is not False
            and not (isinstance(value, tuple) and not value)
        ):
            option = name.replace("_", "-")
            raise UsageError(f"--{option} has no part in {way}; leave it out")


def require_number(option: str, value: float | None, low: float, high: float | None = None) -> None:
    """Refuse a number that is out of range.

    Raises:
        UsageError: It is.
    """
    if value is None or (value >= low and (high is None or value <= high)):
        return
    bounds = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
    raise UsageError(f"--{option} {value:g}: give {bounds}")


def require_shape(shape: Sequence[int], classes: int | None) -> None:
    """Refuse a shape of one sample with a size that is no size, and a number of classes too.

    Raises:
        UsageError: There is one.
    """
    require_number("classes", classes, 1)
    if not shape or min(shape) < 1:
        raise UsageError(f"shape {tuple(shape)}: give sizes of 1 or more, e.g. 3,224,224")


def choose_suite(
    name: str | Path,
    sample: int | None = None,
    seed: int | None = None,
    batch: str | None = None,
    timeout: float | None = None,
) -> Suite:
    """Read a suite and apply what replaces parts of it.

    Raises:
        UsageError: There is no such suite, or a number is out of range.
    """
    return changed_suite(open_suite(str(name)), sample, seed, batch, timeout)


def changed_suite(
    suite: Suite,
    sample: int | None = None,
    seed: int | None = None,
    batch: str | None = None,
    timeout: float | None = None,
) -> Suite:
    """Apply what replaces parts of a suite.

    Raises:
        UsageError: A number is out of range.
    """
    from harness.evaluation import procedure_of  # imports for long, which scores alone need not

    require_number("sample", sample, 2)
    require_number("timeout", timeout, 0.1)
    procedure_of(suite)  # a misspelt metric is refused before hours of scoring
    return suite.changed(
        sample=sample,
        seed=seed,
        batch=None if batch is None else batch_settings(batch, suite.batch.size, suite.batch),
        timeout_s=timeout,
    )


def batch_settings(text: str, size: int, usual: BatchSettings | None = None) -> BatchSettings:
    """Read a batch source and, after a colon, its size, which is `size` otherwise.

    Args:
        text: ``"noise"``, ``"noise:64"``, ``"my_batches.py"`` or ``"my_batches.py:SOURCE:64"``.
        size: Number of samples where the text has none.
        usual: What it stands for; path and options stay if it has the same source.

    Raises:
        UsageError: The size is no number of 2 or more.
    """
    source, _, given = text.rpartition(":")
    if not source or (source.endswith(".py") and given.isidentifier()):
        source, given = text, ""
    if given and not (given.isdigit() and 2 <= int(given) <= MOST_SAMPLES):
        raise UsageError(
            f"--batch {text}: the size after the colon is a number, 2 to {MOST_SAMPLES}"
        )
    kept = usual if usual is not None and usual.source == source else BatchSettings(source=source)
    return kept.model_copy(update={"size": int(given) if given else size})


def choose(kind: type[L], plugins: Iterable[Plugin], where: str = "--plugin") -> tuple[L, ...]:
    """Return the plugins of one kind that are named, held by files, or given, each once.

    Raises:
        UsageError: A name is unknown or taken, or a plugin is of another kind.
    """
    return _joined(kind, (), plugins, where)


def choose_proxies(suite: Suite, plugins: Plugins | None, *, only: bool) -> tuple[LoadedProxy, ...]:
    """Return the suite's proxies, those given, or both.

    Args:
        suite: The suite.
        plugins: None for the suite's own.
        only: Whether those given are evaluated alone.

    Raises:
        UsageError: A name is unknown.
    """
    given = plugin_items(plugins)
    names = [] if given and only else suite.plugins
    chosen = _catalog().choose(LoadedProxy, names, f"suite {suite.name} [plugins]")
    return _joined(LoadedProxy, chosen, given, "--plugin")


def proxy_of(function: PlainProxy) -> ZeroCostProxy:
    """Return the proxy that a plain function of network, images and labels is."""

    return ZeroCostProxy(
        name=getattr(function, "__name__", type(function).__name__).strip("<>"),
        version="0",
        summary="a function of network, images and labels",
        direction=Direction.HIGHER,
        passes=(BUILD, INPUTS, LABELS),
        score=lambda seen: function(
            seen[BUILD](), cast("torch.Tensor", seen[INPUTS]), seen[LABELS]
        ),
    )


def warn_of_labelled(plugins: Plugins | None, prepared: Run) -> None:
    """Tell of architectures that a run evaluates settings on which were found by their labels."""
    from harness.proxy_search import load_found

    drawn = {architecture.text for architecture in prepared.population.architectures}
    for plugin in plugin_items(plugins):
        if not isinstance(plugin, str | Path) or not str(plugin).endswith(".json"):
            continue
        searched = load_found(Path(plugin))
        seen = len(drawn & set(searched.labelled))
        if seen:
            _LOG.warning(
                "%s was searched with the labels of %d of the %d architectures that it is "
                "evaluated on; harness tune TASK --settings %s leaves them out",
                *(searched.name, seen, len(drawn), plugin),
            )


def choose_executor(
    name: str | None, scheduler: str | None, cluster: Path | str | None, workers: int | None
) -> Executor | None:
    """Return the executor that is meant; nothing for worker processes on this machine.

    Raises:
        UsageError: There is no such executor, or the options contradict each other.
    """
    if name is not None and name not in _EXECUTORS:
        raise unknown_name("executor", name, _EXECUTORS)
    if scheduler and cluster:
        raise UsageError("--scheduler and --cluster each name a cluster; give one of them")
    if name in ("local", "in-process") and (scheduler or cluster):
        raise UsageError(f"--executor {name} uses no cluster; leave it out, or say dask")
    if name == "in-process":
        return InProcess()
    if name == "dask" or scheduler or cluster:
        return _on_dask(scheduler, cluster, workers)
    return None


def _on_dask(scheduler: str | None, cluster: Path | str | None, workers: int | None) -> Executor:
    from harness.execution.cluster import (
        ClusterSettings,
        DaskCluster,
        ExistingScheduler,
        Launched,
        read_settings,
    )

    if workers is not None and (scheduler or cluster):
        raise UsageError("--workers is for this machine; a cluster has the workers that it has")
    if scheduler:
        return DaskCluster(cluster=ExistingScheduler(address=scheduler))
    if cluster:
        return DaskCluster(cluster=Launched(settings=read_settings(Path(cluster))))
    settings = ClusterSettings(kind="local", workers=workers or cores())
    return DaskCluster(cluster=Launched(settings=settings))


@functools.cache
def _catalog() -> Catalog:
    """Find all plugins and tell of broken ones, once for a process."""

    catalog = installed()
    for broken in catalog.broken:
        _LOG.warning("the plugin %s cannot be used: %s", broken.origin, broken.reason)
    return catalog


def _joined(
    kind: type[L], chosen: Iterable[L], plugins: Iterable[Plugin], where: str
) -> tuple[L, ...]:

    catalog = _catalog()
    joined = {loaded.name: loaded for loaded in chosen}
    for plugin in plugins:
        loaded_plugins = _loaded(plugin)
        for loaded in loaded_plugins:
            joined[loaded.name] = require_kind(kind, loaded, str(plugin))
            catalog = catalog.with_plugin(loaded)
        if not loaded_plugins:
            joined |= {loaded.name: loaded for loaded in catalog.choose(kind, [str(plugin)], where)}
    return tuple(joined.values())


def _loaded(plugin: Plugin) -> tuple[LoadedPlugin[Any], ...]:
    """Return what a file holds or what an object is; nothing where a text is a name."""

    if isinstance(plugin, str | Path):
        match Path(plugin).suffix:
            case ".py":
                return FromFile(path=Path(plugin)).load_all()
            case ".json":
                from harness.proxy_search import load_found

                return (load_found(Path(plugin)).proxy(),)
            case _:
                return ()
    if isinstance(plugin, ZeroCostProxy | Predictor | OperationScorer):
        return FromObject.of(plugin, plugin).load_all()
    if isinstance(plugin, SearchedProxy):
        raise UsageError(
            f"the searched proxy {plugin.name!r} is an object of this program, and settings that "
            "it finds are read again from a file; write it into a file of its own and name that"
        )
    if isinstance(plugin, Space):
        raise UsageError(
            f"{plugin!r:.80} is no plugin but a space; give it to harness.rank or harness.run"
        )
    if not callable(plugin):
        raise UsageError(
            f"{plugin!r:.80} is no plugin; give a name, a file, a plugin object, or a function of "
            "network, images and labels"
        )
    return FromObject.of(proxy_of(plugin), plugin).load_all()

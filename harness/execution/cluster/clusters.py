"""Where a cluster is: a scheduler that runs already, or one that is started for this run."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

from harness.core.errors import InfrastructureError, UsageError
from harness.execution.cluster.settings import KINDS, ClusterSettings

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Cluster", "ExistingScheduler", "Launched", "connect"]

_CONNECT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingScheduler:
    """A scheduler that others have started and go on using.

    Attributes:
        address: As Dask writes it, e.g. ``"tcp://10.0.0.1:8786"``.
    """

    address: str

    @property
    def most_workers(self) -> int:
        """Unknown: whatever the scheduler has when asked."""
        return 1

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A cluster that starts and ends with the run."""

    settings: ClusterSettings

    @property
    def most_workers(self) -> int:
        """How many workers there may be; a cluster that grows with its work needs it to begin."""
        return self.settings.maximum or max(self.settings.workers, 1)

    def __str__(self) -> str:
        return f"the {self.settings.kind} cluster of this run"


Cluster = ExistingScheduler | Launched


class _Scalable(Protocol):
    """The part of Dask's clusters that is used here."""

    def scale(self, n: int) -> object: ...

    def adapt(self, *, minimum: int, maximum: int) -> object: ...

    def close(self) -> object: ...


@contextmanager
def connect(cluster: Cluster) -> Iterator[Client]:
    """Yield a client of the cluster, and leave or end the cluster afterwards.

    Raises:
        UsageError: The extra, or the package of the cluster's kind, is not installed.
        InfrastructureError: The scheduler does not answer, or the cluster does not start.
    """
    client = _client_class()
    _silence()
    match cluster:
        case ExistingScheduler(address=address):
            with _connection(client, address, str(cluster)) as found:
                yield found
        case Launched(settings=settings):
            started = _start(settings)
            try:
                _scale(started, settings)
                with _connection(client, started, str(cluster)) as found:
                    yield found
            finally:
                started.close()
        case _:
            assert_never(cluster)


@contextmanager
def _connection(client: type[Client], target: object, name: str) -> Iterator[Client]:
    try:
        found = client(target, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InfrastructureError(
            f"no Dask scheduler answers at {name}; start one with dask scheduler, or check the "
            f"address"
        ) from error
    try:
        yield found
    finally:
        found.close(timeout=_CONNECT_S)  # type: ignore[no-untyped-call]


def _client_class() -> type[Client]:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "Dask is not installed; install it with python -m pip install "
            "'nas-proxy-harness[cluster]', or run with --executor local"
        ) from error
    return Client


def _silence() -> None:
    """Keep Dask's log to itself: every error that matters reaches the caller as one sentence."""
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _start(settings: ClusterSettings) -> _Scalable:
    module, _, name = KINDS[settings.kind].partition(":")
    try:
        made: Callable[..., _Scalable] = getattr(importlib.import_module(module), name)
    except ImportError as error:
        package = module.partition(".")[0].replace("_", "-")
        raise UsageError(
            f"a {settings.kind} cluster needs {package}; install it with python -m pip install "
            f"{package}"
        ) from error
    try:
        return made(**{**_usual(settings), **settings.options})
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise InfrastructureError(
            f"the {settings.kind} cluster does not start ({error}); its options go to {name} "
            f"unchanged"
        ) from error


def _usual(settings: ClusterSettings) -> dict[str, object]:
    """Return options that a settings file need not give.

    A local cluster is one Dask worker with a thread for each. A scheduler's status page takes any
    free port, since others may run schedulers on the same machine.
    """
    match settings.kind:
        case "local":
            return {
                "n_workers": 1,
                "threads_per_worker": settings.workers,
                "memory_limit": None,
                "dashboard_address": ":0",
            }
        case "kubernetes":
            return {}
        case _:
            return {"scheduler_options": {"dashboard_address": ":0"}}


def _scale(cluster: _Scalable, settings: ClusterSettings) -> None:
    if settings.kind == "local":
        return  # started with its workers
    if settings.maximum is None:
        cluster.scale(settings.workers)
    else:
        cluster.adapt(minimum=settings.workers, maximum=settings.maximum)

"""Notices what a plugin leaves changed in the process, puts it back, and says who it was."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.core.counts import listed
from harness.core.errors import ContractError, sentence_of
from harness.isolation.names import NameTable, Replaced
from harness.isolation.switches import Switch, switches

__all__ = ["Guard", "process_guard"]

_SHOWN = 40
"""Longest value that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the switches of this process said at one moment.

    Attributes:
        values: One for each switch.
        modules: Number of modules that were imported by then.
    """

    switches: tuple[Switch, ...]
    values: tuple[object, ...]
    modules: int
    names: NameTable

    def put_back(self, *, importing: bool = False) -> list[str]:
        """Put back what was changed since, and return its names.

        A package that is imported for the first time may set what no score depends on, such as
        environment variables, and have functions replaced by its own: that stays, or is put back,
        and nobody is blamed.

        Args:
            importing: Whether a file of others was imported, which may set the same; it is put back
                without blame.
        """
        imported = _packages(self.modules)
        return [
            *self._changed_switches(by_package=bool(imported), by_file=importing),
            *self._replaced_names(imported),
        ]

    def _changed_switches(self, *, by_package: bool, by_file: bool) -> Iterator[str]:
        for switch, before in zip(self.switches, self.values, strict=True):
            after = _read(switch)
            if after == before or (by_package and switch.set_by_imports):
                continue
            switch.write(before)
            if not (by_file and switch.set_by_imports):
                yield switch.name + _shown(before, after)

    def _replaced_names(self, imported: frozenset[str]) -> Iterator[str]:
        for replaced in self.names.replaced():
            replaced.put_back()
            if not _is_of(replaced, imported):
                yield str(replaced)


class Guard:
    """Watches what plugins do to a process."""

    def __init__(self) -> None:
        self._switches = switches()
        self._names = NameTable()

    def state(self) -> _State:
        """Return what this process is like now."""
        self._names.refresh()
        return _State(
            switches=self._switches,
            values=tuple(_read(switch) for switch in self._switches),
            modules=len(sys.modules),
            names=self._names,
        )

    @contextmanager
    def watching(self, actor: str, *, importing: bool = False) -> Iterator[None]:
        """Put back in the end whatever a block leaves changed.

        Args:
            actor: Who acts in the block, as messages call it.
            importing: Whether the block imports a file or module of others, see `put_back`.

        Raises:
            ContractError: The block ended by itself and left something changed, and the message
                names the actor and all that was changed; or it would end the process.
        """
        before = self.state()
        try:
            yield
        except Exception:
            before.put_back()
            raise
        except BaseException as end:
            before.put_back()
            if importing or _is_of_user(end):  # whoever imports says which file
                raise
            raise ContractError(
                f"{actor} raises {sentence_of(end)}, which would end the process; it must raise "
                "an Exception instead"
            ) from end
        changes = before.put_back(importing=importing)
        if changes:
            raise ContractError(
                f"{actor} leaves {listed(changes, most=3)} changed; the harness put it back, and "
                f"{actor} must do so itself"
            )


@cache
def process_guard() -> Guard:
    """Return the guard of this process; made by the first who asks."""
    return Guard()


def _read(switch: Switch) -> object:
    try:
        return switch.read()
    except (OSError, RuntimeError) as error:  # a folder that is gone, settings that contradict
        return str(error)


def _is_of_user(end: BaseException) -> bool:
    """Tell whether a person stopped the program, which workers do not hear of."""
    heard = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    return isinstance(end, GeneratorExit) or (isinstance(end, KeyboardInterrupt) and heard)


def _shown(before: object, after: object) -> str:
    texts = repr(before), repr(after)
    return f" ({texts[0]}, now {texts[1]})" if max(map(len, texts)) <= _SHOWN else ""


def _packages(known: int) -> frozenset[str]:
    """Return the installed packages of which modules were imported since so many were known."""
    roots = set()
    for name in list(sys.modules)[known:]:
        place = getattr(sys.modules.get(name), "__file__", None)
        if place and {"site-packages", "dist-packages"} & set(Path(place).parts):
            roots.add(name.partition(".")[0])
    return frozenset(roots)


def _is_of(replaced: Replaced, packages: frozenset[str]) -> bool:
    """Tell whether a package that was just imported has put something of its own there."""
    module = getattr(replaced.after, "__module__", None) or ""
    return module.partition(".")[0] in packages

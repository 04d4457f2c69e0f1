"""Keeps code of others from reading files, once a process has said which it may read.

An audit hook of Python sees every file that Python opens, every import, every program that is
started and every connection. It cannot be removed from its process. It is no sandbox: code that
calls the C library or the system itself is not seen.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Confinement", "library_folders"]

_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr/share", "/usr/lib")
"""What the interpreter and torch read of the machine."""

_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")

_STARTS = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty"),
        *("os.posix_spawn", "os.spawn", "pty.spawn"),
    }
)


_CHANGES = frozenset({"os.remove", "os.rename", "os.truncate", "os.link", "os.symlink"})
"""What would take a file from where it is."""


def library_folders() -> tuple[Path, ...]:
    """Return where this interpreter, the packages that are installed, and the harness lie."""
    installed = [sysconfig.get_path(name) for name in _LIBRARIES]
    installed += [*site.getsitepackages(), site.getusersitepackages(), sys.base_prefix]
    package = Path(__file__).parents[1]
    folders = [*installed, *_SYSTEM, str(package), str(package.parent / "suites")]
    return tuple(Path(os.path.realpath(folder)) for folder in dict.fromkeys(folders))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What a process may read; everything else is refused and written down.

    Attributes:
        readable: Files, and folders with all that is in them.
        hidden: Files and folders among them that are refused all the same.
        modules: Packages that must not be imported.
        temporary: Folder for temporary files, whether it is readable or not.
        log: File that every attempt is added to, a line each.
    """

    readable: tuple[Path, ...]
    hidden: tuple[Path, ...]
    modules: tuple[str, ...]
    temporary: Path
    log: Path

    def enter(self) -> None:
        """Confine this process until it ends.

        What is refused raises a `PermissionError` where it was tried.
        """
        readable = tuple(os.path.realpath(path) for path in self.readable)
        hidden = tuple(os.path.realpath(path) for path in (*self.hidden, self.log))
        tempfile.tempdir = str(self.temporary)  # or Python would try where it may write
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

        def is_refused(path: str) -> bool:
            place = os.path.realpath(path)
            return _is_in(place, hidden) or not _is_in(place, readable)

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            attempt = _attempt(event, arguments, self.modules, is_refused)
            if event in _CHANGES and _name_of(arguments) in (self.log.name, self.log.parent.name):
                attempt = f"change {self.log.name}"
            if attempt:
                os.write(log, f"{attempt}\n".encode(errors="replace"))
                raise PermissionError(f"a submission may not {attempt}")

        sys.addaudithook(watch)


def _attempt(
    event: str,
    arguments: tuple[object, ...],
    modules: tuple[str, ...],
    is_refused: Callable[[str], bool],
) -> str:
    """Say what is tried that is refused, or nothing."""
    match event, arguments:
        case "open", (str() | bytes() as path, *_) if is_refused(os.fsdecode(path)):
            return f"open {os.fsdecode(path)!r}"
        case "import", (str() as name, *_) if _is_of(name, modules):
            return f"import {name}"
        case "socket.connect" | "socket.sendto", (_, tuple() as address):
            return f"connect to {address[0]}"
        case "socket.getaddrinfo", (host, *_):
            return f"look up {host}"
        case _ if event in _STARTS:
            return f"start a program ({event})"
        case _:
            return ""


def _name_of(arguments: tuple[object, ...]) -> str:
    """Return the last part of the path that comes first."""
    path = arguments[0] if arguments else None
    return Path(os.fsdecode(path)).name if isinstance(path, str | bytes) else ""


def _is_in(place: str, folders: tuple[str, ...]) -> bool:
    return any(place == folder or place.startswith(folder + os.sep) for folder in folders)


def _is_of(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)

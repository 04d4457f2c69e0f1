"""Reading a pickle without letting it run code.

A pickle names the callables that rebuild its objects, so loading a foreign one is running a
foreign program. `load` hands out only what the caller lists, which should be plain record types
of the caller's own, and refuses every other name, persistent ids and oversized content.
"""

from __future__ import annotations

import functools
import io
import pickle
import pickletools
from collections.abc import Callable, Mapping
from typing import NoReturn

from harness.core.errors import DataError

__all__ = ["Globals", "load"]

Globals = Mapping[tuple[str, str], Callable[..., object]]
"""What a pickle may name: ``(module, qualified name)`` to the callable that it gets instead."""

_MEBIBYTE = 1 << 20
_LINES = frozenset(
    ord(opcode.code)
    for opcode in pickletools.opcodes
    if opcode.arg is not None and opcode.arg.n == pickletools.UP_TO_NEWLINE
)
_TWO_LINES = (ord("c"), ord("i"))
_COUNT_WIDTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_TEXT_MEMO = ord("p")
_BINARY_MEMO = ord("r")
_STOP = ord(".")


def load(data: bytes, allowed: Globals, where: str, limit_bytes: int = 64 * _MEBIBYTE) -> object:
    """Rebuild the object of a pickle from allowed parts alone.

    Args:
        data: The pickle.
        allowed: The only names that it may use, and what each of them gives.
        where: Name of the file, for messages.
        limit_bytes: Longer content is refused unread.

    Raises:
        DataError: The content is too long, no pickle, cut off, or asks for anything else than
            the allowed names; nothing but those has been called then.
    """
    if len(data) > limit_bytes:
        raise DataError(
            f"{where} has {len(data)} bytes, more than the {limit_bytes} that a pickle may have "
            "here; get the published file again"
        )
    try:
        _check_opcodes(data)
        return _Restricted(data, allowed, where).load()
    except DataError:
        raise
    except Exception as error:  # Broken pickles raise anything, from KeyError to MemoryError.
        raise DataError(
            f"{where} is no readable pickle ({type(error).__name__}: {error}); "
            "it is damaged, so delete it and fetch it again"
        ) from error


class _Restricted(pickle.Unpickler):
    """An unpickler that knows no names but those that it was given."""

    def __init__(self, data: bytes, allowed: Globals, where: str) -> None:
        super().__init__(io.BytesIO(data))
        self._allowed = allowed
        self._where = where

    def find_class(self, module_name: str, global_name: str) -> Callable[..., object]:
        """Return what stands for a name, or refuse it; nothing is imported."""
        stand_in = self._allowed.get((module_name, global_name))
        if stand_in is None:
            known = ", ".join(sorted(f"{module}.{name}" for module, name in self._allowed))
            raise DataError(
                f"{self._where} asks for {module_name}.{global_name}, which a data file must not "
                f"do; it was refused. Allowed: {known or 'none'}. Do not use this file: delete it "
                "and fetch the published one"
            )
        return stand_in

    def persistent_load(self, pid: object) -> NoReturn:
        """Refuse references to objects outside the pickle."""
        raise DataError(
            f"{self._where} refers to an object outside itself (a persistent id), which a data "
            "file must not do; it was refused. Delete it and fetch the published one"
        )


@functools.cache
def _steps() -> tuple[int, ...]:
    """Bytes from each opcode to the next, 0 where the opcode's argument tells or must be seen."""
    steps = {
        ord(opcode.code): 1 + max(opcode.arg.n, -1) if opcode.arg else 1
        for opcode in pickletools.opcodes
    }
    steps[_STOP] = steps[_BINARY_MEMO] = 0
    return tuple(steps.get(code, 0) for code in range(256))


@functools.cache
def _counted() -> dict[int, int]:
    """Bytes of the count that stands before the argument, by opcode."""
    return {
        ord(opcode.code): _COUNT_WIDTHS[opcode.arg.n]
        for opcode in pickletools.opcodes
        if opcode.arg is not None and opcode.arg.n in _COUNT_WIDTHS
    }


def _check_opcodes(data: bytes) -> None:
    """Walk the opcodes and refuse memo indices that would make the unpickler reserve memory.

    The unpickler grows its memo to any index that a pickle writes, so that ten bytes could ask
    for tens of gigabytes. A real index is below the number of bytes.
    """
    steps = _steps()
    at, end = 0, len(data)
    while at < end:
        code = data[at]
        if step := steps[code]:
            at += step
        elif code == _STOP:
            return
        else:
            at = _after_special(data, at)
    raise EOFError("it ends before its end mark")


def _after_special(data: bytes, at: int) -> int:
    code = data[at]
    if code == _BINARY_MEMO:
        _check_memo(int.from_bytes(data[at + 1 : at + 5], "little"), data, at)
        return at + 5
    if (width := _counted().get(code)) is not None:
        start = at + 1 + width
        return start + int.from_bytes(data[at + 1 : start], "little")
    if code not in _LINES:
        raise ValueError(f"unknown opcode {code} at byte {at}")
    after = data.index(b"\n", at) + 1
    if code == _TEXT_MEMO:
        _check_memo(int(data[at + 1 : after]), data, at)
    return data.index(b"\n", after) + 1 if code in _TWO_LINES else after


def _check_memo(index: int, data: bytes, at: int) -> None:
    if index > len(data):
        raise ValueError(f"memo index out of range at byte {at}")

"""Instructions of compiled code, without lines, documentation and the order of constants."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from harness.own_code.source_code import Import

__all__ = ["Bytecode", "read_bytecode"]

_BY_NAME = {*dis.hasname, *dis.haslocal, *dis.hasfree}
_GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_FLAGS = (
    inspect.CO_VARARGS
    | inspect.CO_VARKEYWORDS
    | inspect.CO_GENERATOR
    | inspect.CO_COROUTINE
    | inspect.CO_ITERABLE_COROUTINE
    | inspect.CO_ASYNC_GENERATOR
)
_LAYOUT = {"__doc__", "__firstlineno__", "__static_attributes__"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytecode:
    """What compiled code does.

    Attributes:
        words: Its instructions and parameters.
        constants: The constants that it loads, in the order of loading.
        global_names: Globals that it reads, those of functions inside it too.
        imports: What it imports.
    """

    words: tuple[str, ...]
    constants: tuple[object, ...]
    global_names: frozenset[str]
    imports: tuple[Import, ...]


def read_bytecode(code: CodeType) -> Bytecode:
    """Read compiled code."""
    instructions = list(_instructions(code))
    parameters = code.co_argcount + code.co_kwonlyargcount
    flags = code.co_flags & _FLAGS
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, flags)
    words = [str(counts), *code.co_varnames[:parameters], code.co_exceptiontable.hex()]
    constants: list[object] = []
    names: set[str] = set()
    imports: list[Import] = []
    for place, instruction in enumerate(instructions):
        words.append(instruction.opname)
        if instruction.opcode in dis.hasconst:
            constants.append(instruction.argval)
        elif instruction.opcode in _BY_NAME:
            words.append(str(instruction.argval))
        else:
            words.append(str(instruction.arg))
        if instruction.opname in _GLOBAL:
            names.add(instruction.argval)
        if instruction.opname == "IMPORT_NAME":
            level, members = (before.argval for before in instructions[place - 2 : place])
            imports.append(Import(int(level or 0), instruction.argval, tuple(members or ())))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            inner = read_bytecode(constant)
            names |= inner.global_names
            imports += inner.imports
    return Bytecode(
        words=tuple(words),
        constants=tuple(constants),
        global_names=frozenset(names),
        imports=tuple(imports),
    )


def _instructions(code: CodeType) -> Iterator[dis.Instruction]:
    """Return the instructions but those that store documentation and lines of a class."""
    listed = [each for each in dis.get_instructions(code) if each.opname != "EXTENDED_ARG"]
    left_out = {
        place
        for index, instruction in enumerate(listed)
        if instruction.opname == "STORE_NAME" and instruction.argval in _LAYOUT
        for place in (index - 1, index)
    }
    for index, instruction in enumerate(listed):
        if index not in left_out:
            yield instruction

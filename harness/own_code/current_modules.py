"""Holds modules in memory against their files: an identity read from a file is that of its code.

A file may change after it was imported, a program may set a module's constant, and within one
second Python itself may take an edited file of equal length for its compiled copy. Scores would
then be stored under the identity of other code.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType, ModuleType

from harness.core.errors import ContractError
from harness.own_code.own_modules import OwnModule

__all__ = ["require_current"]

_PLAIN = (bool, int, float, complex, str, bytes)


def require_current(modules: Iterable[OwnModule]) -> None:
    """Check that modules that this process has imported are what their files say now.

    Compared are functions and methods, and constants that are one number or text and that nothing
    declares ``global``. Modules of loaders that rewrite code are passed over.

    Raises:
        ContractError: One differs.
    """
    for module in modules:
        loaded = sys.modules.get(module.name)
        if loaded is None or module.source is None:
            continue
        if type(getattr(loaded, "__loader__", None)) is not SourceFileLoader:
            continue
        changed = _changed(loaded, module.source, module.path)
        if changed:
            raise ContractError(
                f"{changed} of the module {module.name} is not what {module.path} says: the file "
                "was edited, or the value set, after the import; start Python anew, or pass the "
                "value as an argument"
            )


def _changed(loaded: ModuleType, source: str, path: str) -> str:
    """Return the name of a function or constant that differs from the file, or nothing."""
    try:
        tree = ast.parse(source)
        written = {_code(code) for code in _codes(compile(tree, path, "exec", dont_inherit=True))}
    except (SyntaxError, ValueError):
        return "the source"
    for function in _functions(vars(loaded).values(), loaded.__name__):
        of_file = function.__code__.co_filename == path
        if of_file and _code(function.__code__) not in written:
            return function.__qualname__
    for name, value in _constants(tree):
        now = vars(loaded).get(name, value)
        if isinstance(now, _PLAIN) and repr(now) != repr(value):
            return name
    return ""


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _code(code: CodeType) -> tuple[object, ...]:
    """Return what code does, without its place in the file."""
    constants = tuple(
        _code(constant) if isinstance(constant, CodeType) else (type(constant), constant)
        for constant in code.co_consts
    )
    return (code.co_name, code.co_code, constants, code.co_names, code.co_varnames)


def _functions(values: Iterable[object], module: str) -> Iterator[FunctionType]:
    for value in values:
        match value:
            case FunctionType():
                yield value
            case staticmethod() | classmethod():
                yield from _functions([value.__func__], module)
            case property():
                yield from _functions([value.fget, value.fset, value.fdel], module)
            case type() if value.__module__ == module:
                yield from _functions(list(vars(value).values()), module)
            case _:
                continue


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Return names that the module binds once, to one number or text."""
    names = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    shared = {
        name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    }
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                constant = _literal(value)
                if isinstance(constant, _PLAIN) and names.count(name) == 1 and name not in shared:
                    yield name, constant
            case _:
                continue


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None

"""What a source file says, whatever its layout: equal for equal code in any Python version.

Comments, blank lines, layout and documentation strings do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Import", "ParsedSource", "assigned_names", "parsed"]


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement.

    Attributes:
        level: Dots of a relative import.
        module: The module behind ``import`` or ``from``; empty in ``from . import x``.
        members: Names behind ``from module import``, which may be modules too.
    """

    level: int
    module: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """A source file.

    Attributes:
        content: Digest of its code.
        imports: All its imports, those inside functions too.
        exported: What its ``__all__`` lists; of a package, ``import *`` loads such submodules.
    """

    content: str
    imports: tuple[Import, ...]
    exported: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def parsed(source: str) -> ParsedSource:
    """Read a source file; one that is no Python is known by its text and imports nothing."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ParsedSource(content=_digest(source), imports=())
    text = "".join(_canonical(tree))
    return ParsedSource(
        content=_digest(text), imports=tuple(_imports(tree)), exported=tuple(_exported(tree))
    )


def assigned_names(source: str) -> frozenset[str]:
    """Return the names that a file assigns or imports anywhere; none where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return frozenset(stored | imported)


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (Import(0, alias.name) for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                yield Import(level, module or "", tuple(alias.name for alias in aliases))
            case _:
                continue


def _exported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__all__")],
                value=ast.List(elts=elements) | ast.Tuple(elts=elements),
            ):
                for element in elements:
                    if isinstance(element, ast.Constant):
                        yield str(element.value)
            case _:
                continue


def _canonical(node: object) -> Iterator[str]:
    """Write a syntax tree without positions and without what is empty.

    `ast.dump` writes empty fields in some versions of Python and not in others.
    """
    if isinstance(node, list):
        yield "["
        for item in node:
            yield from _canonical(item)
            yield ","
        yield "]"
    elif isinstance(node, ast.Constant):
        yield f"{type(node.value).__name__} {node.value!r}"
    elif isinstance(node, ast.AST):
        yield f"{type(node).__name__}("
        for name in node._fields:
            value = _without_documentation(node) if name == "body" else getattr(node, name, None)
            if value is not None and value != [] and not isinstance(value, ast.expr_context):
                yield f"{name}="
                yield from _canonical(value)
                yield ";"
        yield ")"
    else:
        yield repr(node)


def _without_documentation(node: ast.AST) -> object:
    body: object = getattr(node, "body", None)
    documented = isinstance(
        node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    )
    if not (documented and isinstance(body, list)):
        return body
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""The passes of the harness, with what each gives, read from where it is declared."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from harness.core.errors import ContractError
from harness.passes.observation import Pass

__all__ = ["PassDescription", "passes"]

_GIVES = re.compile(r"Shape: (?P<shape>.+?)\. Unit: (?P<unit>.+?)\.$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassDescription:
    """What the documentation of a pass says.

    Attributes:
        name: Its name in cost tables.
        constant: Where it is, e.g. ``"harness.passes.subject.INPUTS"``.
        shape: Type and shape of its value.
        unit: Unit of its value.
        summary: One sentence.
    """

    name: str
    constant: str
    shape: str
    unit: str
    summary: str


def passes() -> tuple[PassDescription, ...]:
    """Return all passes of the harness, by their names.

    Raises:
        ContractError: A pass is not described as all others are.
    """
    package = importlib.import_module("harness.passes")
    described = []
    for info in pkgutil.walk_packages(package.__path__, "harness.passes."):
        module = importlib.import_module(info.name)
        texts = dict(_documented(module))
        for constant, value in vars(module).items():
            if isinstance(value, Pass) and constant in texts:
                where = f"{info.name}.{constant}"
                described.append(_description(value, where, texts[constant]))
    return tuple(sorted(described, key=lambda description: description.name))


def _documented(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield the constants of a module with the text below each; Python itself drops that text."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, after in zip(body, [*body[1:], None], strict=True):
        match statement, after:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=text)):
                yield name, inspect.cleandoc(str(text))
            case ast.Assign(targets=[ast.Name(id=name)]), _:
                yield name, ""


def _description(described: Pass[object], constant: str, text: str) -> PassDescription:
    gives = _GIVES.search(text)
    if gives is None:
        raise ContractError(
            f"the pass {described.name} does not say what it gives; end the text below its "
            "constant with 'Shape: ... Unit: ...'"
        )
    shape, unit = (" ".join(part.replace("`", "").split()) for part in gives.groups())
    summary = " ".join(text.split("\n\n", maxsplit=1)[0].replace("`", "").split())
    return PassDescription(
        name=described.name, constant=constant, shape=shape, unit=unit, summary=summary
    )

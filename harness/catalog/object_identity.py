"""Identity of an object of a running program: what it computes, in every process the same.

Functions and classes of the program itself, which travel to workers by value, are read as they are
in memory: instructions, defaults, closure, and the values of all globals that they read, further.
Those of the user's own modules, which workers import, are read as source: `OwnModule`. Installed
ones are known by their names; their versions are in the environment. Everything else is known by
its class and by what `pickle` would store of it, with sets and dictionaries in an order of their
own.
"""

from __future__ import annotations

import copyreg
import functools
import hashlib
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.catalog.bytecode import Bytecode, read_bytecode
from harness.core.errors import ContractError
from harness.core.identity import digest
from harness.own_code.own_modules import OwnModule, imported_names, is_own, own_modules
from harness.passes.observation import Pass

__all__ = ["ObjectIdentity", "object_identity"]

_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented))
_UNREAD = {  # what Python adds to a class, and its documentation
    "__dict__",
    "__weakref__",
    "__doc__",
    "__module__",
    "__firstlineno__",
    "__static_attributes__",
    "_abc_impl",
}
_UNREAD_MODULE = {"__builtins__", "__loader__", "__spec__", "__file__", "__doc__"}
_MAIN = {"__main__", "__mp_main__"}
_CACHES = ("functools", "numba.")
"""Whose objects around a function hold results of this process, which do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectIdentity:
    """What an object computes.

    Attributes:
        content: Digest of the object and of everything that it uses.
        modules: The user's own modules that it uses and that workers import, by name.
    """

    content: str
    modules: Mapping[str, OwnModule]


def object_identity(value: object) -> ObjectIdentity:
    """Return the identity of an object.

    Raises:
        ContractError: Something that it uses has no value that could be compared, such as an open
            file or a lock.
    """
    program = _Program()
    try:
        root = _Form(program).of(value)
        definitions = program.forms()
    except RecursionError as error:
        raise ContractError(
            f"{_name(value)} cannot be told from other code: its values are nested too deeply; "
            "keep large structures in arrays or files"
        ) from error
    modules = own_modules(program.modules)
    sources = {name: module.content for name, module in modules.items()}
    return ObjectIdentity(content=digest([root, definitions, sources]), modules=modules)


class _Program:
    """Named values of the running program that were met, and names of imported modules."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self._values: dict[str, object] = {}

    def meet(self, label: str, value: object) -> None:
        """Remember a value to be read; its name stands for it, so that cycles end."""
        self._values.setdefault(label, value)

    def forms(self) -> dict[str, str]:
        """Return the forms of all values that were met, and of those met on the way."""
        forms: dict[str, str] = {}
        while len(forms) < len(self._values):
            for label, value in list(self._values.items()):
                if label not in forms:
                    forms[label] = _Form(self, label).of(value)
        return forms


class _Form:
    """Writes one value in a canonical form.

    Args:
        program: Where named values that the value uses are remembered.
        label: Name of the value itself, if it has one.
        entered: Sets and dictionaries around it, whose members are written apart.
    """

    def __init__(
        self, program: _Program, label: str = "", entered: frozenset[int] = frozenset()
    ) -> None:
        self._program = program
        self._label = label
        self._entered = entered
        self._hasher = hashlib.sha256()
        self._met: dict[int, tuple[int, object]] = {}  # objects too, so that no id is used twice

    def of(self, value: object) -> str:
        """Return the digest of the form; asked once."""
        self._write(value)
        return self._hasher.hexdigest()

    def _put(self, *words: str | bytes) -> None:
        for word in words:
            data = word if isinstance(word, bytes) else word.encode("utf-8", "surrogatepass")
            self._hasher.update(b"%d:" % len(data))
            self._hasher.update(data)

    def _write(self, value: object) -> None:
        if type(value) in _ATOMS:
            self._put(type(value).__name__, repr(value))
            return
        if id(value) in self._met:
            self._put("again", str(self._met[id(value)][0]))
            return
        if type(value) is not tuple:  # equal tuples of constants may or may not be one object
            self._met[id(value)] = (len(self._met), value)
        self._write_new(value)

    def _write_new(self, value: object) -> None:
        match value:
            case types.FunctionType():
                self._write_named(value, self._function)
            case type():
                self._write_named(value, self._class)
            case types.ModuleType():
                self._module(value)
            case types.CodeType():
                self._code(read_bytecode(value))
            case np.ndarray() if type(value) is np.ndarray:
                self._array(value)
            case _ if type(value) in (tuple, list):
                self._sequence(type(value).__name__, value)  # type: ignore[arg-type]
            case _ if type(value) in (set, frozenset):
                members = sorted(self._apart(value, member) for member in value)  # type: ignore[attr-defined]
                self._put("set", *members)
            case dict() | types.MappingProxyType() if type(value) in (dict, types.MappingProxyType):
                self._mapping(value)
            case _:
                self._write_other(value)

    def _write_other(self, value: object) -> None:
        match value:
            case types.MethodType():
                self._sequence("method", (value.__func__, value.__self__))
            case types.CellType():
                contents = [value.cell_contents] if _is_filled(value) else []
                self._sequence("cell", contents)
            case staticmethod() | classmethod():
                self._sequence(type(value).__name__, (value.__func__,))
            case property():
                self._sequence("property", (value.fget, value.fset, value.fdel))
            case functools.cached_property():
                self._sequence("cached_property", (value.func,))
            case types.MemberDescriptorType() | types.GetSetDescriptorType():
                self._put("slot", value.__name__)
            case Pass():
                parts = (value.name, value.version, value.compute, value.watch, value.requires)
                self._sequence("pass", parts)
            case _ if _is_plain_tensor(value):
                self._tensor(value)
            case _ if type(value).__module__.startswith(_CACHES) and _wrapped(value):
                options = getattr(value, "targetoptions", None)  # such as numba's fastmath
                self._sequence("wrapper", (type(value), _wrapped(value), options))
            case _:
                self._reduced(value)

    def _sequence(self, kind: str, members: Iterable[object]) -> None:
        listed = list(members)
        self._put(kind, str(len(listed)))
        for member in listed:
            self._write(member)

    def _apart(self, around: object, member: object) -> str:
        """Return the form of a member of a set, or of a key, that does not depend on the others."""
        if id(around) in self._entered:
            return "entered"
        return _Form(self._program, "", self._entered | {id(around)}).of(member)

    def _mapping(self, mapping: Mapping[Any, object]) -> None:
        keys = sorted((self._apart(mapping, key), place) for place, key in enumerate(mapping))
        values = list(mapping.values())
        self._put("dict", str(len(keys)))
        for key, place in keys:
            self._put(key)
            self._write(values[place])

    def _array(self, array: np.ndarray) -> None:
        self._put("array", array.dtype.str, str(array.shape))
        self._write(array.dtype.descr if array.dtype.names else None)
        if array.dtype.hasobject:
            self._sequence("objects", array.ravel().tolist())
        else:
            self._put(np.ascontiguousarray(array).tobytes())

    def _tensor(self, tensor: object) -> None:
        import torch

        if not isinstance(tensor, torch.Tensor):
            return
        self._write(type(tensor))
        self._put(str(tensor.dtype), str(tuple(tensor.shape)), str(tensor.requires_grad))
        if not tensor.is_meta:
            plain = tensor.detach().cpu().resolve_conj().resolve_neg()
            flat = plain.contiguous().reshape(-1)
            self._put(flat.view(torch.uint8).numpy().tobytes())

    def _module(self, module: types.ModuleType) -> None:
        name = module.__name__
        self._put("module", name)
        if is_own(name):
            self._program.modules.add(name)
        elif _is_by_value(name) and name not in _MAIN:  # made by the program itself
            members = {key: part for key, part in vars(module).items() if key not in _UNREAD_MODULE}
            self._mapping(members)

    def _write_named(self, value: types.FunctionType | type, read: Callable[..., None]) -> None:
        """Write a function or class by its name where others can look it up, else by its parts."""
        module, label = str(value.__module__), f"{value.__module__}:{value.__qualname__}"
        public = _looked_up(module, value.__qualname__) is value
        if public and label == self._label:
            read(value)
        elif public and _is_by_value(module):
            self._put("defined", label)
            self._program.meet(label, value)
        elif public or (isinstance(value, type) and _is_installed(module)):
            self._put("imported", label)
            if is_own(module):
                self._program.modules.add(module)
        else:
            read(value)

    def _function(self, function: types.FunctionType) -> None:
        code = read_bytecode(function.__code__)
        self._put("function")
        self._code(code)
        self._write(function.__defaults__)
        self._write(function.__kwdefaults__)
        self._sequence("closure", function.__closure__ or ())
        self._write(vars(function))
        scope = function.__globals__
        module = str(scope.get("__name__"))
        if _is_installed(module):
            return
        package = str(scope.get("__package__") or "")
        self._program.modules.update(imported_names(code.imports, package))
        home = sys.modules.get(module)
        for name in sorted(code.global_names & scope.keys()):
            self._put("global", name)
            if home is not None and vars(home) is scope:
                self._put(f"{module}:{name}")
                self._program.meet(f"{module}:{name}", scope[name])
            else:
                self._write(scope[name])

    def _code(self, code: Bytecode) -> None:
        self._put("code", *code.words)
        self._sequence("constants", code.constants)

    def _class(self, defined: type) -> None:
        self._put("class", defined.__qualname__)
        self._write(type(defined))
        self._sequence("bases", defined.__bases__)
        self._mapping({name: part for name, part in vars(defined).items() if name not in _UNREAD})

    def _reduced(self, value: object) -> None:
        """Write what `pickle` would store."""
        reduce = copyreg.dispatch_table.get(type(value))
        try:
            reduced = reduce(value) if reduce else value.__reduce_ex__(4)
        except RecursionError:
            raise
        except Exception as error:
            where = f", which {self._label} reads," if self._label else ""
            raise ContractError(
                f"a {_name(value)}{where} has no value that could be compared or sent to a worker "
                f"({error}); make it inside of the function that uses it"
            ) from error
        self._put("object")
        self._write(type(value))
        if isinstance(reduced, str):
            self._put(str(getattr(value, "__module__", "")), reduced)
            return
        make, arguments, *rest = reduced
        state, items, pairs = (*rest, None, None, None)[:3]
        self._sequence("made", (make, arguments, state))
        self._sequence("items", items or ())
        self._sequence("pairs", pairs or ())


def _looked_up(module: str, name: str) -> object:
    place: object = sys.modules.get(module)
    for part in name.split("."):
        place = getattr(place, part, None)
    return place


def _is_by_value(module: str) -> bool:
    """Tell whether what a module defines travels to workers by value: it cannot be imported."""
    if module in _MAIN:
        return True
    return getattr(sys.modules.get(module), "__spec__", None) is None


def _is_installed(module: str) -> bool:
    """Tell whether a module is part of what is installed, whose versions are in the environment."""
    return not (_is_by_value(module) or is_own(module))


def _is_filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty cell raises
    except ValueError:
        return False
    return True


def _is_plain_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.Tensor):
        return False
    return value.layout is torch.strided and not value.is_quantized


def _wrapped(value: object) -> object:
    return getattr(value, "__dict__", {}).get("__wrapped__")


def _name(value: object) -> str:
    return str(getattr(value, "__qualname__", type(value).__qualname__))

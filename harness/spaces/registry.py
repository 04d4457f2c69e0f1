"""All spaces by name: built-in ones, installed ones, and those of files.

A space is named by its name, or by the path of its file, ``path/to/file.py`` or
``path/to/file.py:NAME`` where the file holds it under another name than ``SPACE``. Paths start
from the working directory. From then on the process knows the space by its name too, which is what
architectures, records and pages say. A built-in space's module is imported when it is first asked
for.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

from harness.core.architecture import Space
from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of, unknown_name
from harness.core.names import FILE_NAME
from harness.own_code import execute_file, read_source
from harness.own_code.offers import import_offered, installed_offers, python_file
from harness.own_code.source_code import assigned_names

__all__ = [
    "BrokenSpace",
    "LoadedSpace",
    "SpaceOrigin",
    "known_spaces",
    "load_space",
    "names_space",
    "register_space",
    "require_space",
    "space",
    "space_names",
    "spaces_of_files",
]

_GROUP = "harness.spaces"
_CONSTANT = "SPACE"
_PLACES = {
    "nas-bench-201": "harness.spaces.nas_bench_201:SPACE",
    "nas-bench-101": "harness.spaces.nas_bench_101:SPACE",
    "nas-bench-1shot1-1": "harness.spaces.nas_bench_1shot1:FIRST",
    "nas-bench-1shot1-2": "harness.spaces.nas_bench_1shot1:SECOND",
    "nas-bench-1shot1-3": "harness.spaces.nas_bench_1shot1:THIRD",
    "nas-bench-macro": "harness.spaces.nas_bench_macro:SPACE",
    "darts": "harness.spaces.darts:SPACE",
    "transnas-bench-101-micro": "harness.spaces.transnas_bench_101_micro:SPACE",
    "transnas-bench-101-macro": "harness.spaces.transnas_bench_101_macro:SPACE",
    "nas-bench-graph": "harness.spaces.nas_bench_graph:SPACE",
    "mnasnet": "harness.plugins.spaces.mnasnet:SPACE",
    "nas-bench-nlp": "harness.plugins.spaces.nas_bench_nlp:SPACE",
    "autoformer-tiny": "harness.plugins.spaces.autoformer_tiny:SPACE",
    "pit": "harness.plugins.spaces.pit:SPACE",
    "nas-bench-mr": "harness.plugins.spaces.nas_bench_mr:SPACE",
    "nas-bench-bert": "harness.plugins.spaces.nas_bench_bert:SPACE",
    "flexibert": "harness.plugins.spaces.flexibert:SPACE",
    "lts-gpt2": "harness.plugins.spaces.lts_gpt2:SPACE",
    "lts-transformer-xl": "harness.plugins.spaces.lts_transformer_xl:SPACE",
}
_OF_FILES: dict[str, LoadedSpace] = {}
"""Spaces of files that this process has loaded, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceOrigin:
    """Where a space comes from, and how any process, a worker too, loads it from there.

    Attributes:
        name: Name of the space.
        file: Its file; absent for built-in and installed spaces, which are known by their names.
        constant: What the file calls it.
        code: Digest of its code; empty for built-in spaces.
        modules: Folder of the user's own modules, where they travelled with the file.
        payload: A space of a running program, pickled by value; empty for all others.
    """

    name: str
    file: Path | None = None
    constant: str = _CONSTANT
    code: str = ""
    modules: Path | None = None
    payload: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        if self.payload:
            return "the calling program"
        return "installed" if self.code else "built-in"

    def load(self) -> LoadedSpace:
        """Load the space as it was when this origin was written.

        Raises:
            ContractError: Its code was edited meanwhile, or is another one on this machine.
        """
        known = _OF_FILES.get(self.name)
        if known is not None and known.origin == self:
            return known
        if self.payload:
            import cloudpickle

            loaded = _OF_FILES[self.name] = LoadedSpace(
                space=cloudpickle.loads(self.payload), origin=self
            )
        elif self.file is None:
            loaded = load_space(self.name)
        else:
            loaded = _load_file(self.file, self.constant, self.modules)
        if loaded.origin.code != self.code:
            raise ContractError(
                f"the code of the space {self.name} is not what it was when the run began; edit no "
                "space while it runs, and install one version on every machine"
            )
        return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSpace:
    """A space and where it comes from."""

    space: Space
    origin: SpaceOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSpace:
    """An installed space that cannot be used, and why."""

    name: str
    module: str
    reason: str


def space_names() -> tuple[str, ...]:
    """Return the names of the spaces of this package."""
    return tuple(_PLACES)


def known_spaces() -> Iterator[LoadedSpace | BrokenSpace]:
    """Yield every built-in and installed space; one that cannot be used with its reason."""
    yield from (load_space(name) for name in _PLACES)
    for name, point in _installed().items():
        try:
            yield _load_installed(point)
        except HarnessError as error:
            yield BrokenSpace(name=name, module=point.module, reason=str(error))


def register_space(space: Space, code: str = "") -> LoadedSpace:
    """Make a space of the running program known by its name; one of its kind is replaced.

    Args:
        space: The space.
        code: Digest of what it computes; empty where its networks have one each.

    Returns:
        The space; as it is known where it is a built-in or installed one, or that of a file.

    Raises:
        UsageError: A space of another kind has its name.
        ContractError: It cannot be sent to workers, or its name cannot be part of a path.
    """
    import cloudpickle

    if space.name in {*_PLACES, *_OF_FILES, *_installed()}:
        same = load_space(space.name)
        if same.space is space and not same.origin.payload:
            return same
    loaded = _loaded(space, SpaceOrigin(name="", code=code), "the calling program")
    known = _OF_FILES.get(space.name)
    if space.name in _installed() or (known and not known.origin.payload):
        raise UsageError(f"a space is named {space.name!r} already; give this one another name")
    try:
        payload = cloudpickle.dumps(space)
    except Exception as error:
        raise ContractError(
            f"{space.name} cannot be sent to workers: {sentence_of(error)}; write it into a file"
        ) from error
    loaded = replace(loaded, origin=replace(loaded.origin, payload=payload))
    _OF_FILES[space.name] = loaded
    return loaded


def spaces_of_files() -> tuple[SpaceOrigin, ...]:
    """Return where the spaces come from that this process has loaded from files."""
    return tuple(loaded.origin for loaded in _OF_FILES.values())


def names_space(name: str) -> bool:
    """Tell whether a name, or a file by what it assigns, is that of a space and not of a plugin."""
    named = python_file(name)
    if named is None:
        return name in _PLACES or name in _OF_FILES or name in _installed()
    file, constant = named
    if constant:
        return True
    assigned = assigned_names(read_source(file, "Python"))
    return _CONSTANT in assigned and not assigned & {"PLUGIN", "PLUGINS"}


def require_space(name: str, where: str = "") -> str:
    """Return the name of a space that is given by its name or its file.

    Args:
        name: Name, ``file.py`` or ``file.py:NAME``.
        where: File and key that held it, for the message.

    Raises:
        UsageError: There is no such space.
        ContractError: Its file cannot be imported, or holds no space.
    """
    if name in _PLACES:
        return name
    return load_space(name, where).space.name


def space(name: str) -> Space:
    """Return a space by its name, or from its file.

    Raises:
        UsageError: There is no such space.
        ContractError: Its file cannot be imported, or holds no space.
    """
    return load_space(name).space


def load_space(name: str, where: str = "") -> LoadedSpace:
    """Return a space, by its name or from its file, with where it comes from.

    A file is executed each time that it is named, so that an edited one is another space.

    Args:
        name: Name, ``file.py`` or ``file.py:NAME``.
        where: File and key that held it, for the message.

    Raises:
        UsageError: There is no such space.
        ContractError: Its file cannot be imported, or holds no space.
    """
    if name in _PLACES:
        module, _, constant = _PLACES[name].partition(":")
        built_in: Space = getattr(importlib.import_module(module), constant)
        return LoadedSpace(space=built_in, origin=SpaceOrigin(name=name))
    if named := python_file(name):
        file, constant = named
        return _load_file(file, constant or _CONSTANT)
    if name in _OF_FILES:
        return _OF_FILES[name]
    if name in _installed():
        return _load_installed(_installed()[name])
    raise unknown_name("space", name, [*_PLACES, *_OF_FILES, *_installed()], where)


def _load_file(path: Path, constant: str, modules: Path | None = None) -> LoadedSpace:
    file = Path(path).absolute()
    code = execute_file(file, "space", modules)
    if not hasattr(code.module, constant):
        raise _without(constant, str(path), vars(code.module))
    loaded = _loaded(
        getattr(code.module, constant),
        SpaceOrigin(name="", file=file, constant=constant, code=code.digest, modules=modules),
        str(path),
    )
    name, taken = loaded.space.name, _OF_FILES.get(loaded.space.name)
    if name in _installed():
        raise _taken(name, str(path), f"installed one of {_installed()[name].module}")
    if taken is not None and (taken.origin.file, taken.origin.constant) != (file, constant):
        raise _taken(
            name, str(path), f"one of {taken.origin}, which this process has loaded before"
        )
    if taken is not None and taken.origin == loaded.origin:
        return taken
    _OF_FILES[name] = loaded
    return loaded


def _installed() -> Mapping[str, EntryPoint]:
    """Return the spaces that other packages offer, by the names of their entry points."""
    return installed_offers(_GROUP)


@cache
def _load_installed(point: EntryPoint) -> LoadedSpace:
    code = import_offered(point)
    constant = point.attr or _CONSTANT
    if not hasattr(code.module, constant):
        raise _without(constant, point.module, vars(code.module))
    loaded = _loaded(
        getattr(code.module, constant),
        SpaceOrigin(name="", constant=constant, code=code.digest),
        point.module,
    )
    if loaded.space.name != point.name:
        raise ContractError(
            f"the entry point {point.name!r} of {point.module} is a space named "
            f"{loaded.space.name!r}; give both one name"
        )
    return loaded


def _loaded(found: object, origin: SpaceOrigin, place: str) -> LoadedSpace:
    """Hold what a module calls its space against what every space has."""
    if not isinstance(found, Space) or isinstance(found, type):
        raise ContractError(
            f"{place} has a {type(found).__name__} under the name {origin.constant}; a space file "
            f"ends with {origin.constant} = SearchSpace(...) of harness.space"
        )
    if not re.fullmatch(FILE_NAME, found.name):
        raise ContractError(
            f"the space of {place} is named {found.name[:80]!r}; a name has letters, digits and "
            "._+-, a letter or digit first"
        )
    if not found.summary.isprintable():
        raise ContractError(
            f"the summary of the space {found.name} is {found.summary[:80]!r}; it is one line of "
            "printable text"
        )
    if found.name in _PLACES:
        raise _taken(found.name, place, "built-in one")
    return LoadedSpace(space=found, origin=replace(origin, name=found.name))


def _taken(name: str, place: str, other: str) -> UsageError:
    return UsageError(f"the space of {place} is named {name!r} like the {other}; rename it")


def _without(constant: str, place: str, names: dict[str, object]) -> ContractError:
    held = [name for name, value in names.items() if isinstance(value, Space)]
    spaces = [name for name in held if not isinstance(names[name], type)]
    remedy = (
        f"name one of those that it has, as {place}:{spaces[0]}"
        if spaces
        else f"a space file ends with {constant} = SearchSpace(...) of harness.space"
    )
    return ContractError(f"{place} has nothing under the name {constant}; {remedy}")

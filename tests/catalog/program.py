"""A program that prints the identities of many kinds of objects; copied and run by a test."""

import abc
import collections
import dataclasses
import enum
import functools
import json
import re
import types
import typing

import numba
import numpy as np
import torch
from torch import nn

from harness.api.choice import proxy_of
from harness.catalog import FromObject
from harness.catalog.object_identity import object_identity
from harness.passes.observation import Pass
from harness.passes.subject import BUILD
from harness.plugin import Direction, ZeroCostProxy

NAMES = {"weight", "bias", "mean"}
PATTERN = re.compile("a+")


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Options:
    power: int = 3
    names: set = dataclasses.field(default_factory=lambda: {"x", "y", "z"})


class Base(abc.ABC):
    @abc.abstractmethod
    def size(self): ...


class Child(Base):
    """Documented."""

    limit: int | None = None

    def size(self):
        return super().size()

    @functools.cached_property
    def kept(self):
        return NAMES

    @property
    def other(self):
        return Scorer


class Scorer:
    child = Child

    def __init__(self, power):
        self.power = power

    def __call__(self, network, images, labels):
        return spread(network(images)) ** self.power


class Node:
    def __init__(self, parent):
        self.parent, self.mates = parent, {self, 3, "three"}


class Pair(typing.NamedTuple):
    left: int = 1


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(1, 2, 3)


def spread(values):
    """Return the spread."""
    return values.std().item() if "std" in {"std", "mean", "max"} else 0.0


def is_even(n):
    return n == 0 or is_odd(n - 1)


def is_odd(n):
    return n != 0 and is_even(n - 1)


def made(power):
    def inner(network, images, labels):
        return inner if power else PATTERN

    return inner


def constants(network, images, labels):
    class Inner:
        """Documented."""

        names = {"a", "b", "c"}  # noqa: RUF012

    return Inner, Color.RED, Options(2), Pair(), {("a", frozenset({"b", "c"})), "d"}


@torch.no_grad()
def without_gradients(network, images, labels):
    return spread(network(images))


@functools.lru_cache
def remembered(n):
    return n + len(NAMES)


def uses_remembered(network, images, labels):
    return remembered(1)


@numba.njit(fastmath=True)
def compiled(n):
    return n + 1


def uses_compiled(network, images, labels):
    return compiled(1)


OBJECTS = {
    "function": spread,
    "reads a set": constants,
    "even": is_even,
    "odd": is_odd,
    "closure": made(2),
    "other closure": made(0),
    "lambdas": (lambda n, x, y: n(x), lambda n, x, y: n(y)),
    "partial": functools.partial(is_even, n=2),
    "method": Child.size,
    "bound method": Scorer(1.0).__call__,
    "class": Child,
    "instance": Scorer(2.0),
    "instance of another state": Scorer(3.0),
    "instance in a circle": Node(Node(None)),
    "enumeration": Color,
    "member": Color.BLUE,
    "dataclass": Options(),
    "named tuple": Pair(2),
    "set": NAMES,
    "set of sets": {frozenset(NAMES), frozenset({"one", "two"})},
    "dictionary of sets": {name: {name, "x", "y"} for name in NAMES},
    "default dictionary": collections.defaultdict(set, a=set(NAMES)),
    "namespace": types.SimpleNamespace(names=NAMES),
    "array": np.arange(6.0).reshape(2, 3),
    "array of another shape": np.arange(6.0),
    "array of objects": np.array([NAMES, None], dtype=object),
    "masked array": np.ma.array([1, 2], mask=[0, 1]),
    "generator": np.random.default_rng(0),
    "tensor": torch.ones(3, dtype=torch.bfloat16),
    "conjugate": torch.tensor([1 + 2j]).conj(),
    "sparse": torch.eye(2).to_sparse(),
    "module": Network(),
    "module class": Network,
    "types": (int | None, list[int], torch.float32, torch.device("cpu"), np.dtype("f4")),
    "builtin": [len, [1].append, re, PATTERN, ...],
    "decorated": without_gradients,
    "cached": uses_remembered,
    "compiled": uses_compiled,
    "transformed": torch.func.vmap(spread),
    "pass": Pass(name="own", compute=lambda context: context[BUILD], requires=(BUILD,)),
}
PROXY = ZeroCostProxy(
    name="mine",
    version="1",
    summary="",
    direction=Direction.HIGHER,
    passes=(BUILD,),
    score=lambda seen: spread(seen[BUILD]()),
)


if __name__ == "__main__":
    identities = {name: object_identity(value).content for name, value in OBJECTS.items()}
    for plugin, written in ((PROXY, PROXY), (proxy_of(without_gradients), without_gradients)):
        loaded = FromObject.of(plugin, written).load()
        identities[f"key of {loaded.name}"] = loaded.key
    print(json.dumps(identities))  # noqa: T201

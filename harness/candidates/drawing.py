"""Where candidates come from: a uniform sample of a space, all of it, or a list of one's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.core.identity import derived_seed

__all__ = ["Drawn", "draw_listed", "draw_sample", "draw_whole", "unlabelled_networks"]

_LISTED = 50_000
"""Largest space that is listed to draw from; of larger ones single architectures are drawn."""

_VAIN = 1_000
"""Draws in a row without a new architecture after which a space counts as exhausted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Candidates.

    Attributes:
        how: How they were chosen, as a sentence says it after their number.
        architectures: Different ones, in the order in which they were drawn.
        twins: Architectures that were left out since they are the same network as another one.
        labelled: Those left out since they have a label already.
    """

    how: str
    architectures: tuple[Architecture, ...]
    twins: int = 0
    labelled: int = 0


def draw_whole(space: Space) -> Drawn:
    """Take every architecture of a space.

    Raises:
        UsageError: It cannot be enumerated.
    """
    return Drawn(how=f"all of {space.name}", architectures=tuple(space.enumerate()))


def draw_sample(space: Space, count: int, seed: int) -> Drawn:
    """Draw architectures uniformly, without replacement.

    Raises:
        UsageError: The space has fewer.
    """
    generator = np.random.default_rng(derived_seed(seed, "candidates", space.name))
    size = space.size
    if size is not None and size <= max(_LISTED, 2 * count):
        return draw_listed(tuple(space.enumerate()), space.name, count, seed)
    drawn: dict[Architecture, None] = {}
    vain = 0
    while len(drawn) < count:
        before = len(drawn)
        drawn.setdefault(space.sample(generator))
        vain = 0 if len(drawn) > before else vain + 1
        if vain == _VAIN:
            raise UsageError(
                f"{_VAIN} draws in a row gave no architecture of {space.name} beside the "
                f"{len(drawn)} drawn before; ask for {len(drawn)} or fewer with --candidates"
            )
    return Drawn(how=f"sampled of {space.name} (seed {seed})", architectures=tuple(drawn))


def draw_listed(
    architectures: Sequence[Architecture], name: str, count: int | None, seed: int
) -> Drawn:
    """Draw some of the architectures that somebody lists, or take them all.

    Args:
        architectures: The list.
        name: What they are listed in.
        count: How many to draw, or None for all.
        seed: Seed of the draw.

    Raises:
        UsageError: There are fewer.
    """
    if count is None:
        return Drawn(how=f"all of {name}", architectures=tuple(architectures))
    if count > len(architectures):
        raise UsageError(
            f"--candidates {count} is more than the {len(architectures)} architectures of {name}; "
            "ask for fewer"
        )
    generator = np.random.default_rng(derived_seed(seed, "candidates", name))
    order = generator.permutation(len(architectures))[:count]
    return Drawn(
        how=f"sampled of {name} (seed {seed})",
        architectures=tuple(architectures[index] for index in order.tolist()),
    )


def unlabelled_networks(space: Space, drawn: Drawn, labelled: Collection[str] = ()) -> Drawn:
    """Leave out candidates that are the network of an earlier one, or have a label.

    Args:
        space: Their space, which says which architectures are one network.
        drawn: The candidates.
        labelled: Texts of the architectures with labels.
    """
    known = {space.canonical(architecture) for architecture in _of_space(space, labelled)}
    kept: list[Architecture] = []
    seen = set(known)
    repeated = 0
    for architecture in drawn.architectures:
        canonical = space.canonical(architecture)
        if canonical in known:
            repeated += 1
        elif canonical not in seen:
            kept.append(architecture)
        seen.add(canonical)
    twins = len(drawn.architectures) - len(kept) - repeated
    return Drawn(how=drawn.how, architectures=tuple(kept), twins=twins, labelled=repeated)


def _of_space(space: Space, texts: Iterable[str]) -> Iterable[Architecture]:
    return (Architecture(space=space.name, text=text) for text in texts)

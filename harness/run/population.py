"""Named, hashed sets of architectures."""

from __future__ import annotations

from dataclasses import dataclass

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import derived_seed, digest_lines
from harness.suite import PopulationSettings

__all__ = ["Population", "draw_population"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The architectures that a suite evaluates.

    Attributes:
        name: How it was chosen, e.g. ``"no-unreachable/200@0"``.
        digest: Digest of the set of architectures; part of every result's identity.
        architectures: In the order of the space.
    """

    name: str
    digest: str
    architectures: tuple[Architecture, ...]


def draw_population(space: Space, settings: PopulationSettings) -> Population:
    """Draw the population that the settings describe; equal settings give an equal set.

    Raises:
        UsageError: The space has no such subset, or fewer architectures than asked for.
    """
    import numpy as np

    if settings.subset not in space.subsets:
        raise unknown_name(f"subset of {space.name}", settings.subset, space.subsets)
    architectures = tuple(space.enumerate(settings.subset))
    if settings.sample is not None:
        if settings.sample > len(architectures):
            raise UsageError(
                f"cannot draw {settings.sample} architectures from the {len(architectures)} "
                f"of {space.name} ({settings.subset}); ask for fewer with --sample"
            )
        seed = derived_seed(settings.seed, "population", space.name, settings.subset)
        order = np.random.default_rng(seed).permutation(len(architectures))
        architectures = tuple(architectures[index] for index in sorted(order[: settings.sample]))
    return Population(
        name=settings.name,
        digest=digest_lines(one.text for one in architectures),
        architectures=architectures,
    )

"""Parts of a population that machines score apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.core.errors import UsageError
from harness.core.identity import digest, digest_lines
from harness.execution.population import Population

__all__ = ["Shard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several parts that together are a population, no architecture in two of them.

    Attributes:
        number: Which part, from 1.
        count: Number of parts.
    """

    number: int
    count: int

    @staticmethod
    def parse(text: str) -> Shard:
        """Read a shard as it is written on the command line, e.g. ``"2/5"``.

        Raises:
            UsageError: It is written otherwise, or there is no such part.
        """
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(
                f"--shard {text} is not a part of a whole; write 2/5 for the second of five"
            )
        return Shard(number=int(found[1]), count=int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, whole: Population) -> Population:
        """Return this part of a population, in its order.

        Neighbours in a space share operations and so their costs; parts are therefore dealt in the
        order of the architectures' digests, which makes them equal in size and alike in cost.
        """
        dealt = sorted(whole.architectures, key=lambda one: digest(one.text))
        mine = {one.text for one in dealt[self.number - 1 :: self.count]}
        return Population(
            name=f"{whole.name}, shard {self}",
            digest=digest_lines(mine),
            architectures=tuple(one for one in whole.architectures if one.text in mine),
        )

"""A space in its simplest form: named choices, each between a few options.

``Choices(depth=(2, 3, 4), kernel=(3, 5))`` has six architectures. Their texts are
``depth=2,kernel=3`` and so on; listing, uniform samples, neighbours, numbers for predictors and
what evolution needs follow.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import DataError, UsageError
from harness.spaces.literal import quote

__all__ = ["Choices", "Option"]

Option: TypeAlias = str | int | float | bool | None
"""What a choice is between; its text is what Python prints."""

_SEPARATORS = frozenset(",=")


class Choices:
    """Named choices; every combination of their options is an architecture.

    Args:
        **options: Options of each choice, at least one each, whose texts differ.

    Raises:
        UsageError: There is no choice, one has no options, or two of its options or a text with a
            comma or an equals sign could not be told apart.
    """

    def __init__(self, /, **options: Sequence[Option]) -> None:
        self.options: Mapping[str, tuple[Option, ...]] = {
            name: tuple(choice) for name, choice in options.items()
        }
        """Options by name of the choice, in the order in which they were given."""
        if not options:
            raise UsageError(
                "Choices() has no choice; give one or more, such as Choices(depth=(2, 3))"
            )
        self._by_text = {name: _by_text(name, own) for name, own in self.options.items()}

    @property
    def size(self) -> int:
        """Number of architectures."""
        return math.prod(len(own) for own in self.options.values())

    @property
    def genes(self) -> int:
        """How many numbers from 0 to 1 an architecture follows from, see `decoded`."""
        return len(self.options)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the numbers of `one_hot`: ``depth=2``, ``depth=3``, ..."""
        return tuple(f"{name}={text}" for name, own in self._by_text.items() for text in own)

    def text(self, values: Mapping[str, Option]) -> str:
        """Return the text of an option for every choice.

        Raises:
            DataError: A choice is missing or unknown, or has no such option.
        """
        return self.parse(",".join(f"{name}={value}" for name, value in values.items()))

    def parse(self, text: str) -> str:
        """Return the text in the order of the choices and without blanks.

        Raises:
            DataError: A choice is missing, unknown or there twice, or has no such option.
        """
        return ",".join(f"{name}={part}" for name, part in self._parts(text).items())

    def values(self, text: str) -> dict[str, Option]:
        """Return the chosen option of every choice, as it was given and not as text.

        Raises:
            DataError: As for `parse`.
        """
        return {name: self._by_text[name][part] for name, part in self._parts(text).items()}

    def texts(self) -> Iterator[str]:
        """Yield every architecture, the last choice changing first; none are kept."""
        for parts in itertools.product(*self._by_text.values()):
            yield ",".join(map("=".join, zip(self._by_text, parts, strict=True)))

    def sample(self, generator: np.random.Generator) -> str:
        """Draw one architecture uniformly."""
        return self.decoded(generator.random(self.genes))

    def neighbours(self, text: str) -> tuple[str, ...]:
        """Return the architectures that differ in one choice.

        Raises:
            DataError: As for `parse`.
        """
        parts = self._parts(text)
        return tuple(
            ",".join(f"{name}={other if name == changed else parts[name]}" for name in parts)
            for changed, own in self._by_text.items()
            for other in own
            if other != parts[changed]
        )

    def one_hot(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return shape ``(n, columns)``: 1 where an option is chosen, 0 elsewhere.

        Raises:
            DataError: As for `parse`.
        """
        place = {column: index for index, column in enumerate(self.columns)}
        values = np.zeros((len(texts), len(place)))
        for row, text in enumerate(texts):
            values[row, [place[f"{name}={part}"] for name, part in self._parts(text).items()]] = 1
        return values

    def decoded(self, genes: NDArray[np.float64]) -> str:
        """Return the architecture of numbers from 0 to 1, shape ``(genes,)``.

        The k options of a choice share the numbers from 0 to 1 in k equal parts.
        """
        chosen = (
            tuple(own)[min(int(gene * len(own)), len(own) - 1)]
            for gene, own in zip(genes, self._by_text.values(), strict=True)
        )
        return ",".join(map("=".join, zip(self._by_text, chosen, strict=True)))

    def _parts(self, text: str) -> dict[str, str]:
        """Return the text of every choice's option, in the order of the choices."""
        written: dict[str, str] = {}
        for part in text.split(","):
            name, _, option = (piece.strip() for piece in part.partition("="))
            if name not in self._by_text or name in written:
                fault = "is there twice" if name in written else "is no choice"
                raise self._fault(text, f"{quote(name)} {fault}")
            if option not in self._by_text[name]:
                known = ", ".join(self._by_text[name])
                raise self._fault(text, f"{name} is {quote(option)}, not one of {known}")
            written[name] = option
        if missing := [name for name in self._by_text if name not in written]:
            raise self._fault(text, f"{missing[0]} is missing")
        return {name: written[name] for name in self._by_text}

    def _fault(self, text: str, fault: str) -> DataError:
        example = next(self.texts())
        return DataError(f"architecture {quote(text)}: {fault}; expected e.g. {example!r}")


def _by_text(name: str, options: Sequence[Option]) -> dict[str, Option]:
    by_text = {str(option): option for option in options}
    if not options or len(by_text) < len(options):
        fault = "two options of the same text" if options else "no options"
        raise UsageError(f"the choice {name!r} has {fault}; give different ones")
    for text in by_text:
        if text != text.strip() or _SEPARATORS & set(text) or not text:
            raise UsageError(
                f"the option {text!r} of the choice {name!r} cannot be part of a text such as "
                "'depth=2,kernel=3'; leave out commas, equals signs and blanks at the ends"
            )
    return by_text

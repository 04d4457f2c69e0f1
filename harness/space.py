"""What a space of one's own is written with: ``from harness.space import SearchSpace``.

A space file ends with ``SPACE = SearchSpace(...)``. It needs a name, a function that builds the
network of a text, and the texts; the rest is derived, or given where the author knows better:

==============  ==================================================================================
given           otherwise
==============  ==================================================================================
``texts``       what ``choices`` lists; without either, ``sample`` alone, for spaces without end
``parse``       a text is an architecture as it is written, where texts are listed: if listed
``sample``      uniform over the listed texts
``neighbours``  none, and searches that walk from one architecture to the next say so
``canonical``   the text: no two architectures are taken for one
``graph``       the operators of the traced network
``size``        the number of listed texts; None of those of a function
``columns``     none
==============  ==================================================================================
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeAlias

from harness.core.architecture import (
    Architecture,
    CellGraph,
    Dataset,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import (
    ContractError,
    DataError,
    HarnessError,
    UsageError,
)
from harness.core.short_repr import quote
from harness.own_code.author_functions import as_sentence, author_errors, takes_dataset
from harness.spaces.choices import Choices
from harness.spaces.datasets import dataset as known_dataset
from harness.spaces.knowledge import Shapes

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["Choices", "SearchSpace"]

_LONGEST = 4000
"""Characters of a text; one of a table is not longer either."""

_LISTED = 1_000_000
"""Architectures that a draw without a function of its own may have to list."""

Texts: TypeAlias = "Sequence[str] | Callable[[], Iterable[str]]"
Build: TypeAlias = "Callable[[str], nn.Module] | Callable[[str, Dataset], nn.Module]"
Column: TypeAlias = "Mapping[str, float] | Callable[[str], float]"


class SearchSpace:
    """A set of architectures, each of which is a text that a network can be built from.

    Functions take and return texts; what the harness calls has `Architecture` instead.

    Args:
        name: Name in suites, records and pages: letters, digits and ``._+-``.
        summary: What it holds, in a few words for lists.
        network: Builds the untrained network of a text, or of a text and a `Dataset`; weights come
            from torch's global generator, and no two networks share one.
        texts: All architectures, or a function that yields them in a fixed order.
        choices: Named choices that texts, parsing, samples and neighbours follow from.
        parse: Returns the space's own text of an architecture in any notation; raises ValueError
            or `DataError` for all others.
        sample: Draws one architecture, with ``numpy.random.Generator``.
        uniform: Whether `sample` draws every architecture equally often; False where it does not.
        neighbours: Returns the architectures that differ from one in one decision.
        canonical: Returns a text that is equal for architectures of one network; or such functions
            by what is meant by one: ``"computation"``, ``"network"``, ``"published"``.
        graph: Returns the cell, or the whole network, with operations on its nodes.
        size: Number of architectures, where they are not counted by their list.
        subsets: Functions that yield parts of the space, by their names.
        columns: Figures that somebody has of the architectures, such as a latency, by their names:
            a number by text, or a function of the text.
        matrices: Returns rows, columns and number of all weight matrices of a text's network for a
            `Dataset`, as `nsc` would see them in it, so that it need not be built.
        dataset: Name of a data set, or its shape and classes, that networks are built for where
            nobody names another one.
        largest: Text of the network with the most multiply-accumulates, which Eproxy compares with,
            or their number for an image of 32 x 32 pixels.
        usual_size: Thousands of parameters that SWAP's discount of size is centred on.
        kin: Name of a space that has some of the same networks, with which it is held out.
        family: Kind of its networks, e.g. ``"CNN"`` or ``"vision transformer"``, for the site.

    Raises:
        UsageError: There are neither texts nor choices nor samples, or texts are none, or one is
            there twice, or cannot be shown in a line.
    """

    def __init__(
        self,
        *,
        name: str,
        summary: str,
        network: Build,
        texts: Texts | None = None,
        choices: Choices | None = None,
        parse: Callable[[str], str] | None = None,
        sample: Callable[[np.random.Generator], str] | None = None,
        uniform: bool = True,
        neighbours: Callable[[str], Iterable[str]] | None = None,
        canonical: Callable[[str], str] | Mapping[str, Callable[[str], str]] | None = None,
        graph: Callable[[str], CellGraph] | None = None,
        size: int | None = None,
        subsets: Mapping[str, Callable[[], Iterable[str]]] | None = None,
        columns: Mapping[str, Column] | None = None,
        matrices: Callable[[str, Dataset], Shapes] | None = None,
        dataset: str | Dataset = "cifar10",
        largest: str | int = "",
        usual_size: float | None = None,
        kin: str = "",
        family: str = "",
    ) -> None:
        self.name, self.summary = name, summary
        self.uniform = uniform
        """Whether draws are uniform, which ``harness check`` tests on small spaces."""
        self.largest, self.usual_size, self.kin, self.family = largest, usual_size, kin, family
        self.choices = choices
        """The named choices, where the space is made of such."""
        if choices is not None:
            texts = choices.texts if texts is None else texts
            parse, sample = parse or choices.parse, sample or choices.sample
            neighbours = neighbours or choices.neighbours
            size = choices.size if size is None else size
        if texts is None and sample is None:
            raise UsageError(
                f"the space {name!r} has neither texts nor choices nor sample; give one of them"
            )
        for key, number in (("size", size), ("usual_size", usual_size)):
            if not isinstance(number, int | float | None):
                raise UsageError(f"{key} of the space {name!r} is {number!r}; give a number")
        self._texts = texts if texts is None or callable(texts) else self._listed(texts)
        self._network, self._with_dataset = network, takes_dataset(network, name)
        self._parse, self._sample, self._neighbours, self._graph = parse, sample, neighbours, graph
        if not isinstance(canonical, Mapping):
            canonical = dict.fromkeys(("computation", "network"), canonical or str)
        self._canonical = canonical
        self._size = len(self._texts) if size is None and isinstance(self._texts, dict) else size
        self._kept: tuple[str, ...] = ()
        self._subsets, self._columns = dict(subsets or {}), dict(columns or {})
        self._dataset, self._matrices = dataset, matrices

    def __repr__(self) -> str:
        return f"SearchSpace({self.name!r})"

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_kept": ()}  # what is kept of draws is made again

    @property
    def size(self) -> int | None:
        """Number of architectures; None where they are not counted, or without end."""
        return self._size

    @property
    def subsets(self) -> tuple[str, ...]:
        """Named subsets that `enumerate` accepts; ``"all"`` is the first."""
        return ("all", *self._subsets)

    @property
    def dataset(self) -> Dataset:
        """What its networks are built for where nobody names another data set.

        Raises:
            UsageError: There is no such data set.
        """
        if isinstance(self._dataset, str):
            return known_dataset(self._dataset, f"the space {self.name}")
        return self._dataset

    @property
    def columns(self) -> Mapping[str, Callable[[Architecture], float]]:
        """Figures that the author has of architectures, by their names."""
        return {name: self._column(name) for name in self._columns}

    def matrices(self, architecture: Architecture, dataset: Dataset) -> Shapes | None:
        """Return rows, columns and number of weight matrices, if the author says so."""
        if self._matrices is None:
            return None
        text = self._text(architecture)
        with self._errors("tell the matrices of", text):
            return self._matrices(text, dataset)

    @property
    def is_traced(self) -> bool:
        """Whether `graph` is that of the traced network, for the author gives none."""
        return self._graph is None

    def parse(self, text: str) -> Architecture:
        """Read an architecture.

        Raises:
            DataError: It is none of the space.
        """
        stripped = text.strip()
        if self._parse is None:
            if isinstance(self._texts, dict) and stripped not in self._texts:
                raise DataError(
                    f"{quote(stripped)} is none of the {len(self._texts)} architectures of the "
                    f"space {self.name}"
                )
            return self._architecture(stripped)
        try:
            return self._architecture(self._parse(stripped))
        except HarnessError:
            raise
        except (Exception, SystemExit) as error:  # the author's function says so as it likes
            what = f"the space {self.name} cannot read {quote(stripped)}"
            raise DataError(as_sentence(what, error)) from error

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield the architectures of a subset, none of which is kept.

        Raises:
            UsageError: There is no such subset, or the space does not list its architectures.
        """
        require_subset(subset, self)
        if subset != "all":
            return map(self._architecture, self._yielded(self._subsets[subset]))
        if self._texts is None:
            raise UsageError(
                f"the space {self.name} does not list its architectures and cannot be enumerated; "
                "draw some of them by sample in [population] of a suite"
            )
        return map(self._architecture, self._yielded(self._texts))

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one architecture, uniformly where the author gives no other function.

        Raises:
            UsageError: There are too many listed architectures to find one by its number.
        """
        if self._sample is not None:
            with author_errors(f"the space {self.name} cannot draw an architecture"):
                return self._architecture(self._sample(generator))
        texts = self._drawn_from()
        return self._architecture(texts[int(generator.integers(len(texts)))])

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the architectures that differ in one decision.

        Raises:
            UsageError: The space does not say which these are.
        """
        text = self._text(architecture)
        if self._neighbours is None:
            raise UsageError(
                f"the space {self.name} has no neighbours, which this search goes along; give "
                "SearchSpace(neighbours=...), or search at random"
            )
        with self._errors("tell the neighbours of", text):
            return tuple(map(self._architecture, self._neighbours(text)))

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return a text that is equal for architectures of one network, as far as is known.

        Raises:
            UsageError: The space says nothing of this kind.
        """
        require_kind(kind, self._canonical, self.name)
        text = self._text(architecture)
        with self._errors("tell the canonical text of", text):
            return self._require_text(self._canonical[kind](text))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the author's graph, or the operators of the traced network.

        Raises:
            DataError: The network cannot be traced.
        """
        text = self._text(architecture)
        if self._graph is not None:
            with self._errors("tell the graph of", text):
                graph = self._graph(text)
            if not isinstance(graph, CellGraph):
                raise ContractError(
                    f"the space {self.name} gives a {type(graph).__name__} as the graph of "
                    f"{quote(text)}; it is a harness.core.architecture.CellGraph"
                )
            return graph
        from harness.computation_graphs.cell_graph import traced_cell

        return traced_cell(self, architecture)

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network; weights come from torch's global generator.

        Raises:
            ContractError: The function raises, or returns no torch module.
            UsageError: It needs a package that is not installed.
        """
        from torch import nn

        text = self._text(architecture)
        with self._errors("build", text):
            built = self._network(text, dataset) if self._with_dataset else self._network(text)  # type: ignore[call-arg]
        if not isinstance(built, nn.Module):
            raise ContractError(
                f"the space {self.name} built a {type(built).__name__} for {quote(text)}; its "
                "network function returns a torch.nn.Module"
            )
        return built

    def _listed(self, texts: Sequence[str]) -> dict[str, None]:
        listed = dict.fromkeys(texts)
        if isinstance(texts, str) or not listed:
            fault = "are one text, not a list of texts" if texts else "are an empty list"
            raise UsageError(f"the texts of the space {self.name!r} {fault}; give some")
        for text in listed:
            self._require_line(text)
        if len(listed) < len(texts):
            seen: set[str] = set()
            twice = next(text for text in texts if text in seen or seen.add(text))  # type: ignore[func-returns-value]
            raise UsageError(
                f"the space {self.name!r} lists {quote(twice)} twice; give every architecture "
                "one text"
            )
        return listed

    def _yielded(self, texts: Iterable[str] | Callable[[], Iterable[str]] | None) -> Iterator[str]:
        with author_errors(f"the space {self.name} cannot list its texts"):
            yield from (texts() if callable(texts) else texts) or ()

    def _drawn_from(self) -> tuple[str, ...]:
        """Return the listed texts, which are kept: every draw would list them again."""
        if not self._kept:
            many = self._size is not None and self._size > _LISTED
            texts = () if many else tuple(itertools.islice(self._yielded(self._texts), _LISTED + 1))
            if many or len(texts) > _LISTED:
                fault = f"has over {_LISTED} architectures and no function that draws one"
                raise UsageError(f"the space {self.name} {fault}; give SearchSpace(sample=...)")
            if not texts:
                raise UsageError(f"the function texts of the space {self.name} yields no text")
            self._kept = texts
        return self._kept

    def _column(self, name: str) -> Callable[[Architecture], float]:
        column = self._columns[name]

        def figure(architecture: Architecture) -> float:
            text = self._text(architecture)
            if not callable(column) and text not in column:
                raise DataError(f"the column {name} of {self.name} has no number of {quote(text)}")
            with self._errors(f"tell the column {name} of", text):
                return float(column(text) if callable(column) else column[text])

        return figure

    def _text(self, architecture: Architecture) -> str:
        require_member(architecture, self.name)
        return architecture.text

    def _errors(self, action: str, text: str) -> AbstractContextManager[None]:
        return author_errors(f"the space {self.name} cannot {action} {quote(text)}")

    def _architecture(self, text: str) -> Architecture:
        self._require_line(text)
        return Architecture(space=self.name, text=text)

    def _require_text(self, text: object) -> str:
        if not isinstance(text, str):
            raise ContractError(
                f"the space {self.name!r} gives {quote(text)}, of type {type(text).__name__}, "
                "where a text is expected"
            )
        return text

    def _require_line(self, given: object) -> None:
        text = self._require_text(given)
        if not text.isprintable() or text != text.strip() or not 0 < len(text) <= _LONGEST:
            raise DataError(
                f"the space {self.name!r} has the text {quote(text)}; a text is one line of at "
                f"most {_LONGEST} printable characters without blanks at its ends"
            )

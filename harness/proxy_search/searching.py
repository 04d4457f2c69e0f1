"""Runs a search: meters its budget, scores what it asks for, and stores every score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.catalog import FromModule, LoadedProxy, LoadedSearch
from harness.catalog.tuned_proxy import settings_json, tuned_proxy
from harness.core.errors import ContractError, UsageError
from harness.core.identity import Json, derived_seed
from harness.execution.execute import execute
from harness.execution.run import Options
from harness.isolation import process_guard
from harness.metrics.values import FloatArray
from harness.proxy_search.found import Found
from harness.proxy_search.setup import SearchSetup
from harness.searched_proxy import Budget, LabelledDraw, Unscored
from harness.spaces.knowledge import why_unsupported
from harness.spaces.registry import space

__all__ = ["find"]

Progress = Callable[[int, int], None]


def find(
    setup: SearchSetup, search: LoadedSearch, evaluations: int, options: Options, progress: Progress
) -> Found:
    """Search settings by the labelled architectures of a setup.

    Every score of an architecture is stored before the next one is computed, and none that is
    stored is computed again: a search that was stopped goes on where it was.

    Args:
        setup: Labels and conditions.
        search: The searched proxy.
        evaluations: Settings that it may try.
        options: How to score.
        progress: Is told how many architectures were scored, of how many.

    Raises:
        UsageError: The searched proxy does not support the space, or finds nothing.
        ContractError: It asks for more than its budget, or returns no JSON.
    """
    if reason := why_unsupported(search.plugin, space(setup.prepared.suite.space)):
        raise UsageError(f"{reason}; leave it out, or name another --plugin")
    question = setup.question
    seed = derived_seed(question.seed, "proxy search")
    score = _Scorer(setup, search, evaluations, options, progress)
    draw = LabelledDraw(labels=setup.labels, score=score)
    with process_guard().watching(search.name):
        settings = search.plugin.search(draw, Budget(evaluations=evaluations, seed=seed))
    tuned_proxy(search, settings)  # refuses what it cannot read itself
    origin = search.origin
    return Found(
        search=search.name,
        search_key=search.key,
        module=origin.module if isinstance(origin, FromModule) else "",
        file="" if isinstance(origin, FromModule) else str(origin),
        task=setup.task,
        condition=setup.prepared.condition.key,
        labelled=tuple(architecture.text for architecture in setup.labelled.architectures),
        evaluations=score.spent,
        seed=question.seed,
        settings=settings_json(settings),
    )


class _Scorer:
    """Scores the labelled architectures by the proxy of some settings, within a budget."""

    def __init__(
        self,
        setup: SearchSetup,
        search: LoadedSearch,
        evaluations: int,
        options: Options,
        progress: Progress,
    ) -> None:
        self._setup = setup
        self._search = search
        self._evaluations = evaluations
        self._options = options
        self._progress = progress
        self.spent = 0

    def __call__(self, settings: Json) -> FloatArray | Unscored:
        if self.spent == self._evaluations:
            raise ContractError(
                f"{self._search.name} asked for scores more than {self._evaluations} times; "
                "its budget says how often it may"
            )
        self._report(0)
        proxy = tuned_proxy(self._search, settings)
        prepared = replace(self._setup.prepared, plugins=(proxy,), population=self._setup.labelled)
        execute(prepared, self._options, lambda done, total: self._report(done))
        self.spent += 1
        return _scores(proxy, self._setup)

    def _report(self, done: int) -> None:
        each = len(self._setup.labelled.architectures)
        self._progress(self.spent * each + done, self._evaluations * each)


def _scores(proxy: LoadedProxy, setup: SearchSetup) -> FloatArray | Unscored:
    texts = setup.labelled.texts
    column = setup.prepared.scores.column(proxy.key, texts)
    for row, failure in column.failures.items():
        return Unscored(reason=f"{texts[row]}: {failure.reason}")
    return proxy.oriented({name: column.values[name] for name in proxy.plugin.components})

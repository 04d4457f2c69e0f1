"""What a search works on: labelled architectures of a task, and those that it is evaluated on."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from harness.core.architecture import Space
from harness.core.errors import HarnessError, UsageError
from harness.execution.population import Population, population_of
from harness.execution.run import Options, Run, open_run_on
from harness.execution.task_truth import load_architectures, make_suite, warn_of_datasets
from harness.learning import draws
from harness.metrics.values import FloatArray
from harness.spaces.identical import IDENTICAL, network_keys
from harness.spaces.registry import space
from harness.suite import BatchSettings
from harness.truth import merge_identical

__all__ = ["USUAL_BATCH", "Question", "SearchSetup", "set_up_search"]

USUAL_BATCH = BatchSettings(size=16)
"""What networks see where nobody names a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        task: Name of a task.
        batch: Images that networks see.
        labels: Architectures whose labels a search may see; none of them is evaluated on.
        evaluate_on: Architectures that are evaluated on, never labelled; None for all others.
        excluded: Texts of architectures that were labelled elsewhere, likewise left out.
        identical: What makes networks identical, which are drawn once: a kind of `Space.canonical`,
            or ``"rows"``.
        dataset: Data set that networks are built for; None for the task's.
        seed: Seed of draws, batch, weights and search.
    """

    task: str
    batch: BatchSettings
    labels: int = 20
    evaluate_on: int | None = None
    excluded: frozenset[str] = frozenset()
    identical: str = IDENTICAL
    dataset: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SearchSetup:
    """A question with its architectures drawn and its stored scores read.

    Attributes:
        task: Name of the task, also where a path names it.
        prepared: Condition and stored scores; its population is that of the evaluation.
        labelled: The labelled architectures.
        labels: Their values, shape ``(n,)``, higher is better.
    """

    question: Question
    task: str
    prepared: Run
    labelled: Population
    labels: FloatArray


def set_up_search(question: Question, options: Options) -> SearchSetup:
    """Draw labelled architectures and what is evaluated on; score nothing.

    Raises:
        UsageError: There is no such task, its labels are all the same, or too few architectures
            are left to evaluate on.
        DataError: The truth table cannot be read.
    """
    name = question.task
    truth = merge_identical(load_architectures(name), question.identical)
    texts = sorted(truth.values)
    keys = network_keys(truth.space, texts, question.identical)
    elsewhere = _texts_of(space(truth.space), question.excluded)
    excluded = set(network_keys(truth.space, elsewhere, question.identical))
    (draw,) = draws(texts, question.labels, 1, question.seed, question.evaluate_on)
    chosen = [texts[index] for index in draw.labelled(question.labels)]
    labels = truth.oriented(chosen)
    if not labels.max() > labels.min():
        raise UsageError(
            f"the {question.labels} labelled architectures of {name} have one value; "
            "ask for more with --labels, or for others with --seed"
        )
    kept = [texts[index] for index in draw.evaluation if keys[index] not in excluded]
    stem = f"{len(kept)}@{question.seed} without {question.labels}"
    suite = make_suite(name, truth, USUAL_BATCH, question.seed, question.dataset)
    suite = suite.changed(batch=question.batch, identical=question.identical)
    warn_of_datasets([truth], suite.dataset)
    return SearchSetup(
        question=question,
        task=truth.task,
        prepared=open_run_on(
            population_of(f"task/{stem}", truth.space, kept), {name: truth}, suite, (), options
        ),
        labelled=population_of(f"labels/{question.labels}@{question.seed}", truth.space, chosen),
        labels=labels,
    )


def _texts_of(searched: Space, texts: Iterable[str]) -> list[str]:
    """Return the texts that a space reads: those labelled in another space are none of its own."""
    read = []
    for text in sorted(texts):
        with suppress(HarnessError):
            searched.parse(text)
            read.append(text)
    return read

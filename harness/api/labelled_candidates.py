"""Ranking candidates by what a few labelled architectures say of proxies and predictors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.api.candidates import Candidates, Ranking
from harness.api.choice import Plugins, choose, plugin_items
from harness.api.running import steps
from harness.candidates import (
    USUAL,
    Kind,
    MethodFolds,
    Plan,
    Scored,
    counted_figures,
    predict_rest,
    select_method,
)
from harness.catalog import LoadedPredictor
from harness.core.architecture import Architecture
from harness.core.errors import HarnessError
from harness.encodings.subjects import ScoreTable, subjects_of
from harness.evaluation import stored_methods
from harness.execution.run import Run
from harness.learning import Pool, pool_of, recorded_scores
from harness.learning.label_free_baselines import Unlabelled
from harness.metrics.values import FloatArray
from harness.predictor import inputs_of
from harness.reports.candidates import RankTable
from harness.spaces.identical import IDENTICAL
from harness.truth import TruthTable, merge_identical

__all__ = ["rank_by_labels"]

_LOG = logging.getLogger(__name__)
_PREDICTORS = (USUAL, "ridge-zc", "gp_wl", "gp-onehot+graf+zc")
_BASELINE = "params"


def rank_by_labels(
    ranking: Ranking,
    candidates: Candidates,
    truth: TruthTable,
    predictors: Plugins | None,
    plan: Plan,
) -> RankTable:
    """Rank candidates by the method that held-out labels choose.

    Args:
        ranking: What is ranked.
        candidates: The candidates, none of which has a label.
        truth: The labels.
        predictors: Those named; the usual ones when absent.
        plan: How labels are held out.
    """
    truth = merge_identical(truth, IDENTICAL)  # no network is learnt from and held out
    labelled = _Labelled.of(ranking, candidates, truth)
    usable = _usable_predictors(predictors, labelled.pool)
    told = steps(ranking.progress, "fitting held-out folds")
    keeping = (ranking.options.results, told)
    usual = "" if ranking.named else USUAL
    selection = select_method(labelled.pool, labelled.proxies, usable, plan, keeping, usual)
    values = labelled.values(selection.chosen, usable)
    return ranking.table(candidates, selection.chosen.name, values, selection)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Labelled:
    """Labelled architectures and candidates, scored alike.

    Attributes:
        ranking: What is ranked.
        candidates: The candidates.
        pool: The labelled architectures.
        proxies: What proxies say of these: the choice that needs no label, then each.
        scores: Of the labelled architectures, then of the candidates.
    """

    ranking: Ranking
    candidates: Candidates
    pool: Pool
    proxies: Sequence[Unlabelled]
    scores: ScoreTable

    @classmethod
    def of(cls, ranking: Ranking, candidates: Candidates, truth: TruthTable) -> _Labelled:
        """Score the labelled architectures by the proxies that scored the candidates."""
        texts = sorted(truth.values)
        architectures = [Architecture(space=ranking.space.name, text=text) for text in texts]
        names = {method.name for method in candidates.proxies.each}
        given = (*ranking.proxies, *ranking.beside)
        taken = {proxy.name: proxy for proxy in given if proxy.name in names}
        taken.setdefault(_BASELINE, counted_figures()[_BASELINE])
        run = ranking.stored(candidates.run, architectures, tuple(taken.values()), ranking.progress)
        scores = recorded_scores(run, [*texts, *candidates.run.population.texts])
        pool = pool_of(truth, texts, scores.rows(np.arange(len(texts))))
        together = [method.name for method in candidates.proxies.methods]
        return cls(
            ranking=ranking,
            candidates=candidates,
            pool=pool,
            proxies=_on_labels(run, together, pool),
            scores=scores,
        )

    def values(self, chosen: MethodFolds, predictors: Sequence[LoadedPredictor]) -> FloatArray:
        """Return the chosen method's scores of the candidates, a predictor's from all labels."""
        if chosen.kind is Kind.LABEL_FREE:
            return self.candidates.proxies.values
        if chosen.kind is Kind.PROXY:
            by_name = {method.name: method.values for method in self.candidates.proxies.each}
            return (self.candidates.figures | by_name)[chosen.name]
        (predictor,) = (each for each in predictors if each.name == chosen.name)
        population = self.candidates.run.population
        everything = [*self.pool.subjects.architectures, *population.architectures]
        subjects = subjects_of(self.ranking.space.name, everything, self.scores)
        return predict_rest(predictor, subjects, self.pool.labels, self.ranking.suite.seed)


def _on_labels(run: Run, together: Sequence[str], pool: Pool) -> list[Unlabelled]:
    """Return what some proxies say together, then each proxy, and the baseline."""
    methods = stored_methods(run)
    label_free = Scored(methods=tuple(method for method in methods if method.name in together))
    columns = {label_free.name: label_free.values}
    columns |= {method.name: method.values for method in methods}
    return [
        Unlabelled(name=name, key="", pool=pool, scores=values) for name, values in columns.items()
    ]


def _usable_predictors(given: Plugins | None, pool: Pool) -> tuple[LoadedPredictor, ...]:
    """Return the predictors that were named, or of the usual ones those that the space allows."""
    if given is not None:
        return choose(LoadedPredictor, plugin_items(given), "--predictor")
    usable = []
    for predictor in choose(LoadedPredictor, _PREDICTORS):
        try:
            inputs_of(pool.subjects, predictor.plugin.encoding)
        except HarnessError as error:
            _LOG.warning("%s is left out: %s", predictor.name, error)
        else:
            usable.append(predictor)
    return tuple(usable)

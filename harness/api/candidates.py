"""The steps of a ranking: candidates are drawn, limited and scored, and put in order."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from harness.api.choice import (
    batch_settings,
    refuse_options,
)
from harness.api.results import Progress, RankResult
from harness.api.running import scored, steps
from harness.architecture_search import Fitness, OpenProblem, explore
from harness.candidates import (
    Counts,
    Drawn,
    Figures,
    Limit,
    Scored,
    Selection,
    apply_limits,
    counted_figures,
    counts_of,
    draw_from_space,
    draw_from_table,
    rank_candidates,
    require_neighbours,
    scored_proxies,
)
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.core.files import logged_if_unwritable, write_at_once
from harness.core.identity import Json, digest
from harness.evaluation import agreement_text, judge_agreement
from harness.execution.population import population_of
from harness.execution.run import Options, Run, open_run_on
from harness.metrics.values import FloatArray, Undefined
from harness.reports.candidates import RankTable, write_ranking
from harness.spaces.datasets import dataset as known_dataset
from harness.spaces.datasets import identity_of
from harness.suite import DataSettings, Suite

__all__ = ["CANDIDATES", "TOP", "Candidates", "Ranking", "conditions_of"]

CANDIDATES = 100
"""Architectures that are drawn where nobody says how many."""

TOP = 10
"""Architectures that are listed to be trained where nobody says how many, if there are so many."""

_LOG = logging.getLogger(__name__)
_IMAGES = 64
_PREDICTORS = ("ridge-zc", "svr-zc", "gp_wl", "gp-onehot+graf+zc")
_SHOWN = ("params", "macs")
_BASELINE = "params"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Candidates within the limits, with what is known of them.

    Attributes:
        run: Their population, and what is stored of it.
        figures: Counts and limited figures, each of shape ``(n,)``.
        proxies: What the proxies say of them.
        facts: How they came about, a sentence each.
        whole: Whether no more can be drawn.
    """

    run: Run
    figures: Counts
    proxies: Scored
    facts: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What is ranked, and how it is scored.

    Attributes:
        proxies: What ranks together.
        named: Whether the proxies were named, so that each of them must score something.
        beside: Further proxies, for predictors to read.
        effort: How many scores were computed, and how many were stored before.
        taken: The scores that it has counted, by key of the plugin and text.
    """

    space: Space
    proxies: tuple[LoadedProxy, ...]
    named: bool
    limits: tuple[Limit, ...]
    figures: Figures
    top: int | None
    suite: Suite
    options: Options
    progress: Progress | None
    beside: tuple[LoadedProxy, ...] = ()
    effort: Counter[str] = field(default_factory=Counter)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def require_supported(self) -> None:
        """Refuse named proxies that are not for the space, before anything is scored."""
        for proxy in self.proxies if self.named else ():
            supported = proxy.plugin.spaces
            if supported and self.space.name not in supported:
                raise UsageError(
                    f"{proxy.name} supports {', '.join(supported)}, not {self.space.name}; rank by "
                    "another proxy"
                )

    def drawn(self, count: int | None, *, whole: bool) -> Drawn:
        """Draw from the space, or from the table of figures."""
        table, seed = self.figures.table, self.suite.seed
        if table is not None and whole and not table.values:
            raise UsageError(
                f"--enumerate takes all of {self.space.name}, and no --max or --min names a column "
                f"of {table.where}; leave one of the two out"
            )
        if table is not None and not whole:
            return draw_from_table(self.space, table, count, seed)
        size = self.space.size
        usual = None if size is not None and size <= CANDIDATES else CANDIDATES
        return draw_from_space(self.space, None if whole else count or usual, seed)

    def evolved(self, count: int) -> Drawn:
        """Draw by evolution for a high score of the one proxy; what limits reject scores lowest."""
        if self.figures.table is not None:
            refuse_options("a ranking of a table's architectures", evolve=True)
        if len(self.proxies) != 1:
            raise UsageError(
                "--evolve draws for a high score of one proxy, and a mean rank of several is none "
                "of a network alone; give one --proxy"
            )
        require_neighbours(self.space, self.suite.seed)
        fitness = Fitness(proxy=self.proxies[0], prepared=self.opened(), options=self.options)
        told = steps(self.progress, f"evolving in {self.space.name}")
        fitness.progress = lambda asked: told(asked, count)
        counting = replace(self, options=self.options.one_by_one())

        def score(architecture: Architecture) -> float:
            figures = counting._counted(fitness.prepared, [architecture], None)
            within = all(limit.allows(figures[limit.figure]).all() for limit in self.limits)
            return fitness(architecture) if within else -np.inf

        problem = OpenProblem(space=self.space, n=self.space.size or sys.maxsize)
        met = explore(score, problem, "evolution", count, self.suite.seed)
        how = f"of {self.space.name} met by evolution for {self.proxies[0].name}"
        return Drawn(how=f"{how} (seed {self.suite.seed})", architectures=tuple(met))

    def scored(self, drawn: Drawn, labelled: Sequence[str]) -> Candidates:
        """Reject what is out of limits, and score the rest."""
        drawn = drawn.of_different_networks(self.space, labelled)
        if drawn.labelled and not drawn.architectures:
            raise UsageError(
                f"all {drawn.labelled} architectures that were drawn of {self.space.name} have a "
                f"label in --labels, and only others are ranked; {_more(drawn.whole)}leave labels "
                "out"
            )
        self._require_top(len(drawn.architectures), "candidates that were drawn", drawn.whole)
        run = self.opened(drawn.architectures)
        figures = self._counted(run, drawn.architectures, self.progress)
        limited = apply_limits(self.limits, figures)
        kept = [drawn.architectures[row] for row in np.flatnonzero(limited.kept)]
        self._require_top(len(kept), "candidates within the limits", drawn.whole)
        run = self.stored(run, kept, (*self.proxies, *self.beside), self.progress)
        proxies = scored_proxies(run, self.proxies, self.beside, required=self.named)
        for sentence in proxies.left_out:
            _LOG.warning("%s; it is left out", sentence)
        return Candidates(
            run=run,
            figures={name: values[limited.kept] for name, values in figures.items()},
            proxies=proxies,
            facts=(*drawn.facts, *limited.rejected, *proxies.facts),
            whole=drawn.whole,
        )

    def label_free(self, candidates: Candidates) -> RankTable:
        """Rank by the proxies alone."""
        proxies = candidates.proxies
        return self.table(candidates, proxies.name, proxies.values, None)

    def table(
        self,
        candidates: Candidates,
        method: str,
        values: FloatArray,
        selection: Selection | None,
    ) -> RankTable:
        """Put candidates in the order of a method.

        Args:
            candidates: The candidates.
            method: Its name.
            values: Its scores, shape ``(n,)``, higher is better; NaN where there is none.
            selection: What labels said of the methods; None where there are none.

        Raises:
            UsageError: Fewer candidates than are to be trained have a score.
        """
        known = int(np.isfinite(values).sum())
        self._require_top(known, "candidates with a score", candidates.whole)
        directions = {proxy.name: proxy.plugin.direction for proxy in (*self.proxies, *self.beside)}
        raw = {
            each.name: directions[each.name].orient(each.values) for each in candidates.proxies.each
        }
        ranked = rank_candidates(
            candidates.run.population.architectures,
            method,
            values,
            {
                "proxies": raw,
                "figures": {
                    name: values for name, values in candidates.figures.items() if name not in raw
                },
            },
            candidates.proxies.reasons,
        )
        return RankTable(
            space=self.space.name,
            ranked=ranked,
            shown=tuple(method.name for method in candidates.proxies.methods),
            top=min(TOP, ranked.scored) if self.top is None else self.top,
            facts=(*candidates.facts, *self._agreement(candidates)),
            selection=selection,
        )

    def written(self, ranking: RankTable, out: Path | None) -> RankResult:
        """Write all forms."""
        ranked = ranking.ranked
        depends: list[Json] = [
            [candidate.architecture.text for candidate in ranked.candidates],
            [str(limit) for limit in self.limits],
            [ranked.method, ranking.top, self.suite.dataset, self.suite.batch.source],
        ]
        stem = f"{len(ranked.candidates)}-seed{self.suite.seed}-{digest(depends)[:8]}"
        files = write_ranking(ranking, stem, self.options.results)
        if out is not None:
            with logged_if_unwritable():
                write_at_once(out, ranking.train_list, "choose another file with --out")
                files.append(out)
        return RankResult(
            ranking=ranking,
            computed=self.effort["computed"],
            reused=self.effort["reused"],
            files=tuple(files),
        )

    def _agreement(self, candidates: Candidates) -> tuple[str, ...]:
        columns = {method.name: method.values for method in candidates.proxies.methods}
        agreement = judge_agreement(self.space.name, columns)
        return () if isinstance(agreement, Undefined) else (agreement_text(agreement),)

    def opened(self, architectures: Sequence[Architecture] | None = None) -> Run:
        """Open what is stored under these conditions.

        Args:
            architectures: The first of these are built and called before; one of the space that is
                drawn at random when absent.

        Raises:
            UsageError: None of them can be built, or takes the data.
        """
        if architectures is None:
            architectures = [self.space.sample(np.random.default_rng(self.suite.seed))]
        texts = [architecture.text for architecture in architectures]
        population = population_of("candidates", self.space.name, texts)
        return open_run_on(population, {}, self.suite, (), self.options)

    def stored(
        self,
        run: Run,
        architectures: Sequence[Architecture],
        plugins: Sequence[LoadedProxy],
        progress: Progress | None,
    ) -> Run:
        """Score architectures, unless they are stored."""
        texts = [architecture.text for architecture in architectures]
        population = population_of("candidates", self.space.name, texts)
        run = replace(run, population=population, plugins=tuple(plugins))
        done = scored(run, self.options, f"scoring {self.space.name}", progress)
        scores = {(plugin.key, text) for plugin in plugins for text in texts}
        again = len(scores & self.taken)  # a figure may be a proxy too
        self.taken.update(scores)
        self.effort.update(computed=done.computed, reused=done.reused - again)
        return run

    def _counted(
        self, run: Run, architectures: Sequence[Architecture], progress: Progress | None
    ) -> Counts:
        """Return what is shown and limited of architectures, counting what is not stored."""
        known = counted_figures()
        names = dict.fromkeys((*_SHOWN, *self.figures.counted))
        own = self.figures.own([limit.figure for limit in self.limits], architectures)
        run = self.stored(run, architectures, [known[name] for name in names], progress)
        return counts_of(run) | own

    def _require_top(self, count: int, what: str, whole: bool) -> None:
        if self.top is not None and self.top > count:
            raise UsageError(
                f"--top {self.top} is more than the {count} {what}; {_more(whole)}ask for fewer"
            )


def _more(whole: bool) -> str:
    return "" if whole else "draw more with --candidates, or "


def conditions_of(space: Space, dataset: str | None, batch: str | None, seed: int) -> Suite:
    """Return under which conditions candidates are scored; no task has a part in them."""
    own = dataset is None and identity_of(space.dataset) != ""
    return Suite(
        name="candidates",
        summary=f"architectures of {space.name}",
        space=space.name,
        dataset=known_dataset(dataset, "--dataset").name if dataset else space.dataset.name,
        data=DataSettings(**asdict(space.dataset)) if own else None,
        tasks=("none",),
        batch=batch_settings(batch or "photographs", _IMAGES),
        seed=seed,
    )

"""Whether a submission is accepted, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.catalog import LoadedProxy, built_in
from harness.checks import Verdict
from harness.core.errors import DataError
from harness.evaluation import SKIPPED, failures_text
from harness.metrics.values import Interval
from harness.submissions.limits import PROCESSOR_S
from harness.submissions.naming import name_fault
from harness.submissions.placement import Placement, place
from harness.submissions.populations import FixedPopulation
from harness.submissions.scored import ScoredSubmission

__all__ = ["Judgement", "judge", "require_archive"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """What was found of a submission.

    Attributes:
        reasons: Why it is refused, a sentence each; none where it is accepted.
        placements: One a board; none where nothing could be ranked.
    """

    scored: ScoredSubmission
    reasons: tuple[str, ...]
    placements: tuple[Placement, ...]

    @property
    def accepted(self) -> bool:
        """Whether there is no reason against it."""
        return not self.reasons

    @property
    def ranked(self) -> tuple[Placement, ...]:
        """The boards on which its definition applies to every network."""
        return tuple(placed for placed in self.placements if placed.entry.rank is not None)

    @property
    def size_boards(self) -> tuple[Placement, ...]:
        """The boards on which it ranks by size alone."""
        return tuple(placed for placed in self.ranked if placed.is_size)

    @property
    def is_size(self) -> bool:
        """Whether it does so on more than half of the boards."""
        return 2 * len(self.size_boards) > len(self.ranked)

    @property
    def twins(self) -> dict[str, int]:
        """The known proxies that rank the same way on every board, with -1 if turned round."""
        shared: dict[str, int] = {}
        for number, placed in enumerate(self.ranked):
            shared = {
                name: sign
                for name, sign in (shared if number else placed.alike).items()
                if placed.alike.get(name) == sign
            }
        return shared

    @property
    def falling(self) -> tuple[Placement, ...]:
        """The boards on which its scores fall with accuracy, by the interval."""
        return tuple(placed for placed in self.ranked if _ends(placed)[1] < 0)

    @property
    def is_turned(self) -> bool:
        """Whether its scores fall with accuracy on more than half of the boards, and rise on none.

        It speaks for a direction that is declared the wrong way round.
        """
        rises = any(_ends(placed)[0] > 0 for placed in self.ranked)
        return 2 * len(self.falling) > len(self.ranked) and not rises


def _ends(placed: Placement) -> tuple[float, float]:
    """Return the ends of the interval of its correlation; nothing is told where there is none."""
    interval = placed.entry.measured["spearman"].interval
    return (interval.low, interval.high) if isinstance(interval, Interval) else (0.0, 0.0)


def require_archive(archive: Path) -> None:
    """Refuse what is no archive, before anything is scored.

    Raises:
        DataError: It holds no scores.
    """
    if not (archive / "runs").is_dir():
        raise DataError(
            f"there is no archive {archive}, which a submission is ranked among; work in a "
            "checkout, or give the folder results of one by --results"
        )


def judge(
    scored: ScoredSubmission, records: Path, archive: Path, fixed: Sequence[FixedPopulation]
) -> Judgement:
    """Rank a submission among the archived proxies, and list what speaks against it.

    None of its code is run.

    Args:
        scored: What was written where it was scored.
        records: The folder that it was scored in.
        archive: The archive.
        fixed: What it was to be scored on; see `harness.submissions.fixed_populations`.

    Raises:
        DataError: There is no archive.
        HarnessError: Ground truth, records or archive cannot be read.
    """
    require_archive(archive)
    proxies = [*built_in().of_kind(LoadedProxy).values()]
    reasons = _before_ranking(scored)
    known = [population.suite.name for population in fixed]
    if not reasons and [suite.suite for suite in scored.suites] != known:
        reasons.append(f"It was not scored on {', '.join(known)}, all of them in this order.")
    placements: list[Placement] = []
    if not reasons:
        placements = [place(population, scored, proxies, records, archive) for population in fixed]
        reasons += _after_ranking(placements)
    return Judgement(scored=scored, reasons=tuple(reasons), placements=tuple(placements))


def _before_ranking(scored: ScoredSubmission) -> list[str]:
    reasons = [f"Scoring stopped: {scored.fault}."] if scored.fault else []
    reasons += [
        f"It tried to {attempt}, which a submission may not." for attempt in scored.attempts
    ]
    if refused := name_fault(scored):
        reasons.append(refused)
    reasons += [
        f"It breaks the contract: {kept.rule}: {kept.detail}."
        for kept in scored.findings
        if kept.verdict is Verdict.BROKEN
    ]
    reasons += [
        f"It is not deterministic: {len(suite.different)} of {suite.repeated} networks of "
        f"{suite.suite} had another outcome when they were scored again under the same seed, in "
        f"another process and the opposite order, {suite.different[0]} among them."
        for suite in scored.suites
        if suite.different
    ]
    return reasons


def _after_ranking(placements: Sequence[Placement]) -> list[str]:
    reasons = []
    for placed in placements:
        failures = {kind: count for kind, count in placed.entry.failures.items() if kind != SKIPPED}
        if failures or placed.entry.missing:
            lacking = failures_text(failures) or "never asked"
            reasons.append(f"It fails on networks of {placed.suite}: {lacking}.")
    spent = sum(placed.processor_s for placed in placements)
    if spent > PROCESSOR_S:
        reasons.append(
            f"It took {spent / 60:.1f} processor minutes; {PROCESSOR_S / 60:.0f} are the limit."
        )
    if not reasons and not any(placed.entry.rank for placed in placements):
        why = "; ".join(f"{placed.suite}: {placed.why_unranked}" for placed in placements)
        reasons.append(f"It has a rank on no board: {why}.")
    return reasons

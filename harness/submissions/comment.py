"""What is said of a submission: a comment in Markdown, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from harness.checks import Verdict
from harness.core.files import logged_if_unwritable, write_at_once
from harness.core.identity import Json
from harness.metrics.intervals import Difference
from harness.metrics.values import Defined, Estimate, Interval, Undefined
from harness.reports.report_table import (
    Cell,
    Column,
    Reasons,
    ReportTable,
    cell_text,
    columns,
    fixed,
    general,
    optional_estimate,
)
from harness.reports.writers import Part, escaped, markdown
from harness.submissions.judgement import Judgement
from harness.submissions.placement import LEFT, SIZES, Move, Placement, Rival

__all__ = ["comment", "write_judgement"]

_REMEDY = "choose another folder with --out"
_SIGNED = Column(head="", number=lambda value: f"{value:+.3f}")


def write_judgement(judgement: Judgement, folder: Path) -> list[Path]:
    """Write ``comment.md`` and ``submission.json``, and return the paths of what is there."""
    document = json.dumps(_json(judgement), indent=1, allow_nan=False) + "\n"
    contents = {"comment.md": comment(judgement), "submission.json": document}
    written = []
    with logged_if_unwritable():
        for name, content in contents.items():
            write_at_once(folder / name, content, _REMEDY)
            written.append(folder / name)
    return written


def comment(judgement: Judgement) -> str:
    """Return the comment on a pull request."""
    scored = judgement.scored
    name = _plain(scored.name or scored.submission)
    verdict = "accepted" if judgement.accepted else "refused"
    parts: list[Part] = [f"# {name}: {verdict}"]
    if scored.summary:
        summary = _plain(scored.summary.rstrip(". "))
        parts.append(f"{summary}. Version {_plain(scored.version)}.")
    if judgement.reasons:
        parts.append("\n".join(f"* {_plain(reason)}" for reason in judgement.reasons))
    if judgement.ranked:
        parts += [_known_sentence(judgement), _size_sentence(judgement)]
        parts += _unranked_sentences(judgement)
        parts += [_boards(judgement.ranked), _sizes(judgement.ranked)]
        parts += [_moves(placed) for placed in judgement.ranked]
        parts.append(_costs(judgement.ranked))
    parts.append(_checks_sentence(judgement))
    return markdown(parts)


def _known_sentence(judgement: Judgement) -> str:
    behind = [placed for placed in judgement.ranked if _ends(placed.best)[1] < 0]
    ahead = [placed for placed in judgement.ranked if _ends(placed.best)[0] > 0]
    count = len(judgement.ranked)
    text = (
        f"Of the best known proxy it is ahead on {len(ahead)} of {count} boards, behind on "
        f"{len(behind)}, and not told from it on {count - len(ahead) - len(behind)}, by "
        f"{_level(judgement)} intervals of paired differences."
    )
    if judgement.falling:
        boards = ", ".join(placed.suite for placed in judgement.falling)
        remedy = ", and rise on none: turn `direction` round" if judgement.is_turned else ""
        text += f" **Its scores fall with accuracy on {boards}{remedy}.**"
    if judgement.twins:
        return f"{text} **It ranks like {_twins(judgement)} on every board: a known proxy.**"
    near = {placed.nearest.name for placed in judgement.ranked}
    nearest = ", ".join(sorted(near))
    return f"{text} No known proxy ranks like it on all boards; nearest: {nearest}."


def _twins(judgement: Judgement) -> str:
    return ", ".join(
        name if sign > 0 else f"{name} turned round" for name, sign in judgement.twins.items()
    )


def _unranked_sentences(judgement: Judgement) -> list[str]:
    return [
        f"Not ranked on {placed.suite}: {_plain(placed.why_unranked)}."
        for placed in judgement.placements
        if placed.entry.rank is None
    ]


def _plain(text: str) -> str:
    """Return text of the submission's author, which makes no link or picture of the comment."""
    return escaped(text).replace("[", "\\[").replace("`", "'")


def _level(judgement: Judgement) -> str:
    levels = [
        placed.best.lead.interval.level
        for placed in judgement.ranked
        if isinstance(placed.best.lead, Difference)
    ]
    return f"{levels[0]:.0%}" if levels else ""


def _ends(rival: Rival) -> tuple[float, float]:
    """Return the ends of the interval of the lead; nothing is told where there is none."""
    if not isinstance(rival.lead, Difference):
        return 0.0, 0.0
    return rival.lead.interval.low, rival.lead.interval.high


def _size_sentence(judgement: Judgement) -> str:
    boards = judgement.size_boards
    count = len(judgement.ranked)
    rest = _left_sentence(judgement.ranked)
    if not boards:
        return f"Size: on none of {count} boards does it rank by size alone. {rest}"
    text = (
        "it agrees with params, FLOPs or depth by a Spearman correlation of at least .95, or of "
        "at least .9 where nothing above 0 is left with all three held fixed (median "
        f"{median(placed.likeness for placed in boards):.3f})"
    )
    if judgement.is_size:
        return f"**Size in disguise: on {len(boards)} of {count} boards {text}.** {rest}"
    names = ", ".join(placed.suite for placed in boards)
    return f"Size: on {len(boards)} of {count} boards ({names}) {text}. {rest}"


def _left_sentence(ranked: Sequence[Placement]) -> str:
    cell = Column(head="", reasons=Reasons.NONE)
    shown = "; ".join(
        f"{placed.suite} {cell_text(placed.entry.measured[LEFT], cell)}" for placed in ranked
    )
    return f"Partial Spearman correlation given params, FLOPs and depth: {shown}."


def _boards(placements: Sequence[Placement]) -> ReportTable:
    return ReportTable(
        title="Boards",
        columns=columns(
            *("board", "networks"),
            Column(head="place", number=general),
            *("of", "spearman", "best known", "its spearman"),
            *(_signed("ahead of it"), "nearest known", "agreement", _signed("ahead of nearest")),
        ),
        rows=tuple(_board_row(placed) for placed in placements),
        notes=("Places and differences with intervals over resampled networks.",),
    )


def _signed(head: str) -> Column:
    return Column(head=head, number=_SIGNED.number, reasons=Reasons.NONE)


def _board_row(placed: Placement) -> tuple[Cell, ...]:
    entry, best, nearest = placed.entry, placed.best, placed.nearest
    return (
        *(placed.suite, placed.drawn, entry.rank, placed.known + 1),
        *(entry.measured["spearman"], best.name, best.spearman, _lead(best)),
        *(nearest.name, nearest.agreement, _lead(nearest)),
    )


def _lead(rival: Rival) -> Estimate:
    if isinstance(rival.lead, Undefined):
        return Estimate(value=rival.lead, interval=rival.lead)
    return optional_estimate(rival.lead.value, rival.lead.interval)


def _sizes(ranked: Sequence[Placement]) -> ReportTable:
    return ReportTable(
        title="Is it size?",
        columns=columns(
            *("board", *SIZES, "explained by size, depth, width and operators (R2)"),
            Column(head="left with params, flops and depth fixed", reasons=Reasons.NONE),
        ),
        rows=tuple(
            (
                *(placed.suite, *(placed.sizes[size] for size in SIZES)),
                *(placed.entry.explained["together"], placed.entry.measured[LEFT]),
            )
            for placed in ranked
        ),
        notes=("Spearman correlations of its scores with each size; no accuracy is involved.",),
    )


def _moves(placed: Placement) -> ReportTable:
    return ReportTable(
        title=f"What moves on {placed.suite}",
        columns=columns(
            "plugin",
            Column(head="place before", number=general),
            Column(head="place now", number=general),
            "spearman",
        ),
        rows=tuple(_move_row(move) for move in placed.moves),
        notes=(f"{placed.down} of {placed.known} known proxies move down.",),
    )


def _move_row(move: Move) -> tuple[Cell, ...]:
    return (move.name, "new" if move.before is None else move.before, move.after, move.spearman)


def _costs(placements: Sequence[Placement]) -> ReportTable:
    timings = [placed.entry.timing for placed in placements]
    return ReportTable(
        title="Cost",
        columns=columns(
            "board",
            Column(head="ms / network", number=fixed(0)),
            Column(head="processor seconds", number=fixed(1)),
            Column(head="peak MiB", number=fixed(0)),
        ),
        rows=tuple(
            (
                placed.suite,
                None if timing is None else timing.quartiles_s[1] * 1e3,
                placed.processor_s,
                None if timing is None or timing.peak_bytes is None else timing.peak_bytes / 2**20,
            )
            for placed, timing in zip(placements, timings, strict=True)
        ),
    )


def _checks_sentence(judgement: Judgement) -> str:
    scored = judgement.scored
    kept = sum(finding.verdict is Verdict.KEPT for finding in scored.findings)
    repeated = sum(suite.repeated for suite in scored.suites)
    different = sum(len(suite.different) for suite in scored.suites)
    declared = "declares random numbers of its own" if scored.stochastic else "declares none"
    twice = f"{repeated} networks, {repeated - different} equal to the last digit; it {declared}"
    rules = f"{kept} of {len(scored.findings)} rules kept"
    return (
        f"Contract: {rules if scored.findings else 'not checked'}. Scored twice under one seed: "
        f"{twice if repeated else 'none, since it stopped before'}. "
        f"Refused attempts to read, connect or start programs: {len(scored.attempts)}."
    )


def _json(judgement: Judgement) -> dict[str, Json]:
    scored = judgement.scored
    return {
        "schema_version": 1,
        "submission": scored.submission,
        "name": scored.name,
        "version": scored.version,
        "key": scored.key,
        "accepted": judgement.accepted,
        "reasons": list(judgement.reasons),
        "size_in_disguise": judgement.is_size,
        "ranks_like": [*judgement.twins],
        "turn_direction": judgement.is_turned,
        "boards": [_placement_json(placed) for placed in judgement.placements],
    }


def _placement_json(placed: Placement) -> dict[str, Json]:
    entry = placed.entry
    return {
        "suite": placed.suite,
        "task": placed.task,
        "networks": placed.drawn,
        "place": _estimate_json(entry.rank),
        "known": placed.known,
        "spearman": _estimate_json(entry.measured["spearman"]),
        LEFT: _estimate_json(entry.measured[LEFT]),
        **{size: _value(placed.sizes[size]) for size in SIZES},
        "best": _rival_json(placed.best),
        "nearest": _rival_json(placed.nearest),
        "is_size": placed.is_size,
        "moved_down": placed.down,
        "processor_s": placed.processor_s,
        "failures": {kind: known.count for kind, known in entry.failures.items()},
    }


def _rival_json(rival: Rival) -> dict[str, Json]:
    return {
        "name": rival.name,
        "spearman": _estimate_json(rival.spearman),
        "agreement": _value(rival.agreement),
        "lead": _estimate_json(_lead(rival)),
    }


def _estimate_json(estimate: Estimate | None) -> Json:
    if estimate is None:
        return None
    ends = estimate.interval
    interval: Json = [ends.low, ends.high] if isinstance(ends, Interval) else None
    return {"value": _value(estimate.value), "interval": interval}


def _value(value: Defined | Undefined) -> float | None:
    return value.value if isinstance(value, Defined) else None

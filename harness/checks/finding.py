"""What a rule of the contract found, whatever kind of plugin it was tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from harness.catalog import FromFile, FromModule, LoadedPlugin
from harness.checks.state import known_state
from harness.core.architecture import Space
from harness.core.errors import HarnessError, sentence_of
from harness.spaces.knowledge import Particular, why_unsupported

__all__ = [
    "Finding",
    "NotTried",
    "Verdict",
    "findings",
    "loaded_again",
    "undescribed",
    "unsupported",
]

T = TypeVar("T")


class Verdict(StrEnum):
    """What a rule found."""

    KEPT = "kept"
    BROKEN = "broken"
    NOTE = "note"
    """Not kept, and no fault: the detail says what it costs."""
    NOT_TRIED = "not tried"
    """It could not be told; the detail says why."""


class NotTried(Exception):  # noqa: N818 - no error: what a rule says where it cannot tell
    """Raised by a rule that cannot be tried, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the contract and whether the plugin kept it."""

    rule: str
    verdict: Verdict
    detail: str


def findings(
    rules: Mapping[str, Callable[[T], str]], tried: T, fault: Verdict = Verdict.BROKEN
) -> tuple[Finding, ...]:
    """Try all rules.

    Args:
        rules: Name to a function that says what is wrong, or nothing; what it raises is wrong too,
            unless it is `NotTried`.
        tried: What the rules look at.
        fault: The verdict on a rule that is not kept.
    """
    return tuple(_finding(name, rule, tried, fault) for name, rule in rules.items())


def loaded_again(loaded: LoadedPlugin[Any]) -> LoadedPlugin[Any] | None:
    """Load a plugin from where it came from, as a worker does; None where it is not there."""
    if not isinstance(loaded.origin, FromFile | FromModule):
        return None
    return {plugin.name: plugin for plugin in loaded.origin.load_all()}.get(loaded.name)


def undescribed(plugin: object) -> str:
    """Say what of version and summary is empty, or nothing."""
    empty = [name for name in ("version", "summary") if not getattr(plugin, name).strip()]
    return f"its {empty[0]} is empty" if empty else ""


def unsupported(plugin: Particular, space: Space) -> tuple[Finding, ...]:
    """Return the one finding of a plugin that is not for a space, or none."""
    reason = why_unsupported(plugin, space)
    if not reason:
        return ()
    return (Finding(rule="supports the space", verdict=Verdict.BROKEN, detail=reason),)


def _finding(name: str, rule: Callable[[T], str], tried: T, fault: Verdict) -> Finding:
    with known_state():
        try:
            detail = rule(tried)
        except NotTried as reason:
            return Finding(rule=name, verdict=Verdict.NOT_TRIED, detail=str(reason))
        except HarnessError as error:
            detail = str(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it raises is the finding
            detail = sentence_of(error)
    return Finding(rule=name, verdict=fault if detail else Verdict.KEPT, detail=detail)

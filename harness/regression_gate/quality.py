"""Whether a plugin ranks architectures worse than it did.

A fall fails the gate when it is larger than the plugin's tolerance, larger than twice the
bootstrap standard error of the paired difference, and, corrected for the number of comparisons,
too large for chance. A smaller fall that shows in three decimals is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.metrics import Defined, Undefined
from harness.regression_gate.comparison import Comparison
from harness.regression_gate.finding import Finding, Kind, Rule

__all__ = ["quality"]


def quality(comparison: Comparison, rule: Rule) -> Iterator[Finding]:
    """Judge one comparison."""
    fall, allowed = comparison.fall, comparison.allowed
    values, noise = _values(comparison), _noise(comparison)
    if isinstance(comparison.then, Defined) and isinstance(comparison.now, Undefined):
        reason = comparison.now.reason
        message = f"the rank correlation is no longer defined: {reason}"
        yield _finding(Kind.VALUE_LOST, comparison, message)
    elif fall > allowed and _is_beyond_noise(comparison, rule):
        message = f"worse by {fall:.4f}: {values}, beyond the allowed {allowed:.3f} and {noise}"
        yield _finding(Kind.REGRESSION, comparison, message)
    elif fall >= rule.visible:
        within = f"the allowed {allowed:.3f}" if fall <= allowed else noise
        message = f"lower by {fall:.4f}: {values}, within {within}"
        yield _finding(Kind.FALL, comparison, message)
    elif -fall >= rule.visible:
        yield _finding(Kind.GAIN, comparison, f"better by {-fall:.4f}: {values}")


def _finding(kind: Kind, comparison: Comparison, message: str) -> Finding:
    return Finding(
        kind=kind,
        plugin=comparison.plugin,
        task=comparison.task,
        message=message,
        numbers={"fall": comparison.fall, "allowed": comparison.allowed, "n": comparison.n},
    )


def _is_beyond_noise(comparison: Comparison, rule: Rule) -> bool:
    if not isinstance(comparison.noise, Defined):
        return True  # a fall that nothing excuses
    beyond = comparison.fall > rule.noise_factor * comparison.noise.value
    return beyond and comparison.p_value < rule.false_alarms


def _values(comparison: Comparison) -> str:
    then, now = (
        f"{value.value:.4f}" if isinstance(value, Defined) else "undefined"
        for value in (comparison.then, comparison.now)
    )
    return f"{then} is now {now} on {comparison.n} architectures"


def _noise(comparison: Comparison) -> str:
    if not isinstance(comparison.noise, Defined):
        return f"noise that is not known ({comparison.noise.reason})"
    error, p_value = comparison.noise.value, comparison.p_value
    return f"noise (standard error {error:.4f}, corrected p {p_value:.2g})"

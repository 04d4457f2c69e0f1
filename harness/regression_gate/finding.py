"""What a gate finds, how much it weighs, and from which thresholds on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum

__all__ = ["ExitCode", "Finding", "Kind", "Rule", "Severity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a difference counts, the same for all plugins; see docs/gate.md for the reasons.

    Attributes:
        false_alarms: Level of Holm's correction: how often a gate in which only noise changed may
            fail for quality, over all its plugins and tasks together. Half of the one per cent
            that is promised, since a normal approximation with a bootstrap standard error is a
            little too sure.
        noise_factor: Standard errors of the paired difference that a fall has to exceed.
        resamples: Bootstrap resamples behind a standard error.
        seed: Seed of the resamples.
        slower: Ratio of median times from which a plugin may count as slower.
        slower_p: Largest p value of Mann and Whitney's test for that.
        visible: Difference of a value that is mentioned at all: what three decimals show.
    """

    false_alarms: float = 0.005
    noise_factor: float = 2.0
    resamples: int = 1000
    seed: int = 0
    slower: float = 1.25
    slower_p: float = 0.002
    visible: float = 0.0005


class Severity(StrEnum):
    """What a finding means for the gate, gravest first."""

    FAIL = "fail"
    WARN = "warn"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Position in lists: failures first."""
        return list(Severity).index(self)


class ExitCode(IntEnum):
    """Exit codes of ``harness gate``; 2 and 3 are those of every command's errors."""

    PASS = 0
    REGRESSION = 1
    USAGE = 2
    INFRASTRUCTURE = 3
    COVERAGE = 4
    NOT_COMPARABLE = 5


class Kind(Enum):
    """What happened: its name in JUnit reports, how grave it is, and the exit code it asks for."""

    # Other architectures, other conditions, other truth: nothing is compared.
    POPULATION_CHANGED = ("PopulationChanged", Severity.FAIL, ExitCode.NOT_COMPARABLE)
    CONDITION_CHANGED = ("ConditionChanged", Severity.FAIL, ExitCode.NOT_COMPARABLE)
    TRUTH_CHANGED = ("TruthChanged", Severity.FAIL, ExitCode.NOT_COMPARABLE)
    TASK_VANISHED = ("TaskVanished", Severity.FAIL, ExitCode.NOT_COMPARABLE)
    NOTHING_MEASURED = ("NothingMeasured", Severity.FAIL, ExitCode.NOT_COMPARABLE)
    TASK_ADDED = ("TaskAdded", Severity.NOTE, ExitCode.PASS)
    # A plugin was not run, or has no score where it had one.
    VANISHED = ("Vanished", Severity.FAIL, ExitCode.COVERAGE)
    COVERAGE_LOST = ("CoverageLost", Severity.FAIL, ExitCode.COVERAGE)
    NEWCOMER = ("Newcomer", Severity.NOTE, ExitCode.PASS)
    COVERAGE_GAINED = ("CoverageGained", Severity.NOTE, ExitCode.PASS)
    # Other scores: at an unchanged version, within rounding, or at another version.
    DRIFT = ("Drift", Severity.FAIL, ExitCode.REGRESSION)
    OTHER_DIGITS_HERE = ("OtherDigits", Severity.WARN, ExitCode.PASS)
    OTHER_DIGITS_ELSEWHERE = ("OtherDigits", Severity.NOTE, ExitCode.PASS)
    VERSION_CHANGED = ("VersionChanged", Severity.NOTE, ExitCode.PASS)
    # A plugin ranks otherwise: worse beyond tolerance and noise, worse within them, or better.
    REGRESSION = ("Regression", Severity.FAIL, ExitCode.REGRESSION)
    VALUE_LOST = ("ValueLost", Severity.FAIL, ExitCode.REGRESSION)
    FALL = ("Fall", Severity.WARN, ExitCode.PASS)
    GAIN = ("Gain", Severity.NOTE, ExitCode.PASS)
    # A new version is compared on fewer networks than are archived.
    FEWER_NETWORKS = ("FewerNetworks", Severity.NOTE, ExitCode.PASS)
    # A plugin takes longer on one machine; times of different machines are never compared.
    SLOWER = ("Slower", Severity.WARN, ExitCode.PASS)
    COSTS_ELSEWHERE = ("CostsElsewhere", Severity.NOTE, ExitCode.PASS)

    def __init__(self, label: str, severity: Severity, code: ExitCode) -> None:
        self.label = label
        self.severity = severity
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a gate has to say.

    Attributes:
        message: What happened, and for a failure what to do.
        plugin: Whom it is about; empty where it is about no plugin in particular.
        task: Likewise.
        numbers: What the message rests on, by name, unrounded.
    """

    kind: Kind
    message: str
    plugin: str = ""
    task: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.kind.severity

    @property
    def code(self) -> ExitCode:
        """The exit code that it asks for."""
        return self.kind.code

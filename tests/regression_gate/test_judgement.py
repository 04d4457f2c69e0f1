from dataclasses import replace

import pytest

from harness.plugin import Stability
from harness.regression_gate import ExitCode, Kind, Severity, judge
from harness.regression_gate.snapshot import Times
from tests.regression_gate.snapshots import (
    CONDITION,
    bumped,
    elsewhere,
    snapshot,
    state,
    task_scores,
    truth,
    with_plugin,
)

TWENTY = {f"a{i:02}": float(i) for i in range(20)}
TABLE = truth(TWENTY)
BASE = snapshot([state(TWENTY)], TABLE)
PLUGIN = BASE.plugins["p"]


def judged(current, *tables, baseline=BASE):
    return judge(
        baseline, current, [task_scores(table, current.population) for table in tables or (TABLE,)]
    )


def kinds(judgement):
    return {finding.kind for finding in judgement.findings}


def test_a_run_that_equals_its_baseline_passes_without_a_word():
    judgement = judged(BASE)
    assert (judgement.exit_code, judgement.findings) == (ExitCode.PASS, ())
    assert [comparison.fall for comparison in judgement.comparisons] == [0.0]


def test_a_score_that_moves_beyond_the_tolerance_on_the_same_machine_is_drift():
    # 10 becomes 10.02: relative difference 0.02 / 10.02 = 0.001996; no rank changes.
    judgement = judged(with_plugin(BASE, replace(PLUGIN, scores={**TWENTY, "a10": 10.02})))
    (drift,) = judgement.findings
    assert drift.kind is Kind.DRIFT
    assert drift.numbers["largest"] == pytest.approx(0.02 / 10.02)
    assert (drift.numbers["differ"], drift.numbers["n"]) == (1, 20)
    assert judgement.exit_code == ExitCode.REGRESSION


def test_other_last_digits_on_the_same_machine_are_a_warning():
    judgement = judged(with_plugin(BASE, replace(PLUGIN, scores={**TWENTY, "a10": 10.000001})))
    (digits,) = judgement.findings
    assert digits.kind is Kind.OTHER_DIGITS_HERE
    assert digits.severity is Severity.WARN
    assert judgement.exit_code == ExitCode.PASS


def test_a_change_of_a_thousandth_in_one_score_is_drift_on_any_machine():
    # From 10 to 10.01: relative difference 0.01 / 10.01 = 0.000999; no rank changes.
    moved = with_plugin(BASE, replace(PLUGIN, scores={**TWENTY, "a10": 10.01}))
    for current in (moved, elsewhere(moved)):
        assert Kind.DRIFT in kinds(judged(current))


def test_one_score_that_jumps_on_another_machine_as_its_plugin_states_is_a_note():
    # From 10 to 10.4: relative difference 0.4 / 10.4 = 0.038; the median does not move.
    stated = replace(PLUGIN, stability=Stability(score=0.04))
    scores = {**TWENTY, "a10": 10.4}
    judgement = judged(elsewhere(with_plugin(BASE, replace(stated, scores=scores))))
    assert kinds(judgement) == {Kind.OTHER_DIGITS_ELSEWHERE, Kind.COSTS_ELSEWHERE}
    assert {finding.severity for finding in judgement.findings} == {Severity.NOTE}
    (digits,) = (
        finding for finding in judgement.findings if finding.kind is Kind.OTHER_DIGITS_ELSEWHERE
    )
    assert "within the stability that it states (4.0e-02 a score" in digits.message


def test_all_scores_that_move_by_what_one_may_are_drift_on_another_machine():
    stated = replace(PLUGIN, stability=Stability(score=0.06))
    scores = {text: 1.05 * score for text, score in TWENTY.items()}
    judgement = judged(elsewhere(with_plugin(BASE, replace(stated, scores=scores))))
    (drift,) = (finding for finding in judgement.findings if finding.kind is Kind.DRIFT)
    assert "held to the stability that it states (6.0e-02 a score, 5.0e-04" in drift.message


def test_a_stated_stability_excuses_nothing_on_the_machine_of_the_baseline():
    stated = replace(PLUGIN, stability=Stability(score=0.04))
    base = snapshot([stated], TABLE)
    current = with_plugin(base, replace(stated, scores={**TWENTY, "a10": 10.4}))
    (drift,) = judged(current, baseline=base).findings
    assert drift.kind is Kind.DRIFT
    assert "held to the tolerance of one machine (5.0e-04 a score" in drift.message


def test_a_fall_that_another_machine_explains_is_a_regression_on_the_same_one_alone():
    # From 1 to -1: the largest fall there is, and the largest that a stability can state.
    negated = {text: -score for text, score in TWENTY.items()}
    stated = replace(PLUGIN, stability=Stability(spearman=2.0))
    worse = with_plugin(BASE, bumped(stated, negated))
    assert Kind.REGRESSION in kinds(judged(worse))
    assert kinds(judged(elsewhere(worse))) == {
        Kind.FALL,
        Kind.VERSION_CHANGED,
        Kind.COSTS_ELSEWHERE,
    }


def test_ranks_that_change_within_the_relative_tolerance_are_drift():
    # A large constant hides any change from relative differences: 1e6 + 19 is 1.9e-5 above 1e6.
    high = {text: 1e6 + score for text, score in TWENTY.items()}
    reversed_ = {text: 1e6 + 19 - score for text, score in TWENTY.items()}
    base = snapshot([state(high)], TABLE)
    assert Kind.DRIFT in kinds(judged(snapshot([state(reversed_)], TABLE), baseline=base))


def test_a_bumped_version_may_drift_but_not_get_worse():
    twice = {text: 2 * score for text, score in TWENTY.items()}
    assert kinds(judged(with_plugin(BASE, bumped(PLUGIN, twice)))) == {Kind.VERSION_CHANGED}
    negated = {text: -score for text, score in TWENTY.items()}
    judgement = judged(with_plugin(BASE, bumped(PLUGIN, negated)))
    (worse, _) = judgement.findings
    # From 1 to -1 on every resample too: the standard error is zero, and nothing excuses it.
    assert worse.numbers["fall"] == pytest.approx(2.0)
    assert judgement.exit_code == ExitCode.REGRESSION


def test_a_bumped_pass_counts_as_a_bumped_version():
    declared = replace(PLUGIN.declared, passes=("graph=2",))
    scores = {text: 2 * score for text, score in TWENTY.items()}
    judgement = judged(with_plugin(BASE, replace(PLUGIN, declared=declared, scores=scores)))
    (note,) = judgement.findings
    assert note.message.startswith("no longer rests on graph=1, rests on graph=2")


def test_a_plugin_with_draws_of_its_own_may_draw_others_elsewhere_alone():
    loose = replace(PLUGIN, stochastic=True)
    base = snapshot([loose], TABLE)
    shuffled = dict(zip(TWENTY, [*list(TWENTY.values())[10:], *range(10)], strict=True))
    other = with_plugin(base, replace(loose, scores=shuffled))
    assert Kind.DRIFT in kinds(judged(other, baseline=base))
    assert Kind.DRIFT not in kinds(judged(elsewhere(other), baseline=base))


def test_a_small_fall_is_a_warning():
    # Swapping the neighbours 0 and 1 costs 6 (1 + 1) / (20 (400 - 1)) = 0.0015 of the correlation.
    scores = {**TWENTY, "a00": 1.0, "a01": 0.0}
    judgement = judged(with_plugin(BASE, bumped(PLUGIN, scores)))
    (warning,) = judgement.of(Severity.WARN)
    assert warning.numbers["fall"] == pytest.approx(12 / 7980)
    assert "within the allowed 0.005" in warning.message
    assert judgement.exit_code == ExitCode.PASS


def test_a_score_that_becomes_constant_is_a_regression():
    judgement = judged(with_plugin(BASE, bumped(PLUGIN, dict.fromkeys(TWENTY, 1.0))))
    assert Kind.VALUE_LOST in kinds(judgement)
    assert judgement.exit_code == ExitCode.REGRESSION


def test_nan_where_there_was_a_score_is_lost_coverage():
    kept = {text: score for text, score in TWENTY.items() if text != "a05"}
    judgement = judged(
        with_plugin(BASE, replace(PLUGIN, scores=kept, failures={"a05": "nonfinite"}))
    )
    (lost,) = judgement.findings
    assert lost.kind is Kind.COVERAGE_LOST
    assert lost.message == "19 architectures have a score instead of 20; 1 lost: 1 nonfinite"
    assert judgement.exit_code == ExitCode.COVERAGE


def test_lost_coverage_names_the_first_reason_of_a_kind():
    kept = {text: score for text, score in TWENTY.items() if text != "a05"}
    failed = replace(
        PLUGIN, scores=kept, failures={"a05": "raised"}, reasons={"raised": "no layer"}
    )
    (lost,) = judged(with_plugin(BASE, failed)).findings
    assert lost.message.endswith("instead of 20; 1 lost: 1 raised (no layer)")


def test_a_failure_of_a_new_kind_is_lost_coverage_and_a_score_more_is_a_note():
    kept = {text: score for text, score in TWENTY.items() if text > "a01"}
    base = snapshot([state(kept, failures={"a00": "nonfinite", "a01": "nonfinite"})], TABLE)
    now = snapshot([state({**kept, "a01": 1.0}, failures={"a00": "timeout"})], TABLE)
    judgement = judged(now, baseline=base)
    assert kinds(judgement) == {Kind.COVERAGE_LOST, Kind.COVERAGE_GAINED}
    assert "new kind of failure: timeout" in judgement.findings[0].message


def test_fewer_scores_of_a_set_level_proxy_are_no_drift():
    parts = {"x": TWENTY}
    ranks = {text: rank / 20 for rank, text in enumerate(TWENTY)}
    base = snapshot([replace(state(ranks), parts=parts)], TABLE)
    kept = {text: rank / 19 for rank, text in enumerate(list(TWENTY)[1:])}
    fewer = {"x": {text: TWENTY[text] for text in kept}}
    now = snapshot([replace(state(kept, failures={"a00": "timeout"}), parts=fewer)], TABLE)
    assert kinds(judged(now, baseline=base)) == {Kind.COVERAGE_LOST}


def test_a_swap_of_neighbours_in_a_set_level_score_is_drift_on_the_same_machine_alone():
    # The votes of two neighbours change from -1 and 1 to 1 and -1, a relative difference of 2, by a
    # component that moved by 1e-4 of itself; of 20 ranks that is 12 / 7980 of a correlation.
    votes = {text: 2.0 * rank - 19 for rank, text in enumerate(TWENTY)}
    swapped = {**votes, "a09": 1.0, "a10": -1.0}
    stated = replace(state(votes), parts={"x": TWENTY})
    base = snapshot([stated], TABLE)
    parts = {"x": {**TWENTY, "a10": 10.001}}
    current = with_plugin(base, replace(stated, scores=swapped, parts=parts))
    assert Kind.DRIFT in kinds(judged(current, baseline=base))
    assert Kind.DRIFT not in kinds(judged(elsewhere(current), baseline=base))


def test_a_missing_plugin_is_lost_coverage_and_a_new_one_a_note():
    base = snapshot([PLUGIN, state(TWENTY, "q")], TABLE)
    judgement = judged(snapshot([PLUGIN, state(TWENTY, "r")], TABLE), baseline=base)
    assert kinds(judgement) == {Kind.VANISHED, Kind.NEWCOMER}
    assert judgement.exit_code == ExitCode.COVERAGE


def test_other_truth_is_not_comparable_and_its_task_not_compared():
    second = truth({text: -score for text, score in TWENTY.items()}, "u")
    base = snapshot([PLUGIN], TABLE, second)
    other = truth({**TWENTY, "a00": 0.5}, "u")
    judgement = judged(snapshot([PLUGIN], TABLE, other), TABLE, other, baseline=base)
    assert kinds(judgement) == {Kind.TRUTH_CHANGED}
    assert [comparison.task for comparison in judgement.comparisons] == ["t"]
    assert judgement.exit_code == ExitCode.NOT_COMPARABLE


def test_a_missing_task_is_not_comparable_and_a_new_one_a_note():
    second = truth(TWENTY, "u")
    both = snapshot([PLUGIN], TABLE, second)
    missing = judged(BASE, baseline=both)
    assert (kinds(missing), missing.exit_code) == ({Kind.TASK_VANISHED}, ExitCode.NOT_COMPARABLE)
    added = judged(both, TABLE, second)
    assert (kinds(added), added.exit_code) == ({Kind.TASK_ADDED}, ExitCode.PASS)


def test_another_population_stops_the_comparison():
    fewer = truth({text: TWENTY[text] for text in list(TWENTY)[:-1]})
    now = snapshot([state(fewer.values)], fewer)
    judgement = judged(now, fewer)
    assert (kinds(judgement), judgement.comparisons) == ({Kind.POPULATION_CHANGED}, ())
    assert judgement.exit_code == ExitCode.NOT_COMPARABLE


def test_another_condition_stops_the_comparison_and_says_what_differs():
    other = CONDITION.model_copy(update={"seed": 1, "batch_digest": "e"})
    judgement = judged(replace(BASE, condition=other))
    assert kinds(judgement) == {Kind.CONDITION_CHANGED}
    assert "batch_digest from d to e, seed from 0 to 1" in judgement.findings[0].message
    assert judgement.exit_code == ExitCode.NOT_COMPARABLE


def test_nothing_measured_is_never_green():
    alone = judged(BASE.of([]), baseline=BASE.of([]))
    constant = snapshot([state(dict.fromkeys(TWENTY, 1.0))], TABLE)
    undefined = judged(constant, baseline=constant)
    for judgement in (alone, undefined):
        assert kinds(judgement) == {Kind.NOTHING_MEASURED}
        assert judgement.exit_code == ExitCode.NOT_COMPARABLE


def timed(seconds):
    times = Times(machine=PLUGIN.times.machine, seconds=dict.fromkeys(TWENTY, seconds))
    return with_plugin(BASE, replace(PLUGIN, times=times))


def test_only_a_clearly_longer_time_on_the_same_machine_is_a_warning():
    # Every network took 10 ms in the baseline.
    (slower,) = judged(timed(0.013)).findings
    assert slower.kind is Kind.SLOWER
    assert slower.message.startswith("slower by a factor of 1.30: 10.0 ms")
    assert judged(timed(0.013)).exit_code == ExitCode.PASS
    assert judged(timed(0.0124)).findings == ()
    assert kinds(judged(elsewhere(timed(0.5)))) == {Kind.COSTS_ELSEWHERE}


def test_what_cannot_be_compared_outranks_lost_coverage_and_that_a_regression():
    kept = {text: score for text, score in TWENTY.items() if text != "a05"}
    negated = {text: -score for text, score in kept.items()}
    worse = replace(PLUGIN, scores=negated, failures={"a05": "raised"})
    judgement = judged(with_plugin(BASE, worse))
    codes = {finding.code for finding in judgement.of(Severity.FAIL)}
    assert codes == {ExitCode.COVERAGE, ExitCode.REGRESSION}
    assert judgement.exit_code == ExitCode.COVERAGE
    table = truth({**TWENTY, "a00": 0.5})
    both = judged(snapshot([worse], table), table)
    assert both.exit_code == ExitCode.NOT_COMPARABLE

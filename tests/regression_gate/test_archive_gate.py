"""The gate over an archive: each fault that is planted into a small one, and its exit code."""

import json

import pytest

import harness
from harness.api.choice import choose_proxies, choose_suite
from harness.core.errors import DataError, UsageError
from harness.core.outcome import Failed, FailureKind, Scored
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.records.store import Store
from harness.regression_gate.archive_sample import MOST, choose_networks
from tests.regression_gate.archives import plant, scaled, with_sample

CHEAP = ("params", "zerolm", "params_attention", "random")
SAMPLE = 20


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive of twenty cells, four cheap proxies and a set-level one, with its sample."""
    results = tmp_path_factory.mktemp("computed")
    proxies = choose_proxies(choose_suite("smoke"), [*CHEAP, "az_nas"], only=True)
    options = Options(results=results, workers=0)
    execute(
        open_run(choose_suite("smoke", SAMPLE), proxies, options), options, lambda done, all_: None
    )
    harness.archive(results, into=results / "archive")
    assert harness.gate(baseline=results / "archive", update_baseline=True).changes
    return results / "archive"


def gate(folder, plugins=CHEAP, **others):
    return harness.gate(baseline=folder, plugins=plugins, workers=0, **others).judgement


def labels(judgement):
    return {(finding.plugin, finding.kind.label) for finding in judgement.findings}


def test_an_unchanged_archive_passes_and_says_what_was_compared(archive):
    judgement = gate(archive, (*CHEAP, "az_nas"))
    assert (judgement.exit_code, judgement.findings) == (0, ())
    (row,) = judgement.coverage
    # Cells have no attention, which is an outcome that is compared, but no score.
    assert (row.networks, row.plugins, row.scores) == (MOST, 5, 4 * MOST)


def scores_of(archive, name):
    """Return text to outcome of a plugin."""
    (condition,) = Store(archive).conditions()
    return {
        record.architecture: score.result()
        for record in Store(archive).records(condition)
        for key, score in record.scores.items()
        if key.startswith(f"{name}:")
    }


def first_text(archive):
    return json.loads((archive / "gate.json").read_text())["spaces"][0]["networks"][0]


@pytest.mark.parametrize("factor", [-1.0, 1.001])
def test_one_other_score_is_drift(archive, tmp_path, factor):
    first = first_text(archive)

    def change(name, text, outcome):
        return scaled(outcome, factor) if (name, text) == ("zerolm", first) else outcome

    judgement = gate(plant(archive, tmp_path / "a", change))
    assert (judgement.exit_code, labels(judgement)) == (1, {("zerolm", "Drift")})
    assert judgement.findings[0].task == "nas-bench-201"


def test_last_digits_are_a_warning_here_and_a_note_elsewhere(archive, tmp_path):
    def change(name, text, outcome):
        return scaled(outcome, 1 + 1e-9) if name == "zerolm" else outcome

    here = gate(plant(archive, tmp_path / "a", change))
    elsewhere = gate(plant(archive, tmp_path / "b", change, processor="another"))
    assert [str(f.severity) for f in here.findings] == ["warn"]
    assert [str(f.severity) for f in elsewhere.findings] == ["note"]
    assert (here.exit_code, elsewhere.exit_code) == (0, 0)


def test_a_score_that_fails_now_is_lost_coverage(archive, tmp_path):
    def change(name, text, outcome):
        return Scored(components={"score": 1.0}) if name == "params_attention" else outcome

    judgement = gate(plant(archive, tmp_path / "a", change))
    assert (judgement.exit_code, labels(judgement)) == (4, {("params_attention", "CoverageLost")})


def test_a_failure_that_is_gone_is_a_note(archive, tmp_path):
    failure = Failed(kind=FailureKind.RAISED, reason="then")

    def change(name, text, outcome):
        return failure if name == "params" else outcome

    judgement = gate(plant(archive, tmp_path / "a", change))
    assert (judgement.exit_code, labels(judgement)) == (0, {("params", "CoverageGained")})


def test_a_plugin_that_is_not_installed_vanished(archive, tmp_path):
    folder = plant(
        archive,
        tmp_path / "a",
        keys={"params_attention": "gone:1:x"},
        names=("params_attention", "params"),
    )
    judgement = gate(folder, None)
    assert (judgement.exit_code, labels(judgement)) == (4, {("gone", "Vanished")})


def test_other_images_are_not_comparable(archive, tmp_path):
    judgement = gate(plant(archive, tmp_path / "a", digest="other"))
    assert judgement.exit_code == 5
    assert "batch_digest from other" in judgement.findings[0].message


def test_a_condition_that_the_sample_does_not_know_is_named(archive, tmp_path):
    folder = plant(archive, tmp_path / "a")
    other = plant(archive, tmp_path / "b", digest="other")
    (added,) = (other / "runs").iterdir()
    added.rename(folder / "runs" / added.name)
    judgement = gate(folder, ("params",))
    assert (judgement.exit_code, labels(judgement)) == (0, {("", "TaskAdded")})


def test_a_condition_of_a_higher_seed_repeats_the_first_and_is_not_computed(archive, tmp_path):
    folder = plant(archive, tmp_path / "a")
    store = Store(folder)
    (condition,), (environment,) = store.conditions(), store.environments().values()
    with store.appending(condition.model_copy(update={"seed": 1}), environment) as log:
        log.append(*list(store.records(condition)))
    assert len(store.conditions()) == 2
    changes = harness.gate(baseline=folder, update_baseline=True).changes
    assert [line.partition(":")[0] for line in changes] == ["nas-bench-201"]
    judgement = gate(folder)
    assert (judgement.exit_code, judgement.findings) == (0, ())
    assert len(judgement.coverage) == 1


def test_another_rule_of_a_set_level_proxy_is_drift(archive, tmp_path):
    def other_rule(sample):
        (part,) = sample.spaces
        made = {key: (values[0] + 0.5, *values[1:]) for key, values in part.aggregated.items()}
        changed = part.model_copy(update={"aggregated": made})
        return sample.model_copy(update={"spaces": (changed,)})

    folder = with_sample(plant(archive, tmp_path / "a"), other_rule)
    judgement = gate(folder, ("az_nas",))
    assert (judgement.exit_code, labels(judgement)) == (1, {("az_nas", "Drift")})
    assert "the rule makes other scores of the same components" in judgement.findings[0].message


@pytest.mark.parametrize(
    ("old", "code", "kind"),
    [("params", 1, "Regression"), ("random", 0, None), ("minus params", 0, "Gain")],
)
def test_a_new_version_is_held_to_the_ranking_of_the_old_one(archive, tmp_path, old, code, kind):
    of_params = scores_of(archive, "params")

    def change(name, text, outcome):
        if name != "random" or old == "random":
            return outcome
        return scaled(of_params[text], -1.0 if old == "minus params" else 1.0)

    folder = plant(archive, tmp_path / "a", change, keys={"random": "random:0:x"})
    judgement = gate(folder, ("random",))
    found = {("random", "VersionChanged"), *([("random", kind)] if kind else [])}
    assert (judgement.exit_code, labels(judgement)) == (code, found)
    (space, overall) = judgement.comparisons
    assert (space.task, overall.task) == ("nas-bench-201", "all spaces")
    assert (space.n, overall.n) == (SAMPLE, SAMPLE)


def test_other_ground_truth_is_not_comparable_where_a_version_changed(archive, tmp_path):
    def other_truth(sample):
        (part,) = sample.spaces
        return sample.model_copy(update={"spaces": (part.model_copy(update={"truth": "0" * 64}),)})

    folder = plant(archive, tmp_path / "a", keys={"params": "params:0:x"})
    judgement = gate(with_sample(folder, other_truth), ("params",))
    assert judgement.exit_code == 5
    assert ("", "TruthChanged") in labels(judgement)


def test_what_an_archive_cannot_hold_is_refused_in_one_sentence(archive, tmp_path):
    with pytest.raises(UsageError, match=r"has no scores of mine\.py; name a suite"):
        gate(archive, ("mine.py",))
    with pytest.raises(UsageError, match="'scores' has no part in a gate over the archive"):
        gate(archive, scores=["scores.csv"])
    with pytest.raises(DataError, match=r"gate\.json cannot be read: No such file"):
        gate(tmp_path)
    with pytest.raises(UsageError, match=r"^there is no archive in .*; .* or name a suite"):
        gate(tmp_path / "nowhere")
    folder = plant(archive, tmp_path / "a")
    (folder / "gate.json").write_text('{"spaces": 1}')
    with pytest.raises(DataError, match=r"gate\.json \[spaces\]: .* --update-baseline"):
        gate(folder)


def test_networks_are_chosen_to_cover_everything_and_then_by_time():
    seconds = {"slow": {"a": 5.0, "b": 6.0, "c": 50.0}, "fast": {"x": 1.0, "y": 1.0, "z": 2.0}}
    has = {"a": "1", "b": "12", "c": "3", "x": "1", "y": "1", "z": "2"}
    chosen = choose_networks(seconds, lambda space, text: frozenset(has[text]), budget_s=11)
    # b covers 1 and 2 at the least time for each; c would exceed the time of a space.
    # Of 11 seconds 6 and 1 + 2 are spent then, and y is the cheapest that is left.
    assert chosen == {"slow": ("b",), "fast": ("x", "y", "z")}


def test_a_space_of_cheap_networks_has_fewer_than_have_their_ranks_judged():
    seconds = {"cheap": {f"{n:02}": 1.0 for n in range(30)}, "other": {"a": 2.0, "b": 2.0}}
    chosen = choose_networks(seconds, lambda space, text: frozenset("1"), budget_s=100)
    assert {name: len(texts) for name, texts in chosen.items()} == {"cheap": MOST, "other": 2}

import threading
from types import SimpleNamespace

import pytest

from harness.catalog import FromFile
from harness.core.errors import UsageError
from harness.core.outcome import Failed, FailureKind, Scored
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.suite import load_suite
from tests.stored import outcomes_of

NONE_COUNT = "n = seen[GRAPH].operations.count('none')\n"


@pytest.fixture
def suite():
    return load_suite("smoke").changed(sample=8, timeout_s=30.0)


def run(suite, plugins, results, workers=0, **options):
    asked = Options(results=results, workers=workers, **options)
    opened = open_run(suite, plugins, asked)
    done = execute(opened, asked, lambda done, total: None)
    return SimpleNamespace(run=opened, computed=done.computed, reused=done.reused)


def outcomes(result, plugin):
    return outcomes_of(result.run.scores, plugin.key)


def test_every_architecture_of_the_population_is_scored_once(suite, tmp_path, load_plugin):
    plugin = load_plugin("return len(seen[GRAPH].edges)")
    result = run(suite, [plugin], tmp_path / "r")
    assert (result.computed, result.reused) == (8, 0)
    assert all(isinstance(outcome, Scored) for outcome in outcomes(result, plugin).values())


def test_a_second_run_computes_nothing(suite, tmp_path, load_plugin):
    plugin = load_plugin("return len(seen[GRAPH].edges)")
    first = run(suite, [plugin], tmp_path / "r")
    second = run(suite, [plugin], tmp_path / "r")
    assert (second.computed, second.reused) == (0, 8)
    assert outcomes(second, plugin) == outcomes(first, plugin)


def test_a_larger_sample_reuses_what_a_smaller_one_stored(suite, tmp_path, load_plugin):
    plugin = load_plugin("return len(seen[GRAPH].edges)")
    small = run(suite, [plugin], tmp_path / "r")
    large = run(suite.changed(sample=20), [plugin], tmp_path / "r")
    texts = {architecture.text for architecture in small.run.population.architectures}
    again = {architecture.text for architecture in large.run.population.architectures}
    assert large.reused == len(texts & again)


def test_an_edited_plugin_file_is_another_plugin(suite, tmp_path, load_plugin):
    run(suite, [load_plugin("return 1.0")], tmp_path / "r")
    edited = run(suite, [load_plugin("return 2.0")], tmp_path / "r")
    assert edited.computed == 8


def test_another_seed_never_shares_scores(suite, tmp_path, load_plugin):
    plugin = load_plugin("return 1.0")
    run(suite, [plugin], tmp_path / "r")
    assert run(suite.changed(seed=1), [plugin], tmp_path / "r").computed == 8


def test_what_a_plugin_raises_or_returns_is_an_outcome_and_the_rest_goes_on(
    suite, tmp_path, load_plugin
):
    body = NONE_COUNT + "if n == 1: raise ValueError('boom')\nreturn float('nan')"
    bad, good = load_plugin(body, "bad"), load_plugin("return 1.0", "good")
    result = run(suite.changed(sample=12), [bad, good], tmp_path / "r")
    kinds = {
        outcome.kind for outcome in outcomes(result, bad).values() if isinstance(outcome, Failed)
    }
    assert kinds == {FailureKind.RAISED, FailureKind.NONFINITE}
    assert all(isinstance(outcome, Scored) for outcome in outcomes(result, good).values())


SPEECHLESS = """
class Speechless(Exception):
    def __str__(self):
        raise ValueError
raise Speechless
"""


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("import sys; sys.exit(3)", FailureKind.CONTRACT, "raises SystemExit: 3, which would end"),
        ("raise BaseException(1)", FailureKind.CONTRACT, "raises BaseException: 1, which would"),
        (SPEECHLESS, FailureKind.RAISED, "Speechless: its text cannot be read"),
        ("return '3.5'", FailureKind.CONTRACT, "returned str for 'score' instead of a number"),
        ("return seen['weights']", FailureKind.CONTRACT, "reads 'weights', which is no pass"),
    ],
)
def test_odd_ways_to_give_no_number_are_failures_and_end_nothing(
    suite, tmp_path, load_plugin, body, kind, reason
):
    odd, good = load_plugin(body, "odd"), load_plugin("return 1.0", "good")
    result = run(suite.changed(sample=2), [odd, good], tmp_path / "r")
    failed = list(outcomes(result, odd).values())
    assert all(isinstance(outcome, Failed) and outcome.kind is kind for outcome in failed)
    assert all(reason in outcome.reason for outcome in failed)
    assert all(isinstance(outcome, Scored) for outcome in outcomes(result, good).values())


def test_a_score_that_cannot_be_called_is_told_without_a_place_in_the_harness(
    suite, tmp_path, write_plugin
):
    path = write_plugin("return 1.0")
    path.write_text(path.read_text().replace("score=score", "score=lambda: 1.0"))
    plugin = FromFile(path=path).load()
    (first, *_) = outcomes(run(suite, [plugin], tmp_path / "r"), plugin).values()
    assert isinstance(first, Failed)
    assert first.reason.endswith("takes 0 positional arguments but 1 was given")


def test_reading_an_undeclared_pass_is_a_broken_contract(suite, tmp_path, load_plugin):
    plugin = load_plugin("seen[BUILD]()\nreturn 1.0")
    (first, *_) = outcomes(run(suite, [plugin], tmp_path / "r"), plugin).values()
    assert first == Failed(
        kind=FailureKind.CONTRACT,
        reason="plugin 'mine' reads the pass 'build' without declaring it; add it to its passes",
    )


def test_a_plugin_for_another_space_is_skipped_with_the_reason(suite, tmp_path, write_plugin):
    from harness.core.outcome import Skipped

    path = write_plugin("return 1.0")
    path.write_text(path.read_text().replace("score=score", "score=score, spaces=('elsewhere',)"))
    plugin = FromFile(path=path).load()
    (first, *_) = outcomes(run(suite, [plugin], tmp_path / "r"), plugin).values()
    assert first == Skipped(reason="mine supports elsewhere, not nas-bench-201")


def test_a_network_that_no_definition_covers_is_skipped_with_the_reason(
    suite, tmp_path, load_plugin
):
    from harness.core.outcome import Skipped

    body = (
        "from harness.core.errors import UnsupportedError\nraise UnsupportedError('it has no ReLU')"
    )
    plugin = load_plugin(body)
    result = run(suite, [plugin], tmp_path / "r")
    assert set(outcomes(result, plugin).values()) == {Skipped(reason="it has no ReLU")}


def test_the_same_scores_come_from_this_process_and_from_workers(suite, tmp_path, load_plugin):
    body = "return float(sum(p.detach().sum() for p in seen[BUILD]().parameters()))"
    plugin = load_plugin(body, passes="BUILD,")
    here = run(suite, [plugin], tmp_path / "here")
    pool = run(suite, [plugin], tmp_path / "pool", workers=1)
    assert outcomes(here, plugin) == outcomes(pool, plugin)


def test_a_hung_and_a_dying_plugin_fail_alone(suite, tmp_path, load_plugin):
    body = (
        NONE_COUNT
        + "import os, time\nif n == 2: time.sleep(600)\nif n == 3: os._exit(3)\nreturn float(n)"
    )
    bad, good = load_plugin(body, "bad"), load_plugin("return 1.0", "good")
    small = suite.changed(sample=5, timeout_s=4.0)
    result = run(small, [bad, good], tmp_path / "r", workers=2)
    expected = {2: FailureKind.TIMEOUT, 3: FailureKind.CRASHED}
    seen = {text.count("none"): outcome for text, outcome in outcomes(result, bad).items()}
    assert seen.keys() > expected.keys()
    for count, outcome in seen.items():
        assert getattr(outcome, "kind", None) == expected.get(count)
    assert all(isinstance(scored, Scored) for scored in outcomes(result, good).values())
    assert threading.active_count() < 10


@pytest.mark.parametrize(
    "body",
    [
        "import torch\nraise torch.cuda.OutOfMemoryError('CUDA out of memory. Tried 2 GiB')",
        "import torch\nreturn float(torch.empty(2**55).sum())",  # 128 PiB
        "raise MemoryError",
    ],
    ids=["cuda", "torch on the processor", "python"],
)
def test_a_plugin_that_runs_out_of_memory_fails_by_that_name(suite, tmp_path, load_plugin, body):
    bad, good = load_plugin(body, "bad"), load_plugin("return 1.0", "good")
    result = run(suite.changed(sample=2), [bad, good], tmp_path / "r")
    assert {outcome.kind for outcome in outcomes(result, bad).values()} == {
        FailureKind.OUT_OF_MEMORY
    }
    assert all(isinstance(outcome, Scored) for outcome in outcomes(result, good).values())


def test_only_a_retry_asks_again_where_a_worker_died(suite, tmp_path, load_plugin):
    marker = tmp_path / "marker"
    body = f"import os, pathlib\nm = pathlib.Path({str(marker)!r})\nif not m.exists(): os._exit(1)"
    plugin = load_plugin(body + "\nreturn 1.0")
    small = suite.changed(sample=2)
    run(small, [plugin], tmp_path / "r", workers=1)
    marker.touch()
    assert run(small, [plugin], tmp_path / "r", workers=1).computed == 0
    again = run(small, [plugin], tmp_path / "r", workers=1, retry=True)
    assert again.computed == 2
    assert all(isinstance(outcome, Scored) for outcome in outcomes(again, plugin).values())


def test_cuda_without_a_gpu_is_one_sentence(suite, tmp_path, load_plugin, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="no CUDA device on this machine; run with --device cpu"):
        run(suite, [load_plugin("return 1.0")], tmp_path / "r", device="cuda")


def test_what_another_run_scores_after_this_one_was_opened_is_not_scored_again(
    suite, tmp_path, load_plugin
):
    plugin = load_plugin("return len(seen[GRAPH].edges)")
    asked = Options(results=tmp_path / "r", workers=0)
    late = open_run(suite, [plugin], asked)
    run(suite.changed(sample=5), [plugin], tmp_path / "r")
    done = execute(late, asked, lambda done, total: None)
    assert (done.computed, done.reused) == (3, 5)

"""What scoring does on a GPU alone, with a pretended one: plugins here touch no tensor of it."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from harness.core.outcome import Failed, FailureKind
from harness.execution import scoring, worker
from harness.execution.scoring import Scorer
from tests.execution.works import work_of
from tests.pretended_cuda import PretendedCuda

FULL = "import torch\nraise torch.cuda.OutOfMemoryError('CUDA out of memory. Tried to allocate')"


@pytest.fixture
def cuda(monkeypatch):
    pretended = PretendedCuda()
    pretended.install(monkeypatch)
    return pretended


@pytest.fixture
def scorer_of(cuda, load_plugin):
    def make(body):
        work, assignments = work_of([load_plugin(body)], 2)
        scorer = Scorer(work.settings)
        scorer._device = torch.device("cuda")
        return scorer, assignments

    return make


def outcome_of(record):
    (score,) = record.scores.values()
    return score.result()


@pytest.mark.parametrize(
    "body",
    [
        FULL,
        "raise RuntimeError('CUDA error: out of memory\\nCUDA kernel errors might be reported at')",
        "raise RuntimeError('CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`')",
        "raise RuntimeError('cuDNN error: CUDNN_STATUS_ALLOC_FAILED')",
    ],
    ids=["allocator", "driver", "cuBLAS", "cuDNN"],
)
def test_a_full_gpu_is_a_failure_of_that_name_and_its_cache_is_given_back(scorer_of, cuda, body):
    scorer, assignments = scorer_of(body)
    outcome = outcome_of(scorer.score(assignments[0]))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.OUT_OF_MEMORY
    assert "\n" not in outcome.reason
    assert cuda.emptied == 1


def test_other_outcomes_leave_the_cache_of_the_gpu_for_the_next_network(scorer_of, cuda):
    scorer, assignments = scorer_of("if seen[GRAPH].operations: raise ValueError\nreturn 1.0")
    assert outcome_of(scorer.score(assignments[0])).kind is FailureKind.RAISED
    assert cuda.emptied == 0


def test_plugins_are_asked_in_the_arithmetic_of_their_device(scorer_of, monkeypatch):
    entered = []

    @contextmanager
    def observed(device):
        entered.append(device)
        yield
        entered.append("left")

    monkeypatch.setattr(scoring, "reproducible_arithmetic", observed)
    scorer, assignments = scorer_of("return 1.0")
    scorer.score(assignments[0])
    assert entered == [torch.device("cuda"), "left"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_workers_on_a_gpu_multiply_in_one_order(load_plugin, monkeypatch, device):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")  # so that the end of the test removes it
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    work, _ = work_of([load_plugin("return 1.0")], 2)
    work = replace(work, settings=replace(work.settings, device=device))
    seen = []

    class ToldError(Exception):
        pass

    def settle(asked):
        seen.append(worker.os.environ.get("CUBLAS_WORKSPACE_CONFIG"))
        raise ToldError

    class Pipe:
        def send(self, message):
            assert message.startswith("ToldError")

    monkeypatch.setattr(worker, "settle_work", settle)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker, "questions_of", lambda connection: iter(()))
    worker._serve(Pipe(), work)
    assert seen == [":4096:8" if device == "cuda" else None]

"""What `harness doctor` says of GPUs, with a torch that answers as one with GPUs would."""

from types import SimpleNamespace

import pytest
import torch

from harness.installation import Verdict, examine


@pytest.fixture
def found(tmp_path):
    def of_gpus():
        return [finding for finding in examine(tmp_path) if finding.what.startswith("GPU")]

    return of_gpus


@pytest.fixture
def with_gpus(monkeypatch):
    """Pretend two GPUs; their tensors lie on the processor, made by `compute`."""
    ones = torch.ones

    def install(compute=lambda number: ones((64, 64))):
        memory = {0: (2**31, 2**33), 1: (2**30, 2**32)}
        answers = {
            "is_available": lambda: True,
            "device_count": lambda: 2,
            "get_device_properties": lambda device: SimpleNamespace(
                name=f"Card {device.index}", major=9, minor=device.index
            ),
            "mem_get_info": lambda device: memory[device.index],
        }
        for name, answer in answers.items():
            monkeypatch.setattr(torch.cuda, name, answer)
        monkeypatch.setattr(torch.version, "cuda", "13.0")
        monkeypatch.setattr(torch.backends.cudnn.m, "version", lambda: 91002)
        monkeypatch.setattr(torch, "ones", lambda shape, device: compute(device.index))

    return install


def test_a_build_without_cuda_says_so(found, monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", None)
    (finding,) = found()
    assert (finding.what, finding.verdict) == ("GPU", Verdict.NOTE)
    assert finding.found == (
        f"none: torch {torch.__version__} is built without CUDA; networks run on the processor"
    )


def test_a_build_for_cuda_without_a_device_says_what_is_lacking(found, monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    (finding,) = found()
    assert finding.verdict is Verdict.NOTE
    assert "built for CUDA 13.0 and finds no device or no driver for it" in finding.found


def test_each_gpu_is_tried_and_described(found, with_gpus):
    with_gpus()
    first, second = found()
    assert (first.what, first.verdict) == ("GPU 0", Verdict.GOOD)
    assert first.found == (
        "Card 0, compute capability 9.0, CUDA 13.0, cuDNN 91002; 2.0 of 8.0 GiB free"
    )
    assert second.found.startswith("Card 1, compute capability 9.1")
    assert second.found.endswith("1.0 of 4.0 GiB free")


def test_a_gpu_that_torch_has_no_kernels_for_is_bad_and_the_next_is_tried(found, with_gpus):
    def compute(number):
        if number == 0:
            raise RuntimeError("CUDA error: no kernel image is available\nCUDA kernel errors")
        return torch.zeros(64, 64)

    with_gpus(compute)
    first, second = found()
    assert first.verdict is second.verdict is Verdict.BAD
    assert first.found.endswith("cannot compute: CUDA error: no kernel image is available")
    assert second.found.endswith("computes wrong numbers")

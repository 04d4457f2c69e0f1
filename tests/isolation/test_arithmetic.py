"""What a GPU computes with in a block; the switches are there without a GPU too."""

import warnings
from contextlib import suppress

import pytest
import torch

from harness.isolation import process_guard, reproducible_arithmetic

CUDA, CPU = torch.device("cuda"), torch.device("cpu")
HAS_PRECISIONS = hasattr(torch.backends.cudnn, "conv")
"""Whether torch has precisions of convolutions and the like, as 2.9 and later have."""


def switches():
    cudnn, products = torch.backends.cudnn, torch.backends.cuda.matmul
    precisions = (
        {
            "convolutions": cudnn.conv.fp32_precision,
            "recurrent layers": cudnn.rnn.fp32_precision,
            "products": products.fp32_precision,
        }
        if HAS_PRECISIONS
        else {"products": "tf32" if products.allow_tf32 else "ieee"}
    )
    return {
        **precisions,
        "older switch": cudnn.allow_tf32,
        "one order in cuDNN": cudnn.deterministic,
        "tries algorithms": cudnn.benchmark,
        "one order": torch.get_deterministic_debug_mode(),
        "fills": torch.utils.deterministic.fill_uninitialized_memory,
    }


def test_a_gpu_computes_in_float32_and_in_one_order():
    with reproducible_arithmetic(CUDA):
        computing = switches()
    precise = ("convolutions", "recurrent layers", "products") if HAS_PRECISIONS else ("products",)
    assert computing == dict.fromkeys(precise, "ieee") | {
        "older switch": False,
        "one order in cuDNN": True,
        "tries algorithms": False,
        "one order": 1,
        "fills": False,
    }


@pytest.mark.parametrize(
    "chosen",
    [
        lambda: None,
        lambda: setattr(torch.backends.cudnn, "allow_tf32", False),
        lambda: setattr(torch.backends.cudnn, "benchmark", True),
        lambda: torch.use_deterministic_algorithms(True),
    ],
    ids=["as torch comes", "no TF32", "benchmark", "deterministic"],
)
def test_what_was_set_before_is_set_again(chosen):
    outermost = process_guard().state()
    try:
        chosen()
        before = switches()
        with suppress(ZeroDivisionError), reproducible_arithmetic(CUDA):
            assert switches() != before
            raise ZeroDivisionError
        assert switches() == before
    finally:
        outermost.put_back()
        torch.backends.cudnn.allow_tf32 = True


@pytest.mark.skipif(not HAS_PRECISIONS, reason="this torch has the older switch alone")
def test_precisions_of_torch_2_9_may_contradict_the_older_switch():
    conv, rnn = torch.backends.cudnn.conv, torch.backends.cudnn.rnn
    try:
        conv.fp32_precision = "ieee"
        with reproducible_arithmetic(CUDA):
            assert not torch.backends.cudnn.allow_tf32
        assert (conv.fp32_precision, rnn.fp32_precision) == ("ieee", "tf32")
    finally:
        torch.backends.cudnn.allow_tf32 = True


def test_torch_does_not_warn_of_operators_that_have_no_fixed_order():
    with reproducible_arithmetic(CUDA):
        warnings.warn("cumsum does not have a deterministic implementation", stacklevel=1)
        with pytest.raises(UserWarning, match="else"):
            warnings.warn("something else", stacklevel=1)


def test_a_processor_computes_as_it_did():
    before = switches()
    with reproducible_arithmetic(CPU):
        assert switches() == before

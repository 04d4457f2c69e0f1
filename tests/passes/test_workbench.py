"""What a workbench promises: once for all, only what was declared, each at its own cost."""

import gc
import time
import weakref
from functools import partial

import pytest
import torch
from torch import nn

from harness.core.errors import ContractError
from harness.passes.backward import BACKWARD, LOSS_GRADIENTS
from harness.passes.forward import FORWARD
from harness.passes.jacobian import INPUT_JACOBIAN
from harness.passes.observation import Pass, closure
from harness.passes.subject import NETWORK
from harness.passes.weights import WEIGHTS
from harness.passes.workbench import Workbench
from tests.passes.proxies import NAMES, proxy
from tests.passes.subjects import SmallNetwork, bench, images, score, subject, value


def test_a_pass_is_computed_once_for_many_readers() -> None:
    calls = []
    counted = Pass(name="counted", compute=lambda context: calls.append(1))
    on = bench(SmallNetwork, counted)
    for reader in ("first", "second", "third"):
        on.observation(reader, (counted,))[counted]
    assert len(calls) == 1


def test_reading_an_undeclared_pass_is_a_contract_error_that_names_both() -> None:
    on = bench(SmallNetwork, FORWARD, WEIGHTS)
    with pytest.raises(ContractError, match=r"plugin 'mine' reads the pass 'forward'"):
        on.observation("mine", (WEIGHTS,))[FORWARD]


def test_a_pass_that_reads_what_it_does_not_require_is_a_contract_error() -> None:
    sly = Pass(name="sly", compute=lambda context: context[FORWARD])
    with pytest.raises(ContractError, match="pass 'sly' reads the pass 'forward'"):
        value(bench(SmallNetwork, sly, FORWARD), sly)


def test_a_pass_that_was_not_requested_is_a_contract_error() -> None:
    with pytest.raises(ContractError, match="'forward' was not requested"):
        value(bench(SmallNetwork, WEIGHTS), FORWARD)


def test_a_closure_lists_requirements_first_and_each_once() -> None:
    order = closure((LOSS_GRADIENTS, BACKWARD, WEIGHTS))
    assert len(order) == len(set(order))
    for index, required_pass in enumerate(order):
        assert set(required_pass.requires) <= set(order[:index])


def test_an_error_in_a_pass_reaches_every_reader_and_is_not_tried_again() -> None:
    calls = []

    def broken(context: object) -> None:
        calls.append(1)
        raise ValueError("no")

    wanted = Pass(name="broken", compute=broken)
    on = bench(SmallNetwork, wanted)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            value(on, wanted)
    assert len(calls) == 1


def test_forgetting_frees_what_no_remaining_proxy_can_reach() -> None:
    on = bench(SmallNetwork, INPUT_JACOBIAN, WEIGHTS)
    kept = weakref.ref(value(on, NETWORK))
    dropped = weakref.ref(value(on, INPUT_JACOBIAN))
    logits = weakref.ref(value(on, FORWARD).logits)
    on.forget_all_but((WEIGHTS,))
    gc.collect()
    assert dropped() is None
    assert logits() is None
    assert kept() is not None


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_freed_with_the_workbench_without_the_garbage_collector(name: str) -> None:
    plugin = proxy(name)
    gc.collect()
    gc.disable()
    try:
        on = bench(SmallNetwork, *plugin.passes, FORWARD)
        score(on, plugin)
        kept = [weakref.ref(value(on, NETWORK)), weakref.ref(value(on, FORWARD).logits)]
        del on
        assert [reference() for reference in kept] == [None, None]
    finally:
        gc.enable()


def test_a_context_cannot_be_read_after_its_pass_was_computed() -> None:
    late = Pass(name="late", compute=lambda context: context, requires=(NETWORK,))
    context = value(bench(SmallNetwork, late), late)
    with pytest.raises(ContractError, match="after it was computed"):
        context[NETWORK]


def test_costs_are_exclusive_so_that_they_add_up_to_the_whole() -> None:
    def wait(seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass

    inner = Pass(name="inner", compute=lambda context: wait(0.05))
    outer = Pass(
        name="outer",
        compute=lambda context: (wait(0.02), context[inner]),
        requires=(inner,),
    )
    on = bench(SmallNetwork, outer)
    start = time.perf_counter()
    value(on, outer)
    whole = time.perf_counter() - start
    costs = on.costs((outer,))
    assert costs["inner"].wall_s >= 0.05
    assert 0.02 <= costs["outer"].wall_s < whole - 0.05 + 0.001
    assert sum(cost.wall_s for cost in costs.values()) <= whole


def test_costs_count_forward_and_backward_passes_and_what_was_read_of_the_batch() -> None:
    layers = partial(
        nn.Sequential, *SmallNetwork()
    )  # of torch alone: no pass looks for its weights
    on = bench(layers, LOSS_GRADIENTS, INPUT_JACOBIAN, count=6)
    value(on, LOSS_GRADIENTS)
    value(on, INPUT_JACOBIAN)
    costs = on.costs((LOSS_GRADIENTS, INPUT_JACOBIAN))
    assert sum(cost.forwards for cost in costs.values()) == 1
    assert sum(cost.backwards for cost in costs.values()) == 2
    assert costs["inputs"].images == 6
    assert costs["labels"].labels == 6


def test_equal_seeds_give_equal_networks_whatever_was_drawn_before() -> None:
    first = value(bench(SmallNetwork, NETWORK), NETWORK)
    torch.rand(3)
    second = value(bench(SmallNetwork, NETWORK), NETWORK)
    for parameter, two in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(parameter, two)


def test_another_seed_gives_another_network() -> None:
    first, two = (
        value(Workbench(subject(SmallNetwork, *images(), seed=seed), (WEIGHTS,)), WEIGHTS)
        for seed in (1, 2)
    )
    assert not torch.equal(first["0.weight"], two["0.weight"])


def test_draws_inside_a_pass_leave_the_global_generator_alone() -> None:
    drawing = Pass(name="drawing", compute=lambda context: float(torch.rand(())))
    before = torch.random.get_rng_state()
    first = value(bench(SmallNetwork, drawing), drawing)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert value(bench(SmallNetwork, drawing), drawing) == first

"""Networks outside of the ten spaces: a score by definition, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from harness.catalog import LoadedProxy, installed
from harness.core.errors import UnsupportedError
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped, ask
from harness.passes.network_call import logits_of
from harness.passes.operators import (
    OperatorCall,
    OperatorCalls,
    operator_calls,
    runs_as_modules,
)
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from tests.passes.module_kinds import (
    KINDS,
    Attention,
    ByKeyword,
    Clamp,
    Constant,
    Dictionary,
    Features,
    Frozen,
    Functional,
    Image,
    InPlaceMethod,
    Method,
    OnePixel,
    Plain,
    Record,
    Shared,
    Tied,
    Twice,
    Weightless,
    WithAuxiliary,
)
from tests.passes.network_state import state
from tests.passes.subjects import SmallNetwork, bench, score
from tests.space_files import TEN_SPACES

PROXIES: dict[str, ZeroCostProxy] = {
    proxy.name: proxy.plugin
    for proxy in installed().of_kind(LoadedProxy).values()
    if proxy.name not in ("random", "active_edges", "tg_nas")  # these look at no network
}
GRADIENTS = ("grad_norm", "snip", "plain", "fisher", "grasp", "zico")
OF_MODULES = {"meco", "meco_opt", "flops", "az_nas", "vkdnw_agg"}
"""Count modules, or see the output of each: a ReLU that is none makes a difference."""


def outcome_of(on: Workbench, proxy: ZeroCostProxy) -> Outcome:
    outcome = ask(lambda: score(on, proxy), proxy.components)
    if isinstance(outcome, Skipped):
        return Skipped(reason=re.sub(r"^\w+(?= has no )", "the network", outcome.reason))
    return outcome


def without_dextr(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Leave out the proxy that counts the network's own output, where that is a tensor."""
    return {name: outcome for name, outcome in outcomes.items() if name != "dextr"}


def outcomes(build: Callable[[], nn.Module], *names: str) -> dict[str, Outcome]:
    """Ask some proxies, or all, of one network."""
    torch.manual_seed(0)
    proxies = [PROXIES[name] for name in names or PROXIES]
    on = bench(build, *(wanted for proxy in proxies for wanted in proxy.passes), NETWORK)
    return {proxy.name: outcome_of(on, proxy) for proxy in proxies}


@cache
def plain() -> dict[str, Outcome]:
    return outcomes(Plain)


@pytest.mark.parametrize("kind", KINDS)
def test_every_proxy_scores_a_network_or_says_why_not_and_leaves_it_as_it_was(kind: str) -> None:
    torch.manual_seed(0)
    passes = [wanted for proxy in PROXIES.values() for wanted in proxy.passes]
    on = bench(KINDS[kind], *passes, NETWORK)
    reader = on.observation("test", (NETWORK,))
    try:
        network = reader[NETWORK]
    except UnsupportedError:
        network = nn.Identity()
    before = state(network)
    for name, proxy in PROXIES.items():
        outcome = outcome_of(on, proxy)
        if isinstance(outcome, Failed):  # a score that is not finite is a finding of its own
            assert outcome.kind is FailureKind.NONFINITE, name
        if isinstance(outcome, Skipped):
            assert outcome.reason.count("\n") == 0, name
        assert state(network) == before, name


@pytest.mark.parametrize("build", [Functional, Method, InPlaceMethod, Clamp])
def test_a_relu_that_is_a_function_counts_as_the_module_does(build: type[nn.Module]) -> None:
    functional, modules = outcomes(build), plain()
    in_place = {"te_nas", "vkdnw", "wrcor"} if build is InPlaceMethod else set()
    for name in set(PROXIES) - OF_MODULES - in_place:
        assert functional[name] == modules[name], name


@pytest.mark.parametrize(
    "build", [ByKeyword, Frozen, Dictionary, WithAuxiliary, Record, OnePixel, Features]
)
def test_calls_by_keyword_frozen_weights_and_wrapped_logits_change_no_score(
    build: type[nn.Module],
) -> None:
    own = outcomes(build)
    for name in PROXIES:
        if build is Frozen and name.startswith("eproxy"):  # which trains what is not frozen
            continue
        if name == "dextr" and build not in (ByKeyword, Frozen, OnePixel):  # see `without_dextr`
            continue
        assert own[name] == plain()[name], name


def test_compiled_networks_are_scored_as_what_was_compiled() -> None:
    assert outcomes(KINDS["compiled"]) == plain()


def test_a_module_of_two_names_is_one_module_that_is_called_twice() -> None:
    assert outcomes(Shared) == outcomes(Twice)


def test_a_weight_of_two_layers_is_one_weight() -> None:
    names = ("grad_norm", "snip", "fisher", "gradsign", "synflow", "zico", "l2_norm", "te_nas")
    tied, twice = outcomes(Tied, *names), outcomes(Twice, *names)
    for name in names:
        assert tied[name].components == pytest.approx(twice[name].components, rel=1e-5), name


def test_a_constant_keeps_its_sign_in_the_data_free_flow() -> None:
    assert outcomes(Constant, "synflow")["synflow"].components == pytest.approx(
        plain()["synflow"].components
    )


@pytest.mark.parametrize("name", ["nwot", "te_nas", "rank_sum"])
def test_activations_without_units_that_are_off_are_unsupported(name: str) -> None:
    outcome = outcomes(KINDS["GELU"], name)[name]
    assert isinstance(outcome, Skipped)
    assert "ReLU" in outcome.reason


def test_a_clipped_relu_has_units_that_are_on_or_off() -> None:
    clipped = outcomes(KINDS["ReLU6"], "nwot", "swap")
    assert clipped["nwot"] == plain()["nwot"]  # normalised maps stay below six
    assert clipped["swap"] == plain()["swap"]


@pytest.mark.parametrize("name", [*GRADIENTS, "gradsign", "l2_norm", "synflow", "synflow_bn"])
def test_a_network_without_weights_has_no_score_of_its_weights(name: str) -> None:
    outcome = outcome_of(bench(Weightless, *PROXIES[name].passes), PROXIES[name])
    assert isinstance(outcome, Skipped)


@pytest.mark.parametrize("name", [*GRADIENTS, "gradsign", "vkdnw"])
def test_a_network_that_returns_an_image_has_no_cross_entropy(name: str) -> None:
    outcome = outcome_of(bench(Image, *PROXIES[name].passes), PROXIES[name])
    assert isinstance(outcome, Skipped)
    assert "instead of logits" in outcome.reason


@pytest.mark.parametrize("name", ["grad_norm", "snip", "synflow", "nwot", "l2_norm", "meco"])
def test_bfloat16_comes_close_to_float32(name: str) -> None:
    proxy = PROXIES[name]
    exact = score(bench(Plain, *proxy.passes), proxy)
    rounded = score(bench(lambda: Plain().bfloat16(), *proxy.passes), proxy)
    assert rounded == pytest.approx(exact, rel=0.05)


def test_attention_is_differentiated_twice() -> None:
    proxy = PROXIES["grasp"]
    assert isinstance(outcome_of(bench(Attention, *proxy.passes), proxy), Scored)


def test_layers_inside_of_a_fused_operator_are_not_taken_for_unused() -> None:
    proxy = PROXIES["fisher"]
    outcome = outcome_of(bench(KINDS["recurrent"], *proxy.passes), proxy)
    assert isinstance(outcome, Skipped)
    assert "inner.weight_ih_l0" in outcome.reason


@pytest.mark.parametrize(
    "output",
    [
        (torch.zeros(2, 64), torch.zeros(2, 10)),
        {"features": torch.zeros(2, 6, 4, 4)},
        "text",
    ],
)
def test_logits_are_not_guessed(output: object) -> None:
    with pytest.raises(UnsupportedError, match="cannot be told which part"):
        logits_of(Plain(), output)


def test_relus_are_seen_alike_by_hooks_of_modules_and_by_calls_of_torch() -> None:
    """A network of torch's own layers takes the one way, and in a class of ours the other."""

    class Wrapped(nn.Sequential):
        def __init__(self) -> None:
            super().__init__(*SmallNetwork())

    def layers() -> nn.Module:
        return nn.Sequential(*SmallNetwork())

    names = ("nwot", "swap", "te_nas")
    assert outcomes(layers, *names) == outcomes(Wrapped, *names)


@pytest.mark.parametrize("name", TEN_SPACES)
def test_hooks_and_calls_of_torch_see_the_same_operators_in_the_ten_spaces(name: str) -> None:
    if name == "nas-bench-graph":  # takes a graph, which no pass gives it
        return
    searched = space(name)
    shape = replace(dataset("cifar10"), shape=(3, 16, 16))
    architecture = searched.sample(np.random.default_rng(0))
    network = searched.network(architecture, shape)
    kinds = ("convolution", "linear", "product", "normalisation", "relu")
    seen: dict[object, list[object]] = {}
    assert runs_as_modules(network)
    for way in (operator_calls, OperatorCalls):
        calls: list[object] = []

        def see(call: OperatorCall, into: list[object] = calls) -> None:
            if call.parameters or call.kind == "relu":
                geometry = [call.arguments.get(name) for name in ("stride", "padding", "groups")]
                into.append(
                    (call.kind, call.function, call.parameters, geometry, call.output.shape)
                )

        with torch.no_grad(), way(network, kinds, see):
            network(torch.zeros(2, 3, 16, 16))
        seen[way] = calls
    assert seen[operator_calls] == seen[OperatorCalls] != []


def test_what_a_network_writes_to_its_images_changes_no_score_beside_others() -> None:
    together = outcomes(KINDS["writes to images"])
    for name in ("nwot", "meco", "grad_norm", "synflow"):
        assert outcomes(KINDS["writes to images"], name)[name] == together[name], name
    assert without_dextr(outcomes(KINDS["slotted"])) == without_dextr(plain())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("two inputs", "it takes more than images"),
        ("few outputs", "it has fewer outputs than the batch has classes"),
    ],
)
def test_what_no_loss_is_defined_for_is_said(kind: str, reason: str) -> None:
    outcome = outcomes(KINDS[kind], "grad_norm")["grad_norm"]
    assert isinstance(outcome, Skipped)
    assert reason in outcome.reason

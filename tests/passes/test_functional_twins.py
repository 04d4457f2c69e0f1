"""Every proxy on every kind of network: a score by definition, or why there is none.

And networks that compute the same in two ways have the same scores.
"""

from __future__ import annotations

from functools import cache

import pytest
import torch

from harness.catalog import LoadedProxy, installed
from harness.core.errors import UnsupportedError
from harness.core.outcome import Outcome, Scored, Skipped, scored
from harness.isolation import isolated_generators
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy
from tests.passes.any_networks import CASES, TWINS, Case
from tests.passes.network_state import state

PROXIES: dict[str, ZeroCostProxy] = {
    proxy.name: proxy.plugin
    for proxy in installed().of_kind(LoadedProxy).values()
    if proxy.name not in ("active_edges", "tg_nas")  # these look at no network, but at its graph
}

OF_CONTAINERS: dict[str, set[str]] = {
    "functions": {"dextr", "meco", "meco_opt"},
    "functions of maps": {"dextr", "meco", "meco_opt"},
    "functions of attention": {"az_nas", "dextr", "near", "vkdnw_agg"},
}
"""Proxies that count containers or cells as their releases do, which these ways take apart.

Inside of torch's attention tokens come before samples, and near takes other rows.
"""


@cache
def _bench(case: Case) -> tuple[Workbench, torch.nn.Module]:
    passes = [wanted for proxy in PROXIES.values() for wanted in proxy.passes]
    bench = Workbench(case.subject(), [*passes, NETWORK], measures_memory=False)
    return bench, bench.observation("test", (NETWORK,))[NETWORK]


@cache
def _outcome(case: Case, name: str) -> Outcome:
    bench, network = _bench(case)
    proxy = PROXIES[name]
    before = state(network)
    seen = bench.observation(proxy.name, proxy.passes)
    try:
        with isolated_generators(seen.seed, torch.device("cpu")):
            return scored(proxy.score(seen), proxy.components)
    except UnsupportedError as error:
        return Skipped(reason=str(error))
    finally:
        assert state(network) == before, name


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_scores_a_network_or_says_in_one_sentence_why_not(name: str, kind: str) -> None:
    generator = torch.random.get_rng_state()
    outcome = _outcome(CASES[kind], name)
    assert torch.equal(generator, torch.random.get_rng_state())
    assert isinstance(outcome, Scored | Skipped), outcome
    if isinstance(outcome, Scored):
        assert any(value != 0 for value in outcome.components.values())
    else:
        assert outcome.reason
        assert "\n" not in outcome.reason


@pytest.mark.parametrize(
    ("name", "ways"),
    [(name, ways) for ways in TWINS for name in PROXIES if name not in OF_CONTAINERS.get(ways, ())],
)
def test_a_network_of_functions_has_the_score_of_one_of_modules(name: str, ways: str) -> None:
    modules, functions = (_outcome(case, name) for case in TWINS[ways])
    if isinstance(modules, Scored):
        assert isinstance(functions, Scored), functions
        assert functions.components == pytest.approx(modules.components, rel=1e-6)
    else:
        assert isinstance(functions, Skipped)

"""How far scores move between machines: what plugins state and docs/reproducibility.md shows."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalog import LoadedProxy, installed
from harness.core.errors import ContractError
from harness.plugin import Stability
from harness.plugins.ensembles import rank_sum_of
from harness.plugins.zero_cost.flops import PLUGIN as FLOPS
from harness.plugins.zero_cost.nwot import PLUGIN as NWOT
from tests.regression_gate.planted import ROUNDING

PAGE = Path(__file__).parents[2] / "docs" / "reproducibility.md"
PROXIES = {name: loaded.plugin for name, loaded in installed().of_kind(LoadedProxy).items()}


def rows() -> dict[str, list[str]]:
    """The rows of the page's table of stabilities by plugin, without the names."""
    section = PAGE.read_text(encoding="utf-8").split("## Stability")[1]
    cells_by_plugin = {}
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| plugin"):
            names, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            cells_by_plugin |= dict.fromkeys(names.split(", "), cells)
    return cells_by_plugin


@pytest.mark.parametrize("name", sorted(PROXIES))
def test_the_page_shows_what_a_plugin_states(name):
    stated = PROXIES[name].stability
    shown = rows()[name][-1]
    assert shown == " / ".join(f"{n:g}" for n in (stated.score, stated.median, stated.spearman))


@pytest.mark.parametrize("name", sorted(PROXIES))
def test_no_plugin_measures_beyond_what_it_states(name):
    stated = PROXIES[name].stability
    newer, _, older, _ = rows()[name]
    known = [cell for cell in (newer, older) if cell != "–"]  # – is not measured
    measured = [[float(number) for number in cell.split(", ")] for cell in known]
    for median, largest in (*measured, ROUNDING.get(name, (0.0, 0.0))):
        assert median <= stated.median
        assert largest <= stated.score


def test_an_ensemble_is_as_unstable_as_its_least_stable_member():
    first = replace(NWOT, stability=Stability(score=0.2, spearman=0.001))
    second = replace(FLOPS, stability=Stability(score=0.1, median=0.01))
    made = rank_sum_of("both", first, second, version="1", summary="Both.")
    assert made.stability == Stability(score=0.2, median=0.01, spearman=0.001)


@pytest.mark.parametrize(
    "numbers",
    [{"score": 2.1}, {"median": 0.01}, {"median": -1.0}, {"spearman": 2.1}, {"spearman": -0.1}],
)
def test_a_stability_that_no_measurement_can_give_is_one_sentence(numbers):
    with pytest.raises(ContractError, match="state what was measured"):
        Stability(**numbers)


def test_a_stability_that_is_not_a_number_is_refused():
    with pytest.raises(ContractError, match="relative differences"):
        Stability(score=float("nan"))

"""Every registered predictor keeps the contract; a new one is tested by being there."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import kendalltau

from harness.catalog import LoadedPredictor, installed
from harness.checks import Verdict, check_plugin
from harness.core.errors import ContractError
from harness.encodings import ENCODINGS, ScoreTable, subjects_of
from harness.metrics.calibration import crps, share_inside
from harness.plugins.stacks import to_normal_scores
from harness.predictor import (
    Inputs,
    Labelled,
    Predictions,
    Predictor,
    inputs_of,
    predictions,
    variants,
)
from harness.spaces.registry import space

PREDICTORS = installed().of_kind(LoadedPredictor)
# Variants differ in what they read alone, so one of them speaks for the model.
MODELS = {predictor.plugin.fit: name for name, predictor in PREDICTORS.items()}
_LABELS, _UNSEEN = 60, 60


@pytest.fixture(scope="module")
def whole():
    """Cells of NAS-Bench-201 and what they are labelled with: the convolutions they have."""
    where, generator = space("nas-bench-201"), np.random.default_rng(0)
    cells = [where.sample(generator) for _ in range(_LABELS + _UNSEEN)]
    plain = subjects_of(where.name, cells)
    convolutions = np.array(
        [sum("conv" in name for name in graph.operations) for graph in plain.graphs]
    )
    noise = generator.normal(size=len(cells))
    scores = np.stack([convolutions + noise / 2, 10.0 ** (8 - convolutions)], axis=1)
    scores[::7, 0] = np.nan
    table = ScoreTable(proxies=("nwot", "flops"), values=scores)
    return subjects_of(where.name, cells, table), convolutions + noise / 10


def split(
    whole, predictor: Predictor, labels: int = _LABELS
) -> tuple[Labelled, Inputs, np.ndarray]:
    subjects, values = whole
    inputs = inputs_of(subjects, predictor.encoding)
    drawn, unseen = np.arange(labels), np.arange(_LABELS, _LABELS + _UNSEEN)
    others = unseen if predictor.semi_supervised else unseen[:0]
    labelled = Labelled(
        inputs=inputs.rows(drawn), labels=values[drawn], unlabelled=inputs.rows(others)
    )
    return labelled, inputs.rows(unseen), values[unseen]


@pytest.fixture(params=[PREDICTORS[name] for name in MODELS.values()], ids=MODELS.values())
def loaded(request) -> LoadedPredictor:
    return request.param


def test_it_ranks_unseen_cells_far_better_than_chance(loaded, whole):
    labelled, unseen, truth = split(whole, loaded.plugin)
    predicted = predictions(loaded.name, loaded.plugin.fit(labelled, 1), unseen).values
    # over 60 cells, chance stays below 0.18 in 95 of 100 draws
    assert kendalltau(predicted, truth).statistic > 0.35


def test_it_keeps_the_contract(loaded):
    findings = check_plugin(loaded, "nas-bench-201")
    assert len(findings) == 11
    assert [finding for finding in findings if finding.verdict is Verdict.BROKEN] == []


@pytest.mark.parametrize("loaded", PREDICTORS.values(), ids=PREDICTORS)
def test_its_name_says_what_it_reads_where_the_model_has_variants(loaded):
    model, _, read = loaded.name.partition("-")
    if read:
        assert loaded.plugin.encoding.name == read
    assert model.isidentifier()


def test_variants_are_named_after_model_and_encoding():
    base = PREDICTORS["gp_wl"].plugin
    predictors = variants(base, "graf", "onehot+zc")
    assert [predictor.name for predictor in predictors] == ["gp_wl-graf", "gp_wl-onehot+zc"]
    assert predictors[0].encoding is ENCODINGS["graf"]


def test_a_wrong_number_of_predictions_breaks_the_contract(whole):
    _, unseen, _ = split(whole, PREDICTORS["gp_wl"].plugin)
    with pytest.raises(ContractError, match=r"returned predictions of shape \(3,\) for 60"):
        predictions("mine", lambda inputs: np.zeros(3), unseen)


def test_a_prediction_that_is_no_number_breaks_the_contract(whole):
    _, unseen, _ = split(whole, PREDICTORS["gp_wl"].plugin)
    with pytest.raises(ContractError, match=r"returned a prediction of nan for \|"):
        predictions("mine", lambda inputs: np.full(inputs.n, np.nan), unseen)


def test_complex_predictions_break_the_contract_instead_of_losing_a_part(whole):
    _, unseen, _ = split(whole, PREDICTORS["gp_wl"].plugin)
    with pytest.raises(
        ContractError, match=r"no real numbers \(they are complex\); it returns one"
    ):
        predictions("mine", lambda inputs: np.full(inputs.n, 1 + 2j), unseen)


@pytest.mark.parametrize(
    ("deviations", "message"),
    [
        (np.full(60, -0.5), r"returned a deviation of -0.5 for \|.*; deviations are 0 or more"),
        (np.full(60, np.inf), r"returned a deviation of inf for \|.*; deviations are finite"),
        (np.full(60, 1j), r"returned deviations that are no real numbers"),
        (np.ones(3), r"returned deviations of shape \(3,\) for 60"),
        (["wide"] * 60, r"no real numbers \(they are texts or dates\)"),
    ],
)
def test_a_deviation_that_is_none_breaks_the_contract(whole, deviations, message):
    _, unseen, _ = split(whole, PREDICTORS["gp_wl"].plugin)
    given = Predictions(values=np.zeros(60), deviations=deviations)
    with pytest.raises(ContractError, match=message):
        predictions("mine", lambda inputs: given, unseen)


@pytest.mark.parametrize(
    "name", ["gp-onehot", "random_forest-onehot", "ridge-onehot", "ensemble-onehot"]
)
def test_who_says_how_sure_it_is_is_about_as_sure_as_it_may_be(whole, name):
    labelled, unseen, truth = split(whole, PREDICTORS[name].plugin)
    predicted = predictions(name, PREDICTORS[name].plugin.fit(labelled, 1), unseen)
    if not PREDICTORS[name].plugin.in_unit:
        truth = to_normal_scores(labelled.labels)(truth)
    # 60 cells; a deviation that is half of what it should be holds 67 %, a tenth 16 %
    assert share_inside(predicted.values, predicted.deviations, truth, 0.95) > 0.8
    knows_nothing = crps(np.full(60, truth.mean()), np.full(60, truth.std()), truth)
    assert crps(predicted.values, predicted.deviations, truth) < knows_nothing


def test_finding_predictors_loads_no_library_that_learns():
    code = (
        "import sys; from harness.catalog import installed; "
        "assert 'random_forest-zc' in installed().loaded; "
        "print({'sklearn', 'xgboost', 'torch', 'scipy.stats'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr

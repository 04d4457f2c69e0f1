import subprocess
import sys

import numpy as np
import pytest
import torch

from harness.core.errors import DataError
from harness.spaces.registry import space
from harness.text_graphs import Form, Readout, Words
from harness.text_graphs.ensemble import Ensemble, read_ensemble, score_cells, write_ensemble
from harness.text_graphs.network import TextGraphNetwork, weights_of
from harness.text_graphs.tensors import graph_tensors

NB101, NB201 = space("nas-bench-101"), space("nas-bench-201")
GRAPHS = [NB201.graph(NB201.sample(np.random.default_rng(seed))) for seed in range(6)]


SUM = Form(readout=Readout.SUM)


def single(form: Form, network: TextGraphNetwork, spread: float = 1.0) -> Ensemble:
    return Ensemble(
        form=form, members=(weights_of(network),), spreads=(spread,), recipe=None, metrics=None
    )


@pytest.fixture
def ensemble() -> Ensemble:
    torch.manual_seed(0)
    members = tuple(weights_of(TextGraphNetwork(SUM)) for _ in range(2))
    return Ensemble(form=SUM, members=members, spreads=(0.5, 2.0), recipe={"seed": 0}, metrics={})


def test_an_ensemble_is_the_mean_of_its_members_in_units_of_their_spreads():
    torch.manual_seed(0)
    lower, upper = (TextGraphNetwork(SUM) for _ in range(2))
    both = Ensemble(
        form=SUM,
        members=(weights_of(lower), weights_of(upper)),
        spreads=(0.5, 2.0),
        recipe=None,
        metrics=None,
    )
    first, second = (single(SUM, network).score(GRAPHS) for network in (lower, upper))
    assert both.score(GRAPHS) == pytest.approx((first / 0.5 + second / 2.0) / 2, rel=1e-12)


@pytest.mark.parametrize(
    "form",
    [
        Form(),
        Form(layers=1),
        Form(layers=4, normalised=False, width=32),
        Form(layers=3, readout=Readout.SUM),
        Form(words=Words.RANDOM),
    ],
    ids=str,
)
def test_a_folded_network_gives_the_scores_of_the_network(form):
    torch.manual_seed(0)
    network = TextGraphNetwork(form)
    cells = [
        *GRAPHS,
        *(NB101.graph(NB101.sample(np.random.default_rng(seed))) for seed in range(6)),
    ]
    tensors = graph_tensors(cells, form.words)
    for _ in range(5):
        network(tensors)  # moves the running means and variances away from 0 and 1
    with torch.no_grad():
        expected = network.eval()(tensors).double().numpy() / 1.7
    # The network computes in single precision.
    assert single(form, network, 1.7).score(cells) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_an_ensemble_is_read_as_it_was_written(ensemble, tmp_path):
    write_ensemble(ensemble, tmp_path / "weights.npz")
    read = read_ensemble(tmp_path / "weights.npz")
    assert read.score(GRAPHS).tolist() == ensemble.score(GRAPHS).tolist()
    assert read.recipe == {"seed": 0}
    assert read.form == SUM


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "other arrays", "other width"])
def test_a_damaged_file_is_one_sentence(ensemble, tmp_path, damage):
    path = tmp_path / "weights.npz"
    write_ensemble(ensemble, path)
    match damage:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(path.read_bytes()[:2000])
        case "text":
            path.write_text("not weights")
        case "other arrays":
            np.savez(path, other=np.zeros(3))
        case "other width":
            with np.load(path) as file:
                arrays = {name: file[name] for name in file.files}
            np.savez(path, **arrays | {"0/score.weight": np.zeros((1, 7), dtype=np.float32)})
    with pytest.raises(DataError, match=r"weights\.npz does not hold networks of harness train"):
        read_ensemble(path)


def test_a_score_does_not_depend_on_what_else_is_scored():
    together = score_cells(GRAPHS)
    alone = [float(score_cells([graph])[0]) for graph in GRAPHS]
    assert together == pytest.approx(alone, rel=1e-10)


def test_the_shipped_weights_know_a_convolution_from_nothing():
    best = NB201.graph(
        NB201.parse(
            "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
            "|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"
        )
    )
    worst = NB201.graph(NB201.parse("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"))
    good, bad = score_cells([best, worst])
    assert good > bad


def test_no_cell_has_no_score():
    assert score_cells([]).tolist() == []


def test_scoring_does_not_wait_for_torch():
    code = (
        "import sys; from harness.core.architecture import CellGraph; "
        "from harness.text_graphs.ensemble import score_cells; "
        "score_cells([CellGraph(operations=('input', 'none', 'output'), edges=((0, 1), (1, 2)))]); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

import numpy as np
import pytest
import torch

from harness.core.errors import DataError
from harness.spaces.registry import space
from harness.text_graphs import Form, Readout, TextGraphNetwork
from harness.text_graphs.ensemble import Ensemble, read_ensemble, score_cells, write_ensemble

NB201 = space("nas-bench-201")
GRAPHS = [NB201.graph(NB201.sample(np.random.default_rng(seed))) for seed in range(6)]


@pytest.fixture
def ensemble() -> Ensemble:
    torch.manual_seed(0)
    members = tuple(TextGraphNetwork(Form(readout=Readout.SUM)).eval() for _ in range(2))
    return Ensemble(members=members, spreads=(0.5, 2.0), recipe={"seed": 0}, metrics={})


def test_an_ensemble_is_the_mean_of_its_members_in_units_of_their_spreads(ensemble):
    first, second = (
        Ensemble(members=(one,), spreads=(1.0,), recipe=None, metrics=None).score(GRAPHS)
        for one in ensemble.members
    )
    assert ensemble.score(GRAPHS) == pytest.approx((first / 0.5 + second / 2.0) / 2, rel=1e-6)


def test_an_ensemble_is_read_as_it_was_written(ensemble, tmp_path):
    write_ensemble(ensemble, tmp_path / "weights.npz")
    found = read_ensemble(tmp_path / "weights.npz")
    assert found.score(GRAPHS).tolist() == ensemble.score(GRAPHS).tolist()
    assert found.recipe == {"seed": 0}
    assert found.members[0].form == Form(readout=Readout.SUM)


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "other arrays"])
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
    with pytest.raises(DataError, match=r"weights\.npz does not hold networks of harness train"):
        read_ensemble(path)


def test_a_score_does_not_depend_on_what_else_is_scored():
    together = score_cells(GRAPHS)
    alone = [float(score_cells([one])[0]) for one in GRAPHS]
    assert together == pytest.approx(alone, rel=1e-5)


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

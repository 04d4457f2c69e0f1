import pytest

from harness.text_graphs.ensemble import read_ensemble


@pytest.mark.shared_data
def test_a_recipe_of_ones_own_is_trained_and_kept_with_its_weights(harness, shared_data, tmp_path):
    (tmp_path / "quick.toml").write_text("epochs = 1\nmembers = 1\nlayers = 3\nshare = 0.2\n")
    options = ("--recipe", "quick.toml", "--seed", "7", "--out", "mine.npz")
    done = harness("train", "tg-nas", *options, "--data-dir", str(shared_data))
    assert done.returncode == 0, done.stderr
    ensemble = read_ensemble(tmp_path / "mine.npz")
    assert ensemble.form.layers == 3
    assert (ensemble.recipe["seed"], ensemble.recipe["share"]) == (7, 0.2)
    assert 900 < ensemble.metrics["cells"] < 1300  # a fifth of nine tenths of 6,609


def test_a_recipe_with_a_misspelt_key_is_refused(harness, tmp_path):
    (tmp_path / "wrong.toml").write_text("epoch = 1\n")
    done = harness("train", "tg-nas", "--recipe", "wrong.toml")
    assert done.returncode == 2
    assert "unknown key 'epoch' in wrong.toml; did you mean 'epochs'?" in done.stderr
    assert "Traceback" not in done.stderr

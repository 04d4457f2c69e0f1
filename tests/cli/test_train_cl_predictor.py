from harness.computation_graphs.weights import read_encoder


def test_a_recipe_of_ones_own_is_trained_and_kept_with_its_encoder(harness, tmp_path):
    recipe = "epochs = 1\nlayers = 2\nwidth = 8\n[families]\nnas-bench-macro = 12\n"
    (tmp_path / "quick.toml").write_text(recipe)
    options = ("--recipe", "quick.toml", "--seed", "7", "--out", "mine.npz")
    done = harness("train", "cl-predictor", *options)
    assert done.returncode == 0, done.stderr
    stored = read_encoder(tmp_path / "mine.npz")
    assert (stored.encoder.shape.layers, stored.encoder.shape.width) == (2, 8)
    assert (stored.recipe["seed"], stored.recipe["families"]) == (7, {"nas-bench-macro": 12})
    assert stored.metrics["graphs"] == 11  # a tenth of twelve, rounded down, is held out


def test_a_space_whose_networks_read_no_images_is_refused(harness, tmp_path):
    (tmp_path / "graphs.toml").write_text("[families]\nnas-bench-graph = 1\n")
    done = harness("train", "cl-predictor", "--recipe", "graphs.toml")
    assert done.returncode == 2
    assert "read graphs, not images" in done.stderr
    assert "Traceback" not in done.stderr

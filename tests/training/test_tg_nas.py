import numpy as np
import pytest

from harness.core.errors import DataError, UsageError
from harness.spaces.registry import space
from harness.text_graphs import Words
from harness.training.cells import Cells, training_cells
from harness.training.recipe import Loss, Recipe, read_recipe
from harness.training.tg_nas import hidden_operator_scores, train

NB101 = space("nas-bench-101")
QUICK = Recipe(epochs=12, members=1, batch=32, learning_rate=0.01)


@pytest.fixture(scope="module")
def tables() -> tuple[Cells, ...]:
    """Two tables whose label is the share of 3x3 convolutions: easy, and known."""
    generator = np.random.default_rng(0)
    cells = []
    for size in (250, 200):
        graphs = [NB101.graph(NB101.sample(generator)) for _ in range(size)]
        counts = [
            graph.operations.count("conv3x3-bn-relu") / len(graph.operations) for graph in graphs
        ]
        ranks = np.argsort(np.argsort(counts, kind="stable"))
        cells.append(Cells(task=f"table {size}", graphs=tuple(graphs), labels=(ranks + 0.5) / size))
    return tuple(cells)


def quiet(done: int, total: int) -> None:
    pass


@pytest.mark.parametrize("loss", Loss)
def test_every_loss_learns_what_can_be_learned(tables, loss):
    metrics = train(QUICK.model_copy(update={"loss": loss}), tables, quiet).metrics
    # The label is a function of the cell up to ties, which the held-out tenth shares.
    assert metrics["held out"]["table 250"] > 0.7


def test_equal_recipes_give_equal_weights_and_another_seed_others(tables):
    quick = QUICK.model_copy(update={"epochs": 2})
    graphs = tables[0].graphs[:5]
    first, again = (train(quick, tables, quiet).score(graphs) for _ in range(2))
    other = train(quick.model_copy(update={"seed": 1}), tables, quiet).score(graphs)
    assert first.tolist() == again.tolist() != other.tolist()


def test_a_share_of_the_cells_is_a_share(tables):
    quick = QUICK.model_copy(update={"epochs": 1, "share": 0.5})
    assert 150 < train(quick, tables, quiet).metrics["cells"] < 250


def test_a_table_smaller_than_a_batch_is_a_batch_of_its_own(tables):
    # Of 250 and 200 cells a tenth is held out, and a tenth of the rest kept: about 22 and 18.
    quick = QUICK.model_copy(update={"epochs": 60, "share": 0.1, "batch": 128})
    trained = train(quick, tables, quiet)
    assert trained.metrics["cells"] < 60
    assert trained.metrics["held out"]["table 250"] > 0.5


@pytest.mark.parametrize("words", Words)
def test_a_recipe_says_how_operators_become_vectors(tables, words):
    quick = QUICK.model_copy(update={"epochs": 4, "words": words})
    trained = train(quick, tables, quiet)
    assert trained.form.words is words
    assert trained.metrics["held out"]["table 250"] > 0.5


def test_progress_counts_the_epochs_of_all_members(tables):
    seen: list[tuple[int, int]] = []
    quick = QUICK.model_copy(update={"epochs": 2, "members": 2})
    train(quick, tables, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_recipe_is_judged_by_operators_that_training_never_saw(tables):
    scores = hidden_operator_scores(QUICK.model_copy(update={"epochs": 3}), tables)
    assert set(scores) == {"conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"}
    assert all(-1 <= score <= 1 for score in scores.values())


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("loss = 'hing'", UsageError, r"recipe\.toml \[loss\].*'hinge', 'logistic' or 'squares'"),
        ("epoch = 3", UsageError, r"'epoch' in .*recipe\.toml; did you mean 'epochs'.*Known: "),
        ("epochs = ", DataError, "cannot be read as TOML"),
    ],
)
def test_a_wrong_recipe_is_one_sentence(tmp_path, text, error, message):
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_recipe(path)


def test_a_missing_recipe_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.toml cannot be read"):
        read_recipe(tmp_path / "none.toml")


@pytest.mark.shared_data
def test_the_tables_hold_trained_cells_of_nas_bench_101_alone(shared_data, monkeypatch):
    monkeypatch.setenv("HARNESS_DATA_DIR", str(shared_data))
    tables = training_cells()
    assert [table.labels.size for table in tables] == [2500, 500, 3609]
    operators = {name for table in tables for graph in table.graphs for name in graph.operations}
    known = {"input", "output", "conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"}
    assert operators == known
    assert all(0 < table.labels.min() < table.labels.max() < 1 for table in tables)

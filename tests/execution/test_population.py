import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.core.identity import digest_lines
from harness.execution.population import Population, Shard, draw_population
from harness.spaces.registry import space
from harness.suite import PopulationSettings

NB201 = space("nas-bench-201")


def test_equal_settings_draw_an_equal_population():
    settings = PopulationSettings(subset="no-unreachable", sample=50, seed=3)
    assert draw_population(NB201, settings) == draw_population(NB201, settings)


def test_another_seed_draws_another_population_with_another_digest():
    first = draw_population(NB201, PopulationSettings(sample=50, seed=0))
    second = draw_population(NB201, PopulationSettings(sample=50, seed=1))
    assert first.digest != second.digest
    assert first.name == "all/50@0"


def test_a_sample_has_no_architecture_twice_and_only_members_of_the_subset():
    drawn = draw_population(NB201, PopulationSettings(subset="no-unreachable", sample=500))
    texts = {architecture.text for architecture in drawn.architectures}
    assert len(texts) == 500
    assert texts <= {architecture.text for architecture in NB201.enumerate("no-unreachable")}


def test_the_digest_is_fixed_for_good():
    # A population that changes silently would make old results incomparable.
    settings = PopulationSettings(sample=200)
    assert draw_population(NB201, settings, "rows").digest == "e26c14c8f48082ff"
    assert draw_population(NB201, settings).digest == "9814204d9636548a"


def test_more_than_there_are_cannot_be_drawn():
    settings = PopulationSettings(sample=20000)
    with pytest.raises(UsageError, match="from the 15625 architectures of nas-bench-201"):
        draw_population(NB201, settings, "rows")
    with pytest.raises(UsageError, match="from the 5260 different networks of nas-bench-201"):
        draw_population(NB201, settings)


def test_an_unknown_subset_is_answered_with_the_known_ones():
    with pytest.raises(UsageError, match=r"did you mean 'no-unreachable'"):
        draw_population(NB201, PopulationSettings(subset="no-unreachabl"))


def test_the_architectures_of_a_task_are_a_population():
    drawn = draw_population(NB201, PopulationSettings(subset="task:nb201-analog-baseline"))
    assert len(drawn.architectures) == 15625
    assert drawn.digest == draw_population(NB201, PopulationSettings()).digest


def test_the_architectures_of_another_space_s_task_are_refused():
    settings = PopulationSettings(subset="task:nb101-cifar10-test")
    with pytest.raises(UsageError, match="is a task of nas-bench-101, not of nas-bench-201"):
        draw_population(NB201, settings)


@pytest.mark.shared_data
def test_a_space_too_large_to_enumerate_is_drawn_from_its_table(shared_data, monkeypatch):
    monkeypatch.setenv("HARNESS_DATA_DIR", str(shared_data))
    settings = PopulationSettings(subset="task:darts-cifar10-validation", sample=5)
    drawn = draw_population(space("darts"), settings)
    assert len(drawn.architectures) == 5
    for architecture in drawn.architectures:
        assert space("darts").parse(architecture.text) == architecture


def population(size):
    cells = tuple(Architecture(space="nas-bench-201", text=f"cell {n}") for n in range(size))
    return Population(
        name="all", digest=digest_lines(cell.text for cell in cells), architectures=cells
    )


def in_order(drawn):
    return [drawn.texts[row] for row in drawn.order]


def test_networks_are_scored_as_they_are_drawn_so_that_fewer_come_first():
    few, many = (
        draw_population(NB201, PopulationSettings(subset="no-unreachable", sample=sample))
        for sample in (6, 20)
    )
    assert in_order(many)[:6] == in_order(few) != list(few.texts)
    assert sorted(many.order) == list(range(20))
    assert in_order(population(5)) == list(population(5).texts)
    part = Shard(number=2, count=3).of(many)
    assert in_order(part) == [text for text in in_order(many) if text in part.texts]


def test_so_are_those_of_a_space_that_nobody_lists():
    few, many = (draw_population(space("mnasnet"), PopulationSettings(sample=n)) for n in (3, 9))
    assert many.order != range(9)
    assert in_order(many)[:3] == in_order(few)


def test_a_run_that_is_stopped_has_a_board_of_a_smaller_draw(tmp_path):
    def stop(step):
        if step.done == 3:
            raise KeyboardInterrupt

    options = {"plugins": "params", "results": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        harness.run("smoke", sample=9, workers=0, progress=stop, **options)
    board = harness.frame(harness.report("smoke", sample=3, **options))
    assert board["scored"].tolist() == [3, 3]  # of two tasks


@given(st.integers(2, 60), st.integers(1, 8))
def test_shards_together_are_the_population_and_no_two_overlap(size, count):
    whole = population(size)
    parts = [Shard(number=n, count=count).of(whole).architectures for n in range(1, count + 1)]
    assert sorted(architecture.text for part in parts for architecture in part) == sorted(
        architecture.text for architecture in whole.architectures
    )
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_shard_keeps_the_population_s_order_and_says_what_it_is():
    part = Shard(number=2, count=5).of(population(50))
    assert part.name == "all, shard 2/5"
    assert list(part.architectures) == [
        architecture
        for architecture in population(50).architectures
        if architecture in part.architectures
    ]


def test_neighbours_are_dealt_apart():
    # Ten architectures in order, two shards: the odd and the even ones would be the naive parts.
    texts = [
        architecture.text
        for architecture in Shard(number=1, count=2).of(population(10)).architectures
    ]
    assert texts not in ([f"cell {n}" for n in (0, 2, 4, 6, 8)], [f"cell {n}" for n in range(5)])


def test_a_shard_is_read_as_it_is_printed():
    assert str(Shard.parse("2/5")) == "2/5"


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/0", "a/b", "-1/5", "2/5/6", "٢/٥٥x"])
def test_what_is_no_part_of_a_whole_is_refused(text):
    with pytest.raises(UsageError, match="write 2/5 for the second of five"):
        Shard.parse(text)

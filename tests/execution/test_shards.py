import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.core.identity import digest_lines
from harness.execution.population import Population, Shard


def population(size):
    cells = tuple(Architecture(space="nas-bench-201", text=f"cell {n}") for n in range(size))
    return Population(
        name="all", digest=digest_lines(one.text for one in cells), architectures=cells
    )


@given(st.integers(2, 60), st.integers(1, 8))
def test_shards_together_are_the_population_and_no_two_overlap(size, count):
    whole = population(size)
    parts = [Shard(number=n, count=count).of(whole).architectures for n in range(1, count + 1)]
    assert sorted(one.text for part in parts for one in part) == sorted(
        one.text for one in whole.architectures
    )
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_shard_keeps_the_population_s_order_and_says_what_it_is():
    part = Shard(number=2, count=5).of(population(50))
    assert part.name == "all, shard 2/5"
    assert list(part.architectures) == [
        one for one in population(50).architectures if one in part.architectures
    ]


def test_neighbours_are_dealt_apart():
    # Ten architectures in order, two shards: the odd and the even ones would be the naive parts.
    texts = [one.text for one in Shard(number=1, count=2).of(population(10)).architectures]
    assert texts not in ([f"cell {n}" for n in (0, 2, 4, 6, 8)], [f"cell {n}" for n in range(5)])


def test_a_shard_is_read_as_it_is_printed():
    assert str(Shard.parse("2/5")) == "2/5"


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/0", "a/b", "-1/5", "2/5/6", "٢/٥٥x"])
def test_what_is_no_part_of_a_whole_is_refused(text):
    with pytest.raises(UsageError, match="write 2/5 for the second of five"):
        Shard.parse(text)

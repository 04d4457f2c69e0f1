"""A search of a whole space, whose architectures get their numbers as they are met."""

import numpy as np
import pytest

from harness.architecture_search import OpenProblem, explore
from harness.candidates import require_neighbours
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.spaces.registry import space

NAS_BENCH_201 = space("nas-bench-201")


def convolutions(architecture):
    return float(architecture.text.count("nor_conv_3x3"))


def met(seed=0):
    problem = OpenProblem(space=NAS_BENCH_201, n=NAS_BENCH_201.size)
    return explore(convolutions, problem, "evolution", 200, seed)


def test_evolution_climbs_in_a_space_that_has_no_table():
    values = list(met().values())
    assert len(values) == 200
    # A cell drawn at random has 6 / 5 convolutions 3x3 in the mean; after the 50 first ones
    # children are those of the better parents.
    assert np.mean(values[:50]) == pytest.approx(1.2, abs=0.5)
    assert np.mean(values[150:]) > np.mean(values[:50]) + 1


def test_the_same_seed_meets_the_same_architectures_and_each_once():
    assert list(met()) == list(met())
    assert list(met()) != list(met(seed=1))


def test_a_space_with_hardly_anything_left_ends_the_search():
    class Small:
        name, size = "small", 3

        def sample(self, generator):
            return Architecture(space="small", text=str(generator.integers(3)))

        def neighbours(self, architecture):
            return ()

    values = explore(convolutions, OpenProblem(space=Small(), n=10), "evolution", 10, 0)
    assert {architecture.text for architecture in values} == {"0", "1", "2"}
    with pytest.raises(UsageError, match="5 architectures of small have no neighbour"):
        require_neighbours(Small(), 0)

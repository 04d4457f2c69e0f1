from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Architecture
from harness.execution.cluster.chunks import ChunkSizes, Supply, divide_chunk
from harness.execution.scoring import Assignment


def assignments(count, plugins=("a",)):
    cells = (Architecture(space="nas-bench-201", text=f"cell {n}") for n in range(count))
    return [Assignment(architecture=cell, plugins=plugins) for cell in cells]


def test_the_first_chunk_is_one_architecture():
    assert ChunkSizes().next_size(left=1000, slots=2) == 1


def test_chunks_take_two_seconds():
    # 10 architectures in 0.4 s are 0.04 s each; 2 s hold 50 of them.
    sizes = ChunkSizes()
    sizes.learn(10, 0.4)
    assert sizes.next_size(left=10**6, slots=2) == 50


def test_chunks_of_thousands_of_workers_take_longer_so_that_one_scheduler_keeps_up():
    # 10,000 workers at 100 chunks a second: 100 s each, which hold 200 of 0.5 s.
    sizes = ChunkSizes()
    sizes.learn(1, 0.5)
    assert sizes.next_size(left=10**8, slots=10_000) == 200


def test_the_latest_chunk_counts_half():
    # 0.1 s each, then 0.3 s each: 0.2 s each is assumed, so 10 in two seconds.
    sizes = ChunkSizes()
    sizes.learn(1, 0.1)
    sizes.learn(1, 0.3)
    assert sizes.next_size(left=10**6, slots=2) == 10


def test_towards_the_end_every_worker_gets_two_more_chunks():
    # 12 left for 3 workers: two chunks of two for each.
    sizes = ChunkSizes()
    sizes.learn(1, 0.01)
    assert sizes.next_size(left=12, slots=3) == 2


def test_slow_architectures_go_one_by_one_and_fast_ones_not_all_at_once():
    slow, fast = ChunkSizes(), ChunkSizes()
    slow.learn(1, 60.0)
    fast.learn(1000, 0.0)
    assert (slow.next_size(10**6, 2), fast.next_size(10**6, 2)) == (1, 256)


@given(st.integers(0, 300), st.integers(1, 9), st.floats(0.0001, 10.0))
def test_every_assignment_is_given_out_once_and_in_order(count, slots, each_s):
    wanted = assignments(count)
    supply, given_out = Supply(wanted), []
    while chunk := supply.next_chunk(slots):
        given_out += chunk
        supply.sizes.learn(len(chunk), len(chunk) * each_s)
    assert given_out == wanted


def test_several_chunks_are_given_out_at_once_until_all_are_out():
    wanted = assignments(3)
    supply = Supply(wanted)
    assert supply.next_chunks(2, 1) == [(wanted[0],), (wanted[1],)]
    assert supply.next_chunks(2, 1) == [(wanted[2],)]
    assert supply.next_chunks(2, 1) == []


def test_what_is_taken_back_goes_first():
    supply = Supply(assignments(3))
    first = supply.next_chunk(1)
    supply.take_back([first])
    assert supply.next_chunk(1) == first


def test_no_more_is_read_than_is_given_out():
    read = []

    def source():
        for assignment in assignments(100):
            read.append(assignment)
            yield assignment

    supply = Supply(source())
    supply.next_chunk(1)
    assert len(read) == 1


def test_a_chunk_is_divided_into_architectures_and_those_into_plugins():
    first, second = assignments(2, ("a", "b"))
    assert divide_chunk((first, second)) == ((first,), (second,))
    alone = divide_chunk((first,))
    assert [chunk.plugins for (chunk,) in alone] == [("a",), ("b",)]
    assert divide_chunk(alone[0]) == ()

#!/usr/bin/env bash
# dask 2026.8.0, distributed 2026.8.0
#
# Eight tasks of one second, each with the same finished task of a hundred bytes as an argument, on
# four idle workers of one thread: the worker that holds the result gets three or four of them, and
# they take twice as long as the same tasks with the value in place of the task. Work that waits is
# not stolen in time. `distributed.scheduler.worker-saturation` does not change that.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  dask==2026.8.0 distributed==2026.8.0

cd "$folder"
cat > spread.py <<'PYTHON'
import time
from collections import Counter

import dask
from dask.distributed import Client, LocalCluster, get_worker

TASKS, WORKERS = 8, 4


def settings():
    return bytes(100)


def holder():
    return get_worker().name


def work(number, given):
    time.sleep(1.0)
    return get_worker().name


def seconds_and_places(client, given):
    start = time.monotonic()
    futures = [client.submit(work, number, given, pure=False) for number in range(TASKS)]
    places = client.gather(futures)
    return time.monotonic() - start, Counter(places)


if __name__ == "__main__":
    for saturation in (1.1, 1.0):
        with (
            dask.config.set({"distributed.scheduler.worker-saturation": saturation}),
            LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            client.wait_for_workers(WORKERS)
            seconds_and_places(client, 0)
            task = client.submit(settings)
            task.result()
            (held_by,) = {
                cluster.scheduler.workers[address].name
                for address in client.who_has([task])[task.key]
            }
            by_task, places = seconds_and_places(client, task)
            by_value, others = seconds_and_places(client, settings())
            print(f"worker-saturation {saturation}: with the task {by_task:.1f} s, {places[held_by]} of "
                  f"{TASKS} where it lies; with the value {by_value:.1f} s, {max(others.values())} at most")
            assert places[held_by] >= 3
            assert max(others.values()) == TASKS // WORKERS
            assert by_task > 1.3 * by_value
PYTHON
"$folder/venv/bin/python" spread.py

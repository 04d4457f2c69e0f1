"""What a million architectures cost: made-up scores, real records, real metrics.

``python -m tests.benchmarks.scale 10000 100000 1000000`` prints a table: seconds, highest memory
and bytes on disk of writing the records of six plugins, of reading them, and of ranking the plugins
by all usual metrics with a hundred resamples. Every stage is a process of its own, so that its
memory is its own. Numbers of architectures in increasing order show how each of them grows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from harness.core.cost import Cost
from harness.core.outcome import Scored
from harness.evaluation import (
    ComputedScores,
    MethodScores,
    Procedure,
    join,
    rank_task,
)
from harness.execution.population import population_of
from harness.records.columns import SCORED
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.records.record import PluginScore, ScoreRecord
from harness.records.store import Store
from tests.truth_tables import truth_table

PLUGINS = tuple(f"made-up-{number}:1:0" for number in range(6))
RESAMPLES = 100
CONDITION = Condition(
    space="made-up",
    dataset="none",
    batch_source="none",
    batch_size=64,
    batch_digest="0",
    seed=0,
    device="cpu",
)
ENVIRONMENT = Environment(
    python="3",
    packages={},
    system="any",
    processor="any",
    cores=1,
    threads=1,
    workers=1,
    gpu=None,
    commit=None,
)


def text(number: int) -> str:
    """Return an architecture of the length of a cell of NAS-Bench-201."""
    return f"|made_up_{number:09d}~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|avg_pool_3x3~1|"


def write(folder: Path, n: int) -> None:
    """Store scores of all plugins; each is the truth, which is the number, with noise."""
    generator = np.random.default_rng(0)
    cost = Cost(wall_s=0.0123456, cpu_s=0.0123456, peak_bytes=123_456_789, forwards=1, images=64)
    with Store(folder).appending(CONDITION, ENVIRONMENT) as log:
        for number in range(n):
            noise = generator.standard_normal(len(PLUGINS))
            scores = {
                key: PluginScore.of(
                    Scored(components={"score": number / n + (1 + place) * noise[place]}),
                    cost,
                    ("forward",),
                )
                for place, key in enumerate(PLUGINS)
            }
            log.append(
                ScoreRecord(
                    architecture=text(number),
                    environment=ENVIRONMENT.key,
                    passes={"forward": cost},
                    scores=scores,
                )
            )


def read(folder: Path, n: int) -> None:
    """Read every score that was stored, and hold them all."""
    blocks = Store(folder).read(CONDITION).blocks
    columns = {key: [block.rows_of(key) for block in blocks] for key in PLUGINS}
    for rows in columns.values():
        assert sum(int((block.status == SCORED).sum()) for block in rows) == n


def evaluate(folder: Path, n: int) -> None:
    """Read what was stored and rank the plugins."""
    scores = Store(folder).read(CONDITION)
    texts = tuple(text(number) for number in range(n))
    methods = [
        MethodScores(
            name=key.partition(":")[0],
            version="1",
            key=key,
            components=("score",),
            orient=lambda columns: columns["score"],
            column=scores.column(key, texts),
        )
        for key in PLUGINS
    ]
    task = join(
        truth_table({architecture: float(number) for number, architecture in enumerate(texts)}),
        population_of("made-up", "made-up", texts),
        methods,
        ComputedScores(condition="0", dataset="cifar10", batch="none:64", device="cpu"),
    )
    board = rank_task(task, Procedure(resamples=RESAMPLES))
    assert {entry.scored for entry in board.entries} == {n}


STAGES = {"write": write, "read": read, "read and rank": evaluate}


def measured(stage: str, folder: Path, n: int) -> tuple[float, float]:
    """Run a stage in a process of its own; return its seconds and its highest memory in MiB."""
    command = [sys.executable, "-m", __spec__.name, "--stage", stage, str(folder), str(n)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, mib = json.loads(done.stdout.splitlines()[-1])
    return seconds, mib


def main(sizes: list[int]) -> None:
    """Print the table."""
    print("| architectures | stage | seconds | us an architecture | peak MiB | MB on disk |")  # noqa: T201
    print("| ---: | --- | ---: | ---: | ---: | ---: |")  # noqa: T201
    for n in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for stage in STAGES:
                seconds, mib = measured(stage, folder, n)
                disk = (
                    sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
                )
                print(  # noqa: T201
                    f"| {n:,} | {stage} | {seconds:.1f} | {seconds / n * 1e6:.0f} | {mib:.0f} "
                    f"| {disk:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1] == "--stage":
        start = time.perf_counter()
        STAGES[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4]))
        took = time.perf_counter() - start
        print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))  # noqa: T201
    else:
        main([int(argument) for argument in sys.argv[1:]])

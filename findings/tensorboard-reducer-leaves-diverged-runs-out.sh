#!/usr/bin/env bash
# tensorboard-reducer 0.4.0, tensorboard 2.21.0, pandas 3.1.1, numpy 2.4.6
#
# Reductions over runs are said to be numpy's and are those of pandas: where one of three seeds has diverged to NaN, the
# mean of the loss is that of the other two, and so are its median and its maximum. `std` divides by one less than the
# number of runs, which of two is 1.41 times numpy's, and changes its divisor at the step where a run diverges.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  tensorboard-reducer==0.4.0 tensorboard==2.21.0 pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard_reducer import load_tb_events, reduce_events

losses = np.array([[2.0, 1.0, 0.5], [3.0, 2.0, 1.5], [4.0, 9.0, np.nan]])  # three seeds, the last one diverges
for seed, run in enumerate(losses):
    writer = EventFileWriter(f"seed-{seed}")
    for step, loss in enumerate(run):
        summary = Summary(value=[Summary.Value(tag="loss", simple_value=loss)])
        writer.add_event(Event(step=step, wall_time=float(step), summary=summary))
    writer.close()

table = load_tb_events([f"seed-{seed}" for seed in range(3)])
assert np.array_equal(table["loss"].to_numpy(), losses.T, equal_nan=True)
operations = ["mean", "median", "max", "std"]
reduced = {name: values["loss"].to_numpy() for name, values in reduce_events(table, operations).items()}
for name in operations:
    print(f"{name}: {reduced[name].round(3)}, numpy {getattr(np, name)(losses, axis=0).round(3)}")
    assert np.isnan(getattr(np, name)(losses, axis=0)[-1]) and np.isfinite(reduced[name][-1])
assert reduced["mean"].tolist() == [3.0, 4.0, 1.0]  # 9.0 and then NaN: the mean falls where a run diverges
assert reduced["max"].tolist() == [4.0, 9.0, 1.5]
assert np.allclose(reduced["std"][:2] / losses.std(axis=0)[:2], np.sqrt(3 / 2))
assert np.isclose(reduced["std"][2] / losses[:2, 2].std(), np.sqrt(2))
PYTHON

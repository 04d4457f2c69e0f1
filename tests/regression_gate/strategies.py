"""Snapshots of any shape, for properties."""

import string

from hypothesis import strategies as st

from harness.regression_gate.snapshot import Snapshot, Times
from tests.regression_gate.snapshots import MACHINE, snapshot, state, truth

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.text(string.ascii_lowercase + "_|~,\"' é", min_size=1, max_size=8).map(str.strip)
SECONDS = st.floats(min_value=1e-6, max_value=100)
KINDS = st.sampled_from(["nonfinite", "raised", "timeout", "skipped", "not-asked"])


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[Snapshot, object]:
    """Up to three plugins on up to a dozen architectures, failures among them, and the truth."""
    texts = draw(st.lists(NAMES.filter(bool), min_size=3, max_size=12, unique=True))
    table = truth({text: draw(st.floats(0, 100)) for text in texts})
    plugins = []
    for name in draw(st.lists(st.sampled_from(["p", "q", "r"]), min_size=1, unique=True)):
        scores = {text: draw(NUMBERS) for text in texts if draw(st.booleans())}
        failures = {text: draw(KINDS) for text in texts if text not in scores}
        plugins.append(_state(draw, name, scores, failures))
    return snapshot(plugins, table), table


def _state(draw, name, scores, failures):
    from dataclasses import replace

    made = state(scores, name, failures=failures)
    seconds = {text: float(f"{draw(SECONDS):.4g}") for text in scores}
    times = Times(machine=MACHINE.key, seconds=seconds)
    parts = {"x": {text: draw(NUMBERS) for text in scores}} if draw(st.booleans()) else {}
    return replace(made, parts=parts, times=times)

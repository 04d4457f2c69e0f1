"""Samples and resamples for property tests: short, heavily tied, and with copies."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.metrics import Resamples, Sample
from harness.metrics.ordering import top_counts

CONTROLS = ("params", "flops", "depth", "width")


@st.composite
def samples(draw, low=3, high=40, controls=()):
    n = draw(st.integers(low, high))
    levels = st.integers(0, draw(st.sampled_from([1, 3, 1000])))
    column = hnp.arrays(np.float64, n, elements=levels.map(lambda level: level / 7))
    return Sample(
        scores=draw(column),
        truth=draw(column),
        controls={name: draw(_counts(n, few=name in ("depth", "width"))) for name in controls},
    )


def _counts(n, *, few):
    """Draw a column of counts: few of them, so that strata have members, or many."""
    return hnp.arrays(np.float64, n, elements=st.integers(0, 1 if few else 30).map(float))


@st.composite
def sample_and_resamples(draw, low=3, high=40, controls=()):
    sample = draw(samples(low, high, controls))
    # 67 rows: two full blocks of the pair kernel and a part of a third
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    counts = generator.multinomial(sample.n, np.full(sample.n, 1 / sample.n), size=67)
    return sample, Resamples(counts=counts)


def expanded(sample, counts):
    """Repeat each row of a sample as often as a resample drew it."""
    rows = np.repeat(np.arange(sample.n), counts)
    controls = {name: column[rows] for name, column in sample.controls.items()}
    return Sample(scores=sample.scores[rows], truth=sample.truth[rows], controls=controls)


def noisy_sample(n):
    """Return a sample with some ties and all controls, in whose strata are dozens."""
    generator = np.random.default_rng(n)
    truth = generator.normal(size=n)
    return Sample(
        scores=(truth + generator.normal(size=n)).round(1),
        truth=truth.round(2),
        controls={
            name: generator.integers(2, high, n).astype(float)
            for name, high in zip(CONTROLS, (9, 30, 4, 4), strict=True)
        },
    )


def true_top(truth, share):
    """Return the mask of the best share by truth, with all that equal the last of them."""
    wanted = top_counts(np.array([truth.size]), share)[0]
    return truth >= np.sort(truth)[::-1][wanted - 1]

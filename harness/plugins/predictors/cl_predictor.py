"""A general-purpose predictor: a graph network on traced networks, pre-trained without labels.

Han, Mills, Chudak, Riahi, Salameh, Zhang, Lu, Jui, Niu: A General-Purpose Transferable Predictor
for Neural Architecture Search, SDM 2023, arXiv 2302.10835. A network becomes a graph of primitive
operators by being traced (`harness.computation_graphs`), whatever space it is of. An encoder is
trained on unlabelled graphs of several spaces by contrast (`harness.training.cl_predictor`): graphs
of alike spectrum attract each other. Encoder and head are then fine-tuned on the labelled draw.

There is no public code, and the exact loss of the pre-training could not be read off a source: the
soft positives from spectra are this project's reading of the method. Further deviations:

* the head learns which of two architectures is better (mean logistic loss over pairs), from normal
  scores of labels, instead of accuracies by squared error; pairs are of one space, so that labels
  of different spaces never meet;
* graphs are smaller: norms and activations are folded, equal blocks in a row counted;
* messages go both ways along edges.

``cl_predictor_scratch`` is the same network without the pre-training.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from harness.encodings import Encoding, Features, FloatArray, Subjects
from harness.isolation import isolated_generators, one_thread
from harness.plugins.preparation import normal_scores
from harness.plugins.regression import small_seed
from harness.predictor import Fit, Inputs, Labelled, Predict, Predictor
from harness.spaces.knowledge import why_untraceable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.computation_graphs.encoder import Encoder

__all__ = ["PLUGINS"]

_FEWEST_STEPS = 80
_EPOCHS = 25
_BATCH = 32


def _encode(subjects: Subjects) -> Features:
    """Trace here, once a task: graphs are kept, so that neither fits nor predictions wait."""
    from harness.encodings.traced import graphs_of

    graphs_of(subjects.architectures)
    return Features(columns=(), values=np.empty((subjects.n, 0)))


_TRACED = Encoding(
    name="traced", summary="No numbers: the model reads traced networks.", encode=_encode
)


def _fit(*, pretrained: bool) -> Fit:
    def fit(labelled: Labelled, seed: int) -> Predict:
        import torch

        from harness.computation_graphs.regressor import (
            Examples,
            Regressor,
            Schedule,
            fine_tune,
            values_of,
        )
        from harness.encodings.traced import graphs_of

        architectures = labelled.inputs.subjects.architectures
        groups = np.unique(
            [architecture.space for architecture in architectures], return_inverse=True
        )[1]
        examples = Examples(
            graphs=graphs_of(architectures),
            labels=_scores(labelled.labels, groups),
            groups=groups,
        )
        schedule = Schedule(
            steps=max(_FEWEST_STEPS, _EPOCHS * len(architectures) // _BATCH),
            batch=_BATCH,
            head_rate=3e-3,
            encoder_rate=2e-3,
            weight_decay=1e-2,
        )
        with isolated_generators(small_seed(seed), torch.device("cpu")), one_thread():
            network = Regressor(_encoder(pretrained=pretrained))
            fine_tune(network, examples, schedule)

        def predict(inputs: Inputs) -> FloatArray:
            with one_thread():
                return values_of(network, graphs_of(inputs.subjects.architectures))

        return predict

    return fit


def _scores(labels: FloatArray, groups: NDArray[np.int64]) -> FloatArray:
    scores = np.empty(len(labels))
    for group in np.unique(groups):
        scores[groups == group] = normal_scores(labels[groups == group])
    return scores


def _encoder(*, pretrained: bool) -> Encoder:
    """Return an encoder that may be trained further."""
    import copy

    from harness.computation_graphs.encoder import Encoder

    shipped = _shipped()
    return copy.deepcopy(shipped) if pretrained else Encoder(shipped.shape)


@functools.cache
def _shipped() -> Encoder:
    from harness.computation_graphs.weights import SHIPPED, read_encoder

    return read_encoder(SHIPPED).encoder


_MODEL = Predictor(
    name="cl_predictor",
    version="1",
    summary="A graph network on traced networks, pre-trained by contrast, fine-tuned on labels.",
    encoding=_TRACED,
    fit=_fit(pretrained=True),
    in_unit=False,
    stochastic=True,
    lacks=why_untraceable,
)

PLUGINS = (
    _MODEL,
    Predictor(
        name="cl_predictor_scratch",
        version="1",
        summary="The network of cl_predictor without its pre-training.",
        encoding=_TRACED,
        fit=_fit(pretrained=False),
        in_unit=False,
        stochastic=True,
        lacks=why_untraceable,
    ),
)

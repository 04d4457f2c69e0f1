"""Whether networks of a space can be built and take the data, asked before anything is scored."""

from __future__ import annotations

from collections.abc import Sequence

from harness.batches.source import Batch, DrawnBatch, each_tensor
from harness.core.architecture import Architecture, Dataset, Space
from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of
from harness.isolation import isolated_generators
from harness.passes.network_call import call_network
from harness.passes.network_errors import explain_errors

__all__ = ["require_fit"]

_TRIED = 3
"""Architectures that are tried; where none takes the data, the space does not."""


def require_fit(
    space: Space, architectures: Sequence[Architecture], dataset: Dataset, drawn: DrawnBatch
) -> None:
    """Build and call the networks of the first architectures until one takes the batch.

    Args:
        space: Their space.
        architectures: Those to be scored; none is no question.
        dataset: What networks are built for.
        drawn: What they are called with; two samples are enough.

    Raises:
        UsageError: None does.
    """
    if not architectures:
        return
    whole = drawn.tensors()
    labels = None if whole.labels is None else whole.labels[:2]
    batch = Batch(inputs=each_tensor(whole.inputs, lambda tensor: tensor[:2]), labels=labels)
    reasons = []
    for architecture in architectures[:_TRIED]:
        reason = _misfit(space, architecture, dataset, batch)
        if reason is None:
            return
        reasons.append(reason)
    raise UsageError(reasons[0])


def _misfit(space: Space, architecture: Architecture, dataset: Dataset, batch: Batch) -> str | None:
    import torch

    refused = f"networks of {space.name} do not take samples {dataset.shape} of data set "
    own = batch.labels if dataset.loss == "network" else None
    try:
        with isolated_generators(0, torch.device("cpu")), torch.no_grad():
            network = space.network(architecture, dataset)
            with explain_errors(network):
                call_network(network.train(), batch.inputs, own)
    except (ContractError, UsageError) as error:  # the space itself says why it cannot be built
        return str(error)
    except HarnessError as error:
        return f"{refused}{dataset.name!r}: {error}"
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a network raises is the reason
        return f"{refused}{dataset.name!r}: {sentence_of(error)}"
    return None

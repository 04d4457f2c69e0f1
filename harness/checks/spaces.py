"""The contract of a space: texts, networks, and what searches ask of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from inspect import signature
from itertools import combinations, product
from typing import TYPE_CHECKING

from harness.catalog import FromModule
from harness.checks.finding import Finding, NotTried, Verdict, findings
from harness.checks.space_trial import SpaceTrial
from harness.checks.state import describe_disturbance
from harness.checks.trial import outcome_of_a_run
from harness.core.architecture import Architecture, CellGraph
from harness.core.errors import DataError, UsageError
from harness.core.outcome import Failed
from harness.execution.executor import Executor
from harness.spaces.knowledge import columns_of, largest_of, why_untraceable
from harness.spaces.registry import LoadedSpace

if TYPE_CHECKING:
    from torch import nn

__all__ = ["check_space"]

_LEVEL = 1e-6
"""Probability of a verdict against a sample that is uniform. Draws have a fixed seed: a space gets
the same verdict every time."""

_DRAWS, _DRAWS_EACH = 2000, 50
_FEW = 200
_COMPARED = 12
_WALKED = 4
_SEEDS = range(3)


def check_space(loaded: LoadedSpace, executor: Executor) -> tuple[Finding, ...]:
    """Check every rule of the contract for one space.

    Args:
        loaded: The space.
        executor: Scores one network as a run does.

    Returns:
        A finding for each rule. Where no network can be built, rules about networks are left out.
    """
    trial = SpaceTrial(loaded, executor)
    of_texts = findings(_OF_TEXTS, trial)
    built = findings(_BUILDING, trial)
    if any(finding.verdict is Verdict.BROKEN for finding in (*of_texts[:1], *built)):
        return (*of_texts, *built)
    return (
        *of_texts,
        *built,
        *findings(_OF_NETWORKS, trial),
        *findings(_NOTES, trial, Verdict.NOTE),
    )


def _draws_members(trial: SpaceTrial) -> str:
    if not trial.samples:
        return "it draws nothing"
    if trial.drawn(20) != trial.drawn(20):
        return "equal generators draw different architectures; draw with the generator alone"
    strange = [each for each in trial.drawn(100) if trial.members and each not in trial.members]
    return f"it draws {strange[0]}, which it does not list" if strange else ""


def _reads_what_it_prints(trial: SpaceTrial) -> str:
    for architecture in (*trial.samples, *trial.listed[:100]):
        for text in (architecture.text, f" {architecture.text}\n"):
            read = trial.space.parse(text)
            if read != architecture:
                return f"{text!r} is read as {read.text!r}"
    if isinstance(largest := largest_of(trial.space), str) and largest:
        try:
            trial.space.parse(largest)
        except DataError as error:
            return f"largest is {largest!r}, which it does not read: {error}"
    return ""


def _lists_each_once(trial: SpaceTrial) -> str:
    if not trial.listed:
        raise NotTried("it lists no architectures")
    if twice := [each for each, count in Counter(trial.listed).items() if count > 1]:
        return f"it lists {twice[0]} twice"
    size = trial.space.size
    if trial.members and size is not None and size != len(trial.listed):
        return f"it lists {len(trial.listed)} architectures, and its size is {size}"
    for subset in trial.space.subsets[1:] if trial.members else ():
        for architecture in trial.space.enumerate(subset):
            if architecture not in trial.members:
                return f"its subset {subset} has {architecture}, which it does not list"
    return ""


def _samples_uniformly(trial: SpaceTrial) -> str:
    """Hold draws from a small space against the uniform distribution by a chi-squared test."""
    from scipy.special import chdtrc

    if not getattr(trial.space, "uniform", True):
        raise NotTried("it says that its draws are not uniform")
    if not 2 <= len(trial.members) <= _FEW:
        raise NotTried(f"it does not list 2 to {_FEW} architectures, which this counts one by one")
    draws = max(_DRAWS, _DRAWS_EACH * len(trial.members))
    counts, expected = Counter(trial.drawn(draws, seed=1)), draws / len(trial.members)
    statistic = sum((counts[member] - expected) ** 2 / expected for member in trial.members)
    probability = float(chdtrc(len(trial.members) - 1, statistic))
    if probability >= _LEVEL:
        return ""
    often, times = counts.most_common(1)[0]
    return (
        f"its draws are not uniform (chi-squared, p = {probability:.1e}): {times} of "
        f"{counts.total()} are {often}; say SearchSpace(uniform=False) if that is meant"
    )


def _has_mutual_neighbours(trial: SpaceTrial) -> str:
    space = trial.space
    for architecture in trial.samples[:_WALKED]:
        try:
            neighbours = space.neighbours(architecture)
        except UsageError:
            raise NotTried("it has no neighbours") from None
        if architecture in neighbours or len(set(neighbours)) < len(neighbours):
            return f"the neighbours of {architecture} are itself, or one of them is there twice"
        for neighbour in neighbours:
            if trial.members and neighbour not in trial.members:
                return f"a neighbour of {architecture} is {neighbour}, which it does not list"
            if architecture not in space.neighbours(neighbour):
                return f"{neighbour} is a neighbour of {architecture}, but not the other way"
    return ""


def _merges_consistently(trial: SpaceTrial) -> str:
    for architecture in trial.samples:
        canonical = trial.space.canonical(architecture)
        try:
            again = trial.space.canonical(trial.space.parse(canonical))
        except DataError:
            continue  # it need not be the text of an architecture
        if again != canonical:
            return f"the canonical text of {architecture} is {canonical!r}, and of that {again!r}"
    return ""


def _builds(trial: SpaceTrial) -> str:
    for architecture in trial.samples:
        trial.network(architecture)
    return ""


def _builds_the_same_again(trial: SpaceTrial) -> str:
    first = trial.samples[0]
    before = _weights(trial.network(first))
    for other in trial.samples[1:]:
        trial.network(other)
    network = trial.network(first)
    if str(network) != str(trial.network(first)) or _weights(network).keys() != before.keys():
        return f"{first} is another network each time"
    changed = [name for name, weight in _weights(network).items() if weight != before[name]]
    if changed:
        return (
            f"equal seeds give {first} other weights, such as {changed[0]}; draw them from torch's "
            "global generator alone"
        )
    for architecture in trial.samples:
        networks = [trial.network(architecture, seed) for seed in _SEEDS]
        if len({tuple(_shapes(network)) for network in networks}) > 1:
            return f"{architecture} is another network under another seed; its text must say which"
    return ""


def _shares_no_weights(trial: SpaceTrial) -> str:
    built = [(text, trial.network(text)) for text in (trial.samples[0], *trial.samples)]
    for (first, network), (second, other) in combinations(built, 2):
        shared = _storages(network).keys() & _storages(other).keys()
        if shared:
            name = _storages(network)[next(iter(shared))]
            return (
                f"the networks of {first} and {second} share {name}, so that what is done to one "
                "changes the other; build every module anew in network()"
            )
    return ""


def _takes_the_batch(trial: SpaceTrial) -> str:
    dataset = trial.space.dataset
    _require_plain_batch(trial)
    for architecture in trial.samples:
        output = trial.output(trial.network(architecture))
        shape = tuple(output.shape)
        if dataset.loss == "network":
            continue
        if shape[0] != trial.batch.size or dataset.classes not in (*shape[1:], 1):
            return (
                f"{architecture} gives {shape} for {trial.batch.size} samples of {dataset.name}, "
                f"expected ({trial.batch.size}, {dataset.classes})"
            )
        if not bool(output.isfinite().all()):
            return f"{architecture} gives outputs that are not finite for standard normal inputs"
    return ""


def _leaves_the_process_alone(trial: SpaceTrial) -> str:
    def act() -> None:
        for architecture in trial.samples[:2]:
            trial.network(architecture)
            trial.space.canonical(architecture)
        trial.drawn(2)

    return describe_disturbance(act)


def _scores_in_a_worker(trial: SpaceTrial) -> str:
    _require_plain_batch(trial)
    params = FromModule(module="harness.plugins.zero_cost.params").load()
    architecture = trial.samples[0]
    outcome = outcome_of_a_run(params, architecture, trial.space.dataset.name, trial.executor)
    return f"{architecture}: {outcome.reason}" if isinstance(outcome, Failed) else ""


def _graph_is_known(trial: SpaceTrial) -> str:
    if getattr(trial.space, "is_traced", False):
        _require_one_input(trial)
    for architecture in trial.samples[:_WALKED]:
        graph = trial.space.graph(architecture)
        ends = (graph.operations[0], graph.operations[-1])
        if ends != ("input", "output") or list(graph.edges) != sorted(set(graph.edges)):
            return f"the graph of {architecture} does not lead from input to output by sorted edges"
        if any(not 0 <= a < b < len(graph.operations) for a, b in graph.edges):
            return f"the graph of {architecture} has an edge that does not lead forward"
    return ""


def _no_two_texts_one_network(trial: SpaceTrial) -> str:
    """Name texts that build networks of equal weights and outputs from one seed."""
    space = trial.space
    _require_plain_batch(trial)
    texts: dict[object, Architecture] = {}
    for architecture in dict.fromkeys((*trial.samples, *trial.listed[:_COMPARED])):
        network = trial.network(architecture)
        output = trial.output(network)
        if output.numel() < 2 or bool((output == output.flatten()[0]).all()):
            continue  # such as of a head that begins with zeros
        behaviour = tuple(sorted(_weights(network).values())), output.numpy().tobytes()
        other = texts.setdefault(behaviour, architecture)
        if space.canonical(other) != space.canonical(architecture):
            return (
                f"{other} and {architecture} build one network and have two canonical texts; one "
                "text would let it be scored once"
            )
    return ""


def _isomorphic_graphs_have_one_text(trial: SpaceTrial) -> str:
    """Name two architectures whose graphs are equal up to the order of nodes, and texts are not."""
    if getattr(trial.space, "is_traced", False):
        raise NotTried("its graphs are traced, and graphs of operators do not hold every decision")
    forms: dict[object, Architecture] = {}
    for architecture in dict.fromkeys((*trial.samples, *trial.members)):
        other = forms.setdefault(_form(trial.space.graph(architecture)), architecture)
        if trial.space.canonical(other) != trial.space.canonical(architecture):
            return f"{other} and {architecture} have equal graphs and different canonical texts"
    return ""


def _weights_follow_the_seed(trial: SpaceTrial) -> str:
    first = _weights(trial.network(trial.samples[0], seed=0))
    if first and first == _weights(trial.network(trial.samples[0], seed=1)):
        return "weights do not depend on the seed: several seeds of a run will agree"
    return ""


def _can_be_walked(trial: SpaceTrial) -> str:
    try:
        trial.space.neighbours(trial.samples[0])
    except UsageError as error:
        return str(error)
    return ""


def _can_be_listed(trial: SpaceTrial) -> str:
    if trial.listed:
        return ""
    return "it lists no architectures: a population is drawn by sample, or comes from a table"


def _has_figures(trial: SpaceTrial) -> str:
    figures = columns_of(trial.space)
    if not figures:
        raise NotTried("it has no columns")
    for figure, architecture in product(figures.values(), trial.samples):
        with suppress(DataError):  # a table need not have all
            figure(architecture)
    return ""


def _require_plain_batch(trial: SpaceTrial) -> None:
    if why_untraceable(trial.space):
        raise NotTried("its networks read more than a batch")
    _require_one_input(trial)


def _require_one_input(trial: SpaceTrial) -> None:
    """Leave networks of several inputs to runs, whose batch source draws them all."""
    parameters = signature(trial.network(trial.samples[0]).forward).parameters.values()
    required = [
        each.name
        for each in parameters
        if each.default is each.empty
        and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) > 1 and trial.space.dataset.loss != "network":
        raise NotTried(
            f"its networks take {' and '.join(required)}, and this draws one input; run a suite "
            "whose batch source draws them all"
        )


def _weights(network: nn.Module) -> dict[str, bytes]:
    return {
        name: tensor.detach().cpu().contiguous().flatten().view(_bytes()).numpy().tobytes()
        for name, tensor in network.state_dict().items()
        if hasattr(tensor, "detach") and tensor.numel()
    }


def _shapes(network: nn.Module) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name, parameter in network.named_parameters():
        yield name, tuple(parameter.shape)


def _bytes() -> object:
    import torch

    return torch.uint8


def _storages(network: nn.Module) -> dict[int, str]:
    tensors: Iterator[tuple[str, object]] = iter(
        [*network.named_parameters(), *network.named_buffers()]
    )
    return {
        tensor.untyped_storage().data_ptr(): name  # type: ignore[attr-defined]
        for name, tensor in tensors
        if tensor.numel()  # type: ignore[attr-defined]
    }


def _form(graph: CellGraph) -> tuple[object, ...]:
    """Return a form that is equal for isomorphic graphs, by colours of nodes."""
    colours: list[object] = list(graph.operations)
    for _ in range(3):
        read: list[list[object]] = [[] for _ in colours]
        by: list[list[object]] = [[] for _ in colours]
        for source, target in graph.edges:
            read[target].append(colours[source])
            by[source].append(colours[target])
        colours = [
            hash((colour, tuple(sorted(map(hash, read[node]))), tuple(sorted(map(hash, by[node])))))
            for node, colour in enumerate(colours)
        ]
    return tuple(sorted(map(hash, colours)))


Rules = Mapping[str, Callable[[SpaceTrial], str]]

_OF_TEXTS: Rules = {
    "draws architectures of its own": _draws_members,
    "reads what it prints": _reads_what_it_prints,
    "lists every architecture once": _lists_each_once,
    "draws uniformly": _samples_uniformly,
    "has mutual neighbours": _has_mutual_neighbours,
    "keeps a canonical text as it is": _merges_consistently,
    "has numbers in its columns": _has_figures,
}
_BUILDING: Rules = {"builds networks": _builds}
_OF_NETWORKS: Rules = {
    "builds the same network again": _builds_the_same_again,
    "gives every network weights of its own": _shares_no_weights,
    "takes the batch of its data set": _takes_the_batch,
    "has a graph from input to output": _graph_is_known,
    "leaves the process alone": _leaves_the_process_alone,
    "scores in a worker process": _scores_in_a_worker,
}
_NOTES: Rules = {
    "no two texts build one network": _no_two_texts_one_network,
    "isomorphic graphs have one text": _isomorphic_graphs_have_one_text,
    "weights follow the seed": _weights_follow_the_seed,
    "can be walked by searches": _can_be_walked,
    "can be listed": _can_be_listed,
}

"""Language models of NAS-Bench-NLP: embedding, layers of one recurrent cell, tied decoder.

Weights of cells are uniform within one by the root of the layer's width, those of the embedding,
which the decoder shares, within 0.1. States begin with zeros. Of the published training, all kinds
of dropout and the penalties of activations are left out.

A ``linear`` node is one matrix an input and one bias. What it makes of ``x`` is computed for all
tokens of a layer at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from harness.core.architecture import Dataset

__all__ = ["language_model"]

Node = tuple[str, tuple[str, ...]]

_ACTIVATIONS = {
    "activation_tanh": nn.Tanh,
    "activation_sigm": nn.Sigmoid,
    "activation_leaky_relu": nn.LeakyReLU,
}


def language_model(
    recipe: Mapping[str, Node], dataset: Dataset, widths: Sequence[tuple[int, int]]
) -> nn.Module:
    """Build the network of a recipe whose nodes come after their inputs.

    Args:
        recipe: Operation and inputs of each node.
        dataset: Text whose tokens are predicted.
        widths: Input and output of each layer; the first and the last number are equal.

    Raises:
        UsageError: The data set is no text whose tokens are predicted.
    """
    if dataset.inputs != "tokens" or dataset.classes != dataset.vocabulary:
        raise UsageError(
            f"networks of nas-bench-nlp predict token ids, and data set {dataset.name!r} has "
            f'{dataset.inputs} inputs and {dataset.classes} classes; take inputs = "tokens" with '
            "as many classes as the vocabulary has ids"
        )
    return _LanguageModel(recipe, dataset.vocabulary, widths)


class _LanguageModel(nn.Module):
    def __init__(
        self, recipe: Mapping[str, Node], vocabulary: int, widths: Sequence[tuple[int, int]]
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, widths[0][0])
        self.layers = nn.ModuleList(_Layer(recipe, *of_layer) for of_layer in widths)
        self.decoder = nn.Linear(widths[-1][1], vocabulary)
        self.decoder.weight = self.embedding.weight
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return logits of the token after each one, shape ``(samples, length, vocabulary)``."""
        outputs = self.embedding(tokens)
        for layer in self.layers:
            outputs = layer(outputs)
        logits: torch.Tensor = self.decoder(outputs)
        return logits


class _Layer(nn.Module):
    """One cell, applied to every token in turn."""

    def __init__(self, recipe: Mapping[str, Node], width: int, hidden: int) -> None:
        super().__init__()
        self.nodes = dict(recipe)
        self.hidden = hidden
        self.states = sum(name == f"h_new_{number}" for name in recipe for number in range(3))
        self.modules_of_nodes = nn.ModuleDict()
        for name, (operation, inputs) in recipe.items():
            if operation == "linear":
                self.modules_of_nodes[name] = _MultiLinear(inputs, width, hidden)
            elif operation in _ACTIVATIONS:
                self.modules_of_nodes[name] = _ACTIVATIONS[operation]()
        bound = 1 / math.sqrt(hidden)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the first state after each token, shape ``(samples, length, hidden)``."""
        of_inputs = {
            name: module.tokens(inputs).unbind(1)
            for name, module in self.modules_of_nodes.items()
            if isinstance(module, _MultiLinear) and module.tokens is not None
        }
        states = [inputs.new_zeros(len(inputs), self.hidden) for _ in range(self.states)]
        outputs = []
        for step in range(inputs.shape[1]):
            values = {f"h_prev_{number}": state for number, state in enumerate(states)}
            values |= {f"{name}.x": steps[step] for name, steps in of_inputs.items()}
            for name in self.nodes:
                values[name] = self._value(name, values)
            states = [values[f"h_new_{number}"] for number in range(self.states)]
            outputs.append(states[0])
        return torch.stack(outputs, 1)

    def _value(self, name: str, values: Mapping[str, torch.Tensor]) -> torch.Tensor:
        operation, inputs = self.nodes[name]
        value: torch.Tensor
        match operation:
            case "linear":
                value = self.modules_of_nodes[name](values, values.get(f"{name}.x"))
            case "elementwise_prod":
                value = values[inputs[0]] * values[inputs[1]]
            case "elementwise_sum":
                value = values[inputs[0]] + values[inputs[1]]
            case "blend":
                gate, first, second = (values[source] for source in inputs)
                value = gate * first + (1 - gate) * second
            case _:
                value = self.modules_of_nodes[name](values[inputs[0]])
        return value


class _MultiLinear(nn.Module):
    """A sum of linear maps, one an input, of which the first has the bias."""

    def __init__(self, inputs: tuple[str, ...], width: int, hidden: int) -> None:
        super().__init__()
        self.inputs = [source for source in inputs if source != "x"]
        self.tokens = nn.Linear(width, hidden) if "x" in inputs else None
        self.others = nn.ModuleList(
            nn.Linear(hidden, hidden, bias=number == 0 and self.tokens is None)
            for number in range(len(self.inputs))
        )

    def forward(
        self, values: Mapping[str, torch.Tensor], added: torch.Tensor | None
    ) -> torch.Tensor:
        """Return the sum at one step."""
        terms = [
            linear(values[source]) for linear, source in zip(self.others, self.inputs, strict=True)
        ]
        return sum(terms[1:], terms[0]) if added is None else sum(terms, added)

#!/usr/bin/env bash
# torch 2.13.0
#
# On a CPU torch.utils.flop_counter counts 0 for nn.LSTM and everything for nn.GRU and nn.RNN; 0 for
# a whole nn.TransformerEncoderLayer in evaluation mode under no_grad, its linear layers included,
# and everything in training mode; and 0 for scaled_dot_product_attention. These run as single
# operators (mkldnn_rnn_layer, _transformer_encoder_layer_fwd,
# _scaled_dot_product_flash_attention_for_cpu) that it has no formula for, and it gives no warning.
# With the same layers on the device "meta", where nothing is fused, it counts all of them.
#
# FLOPs of recurrent cells and transformers from it cannot be compared with each other, nor with those
# of convolutional networks, unless they are counted on "meta".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

TOKENS, WIDTH, HIDDEN, HEADS = 10, 16, 32, 4


class Attention(nn.Module):
    def forward(self, tokens):
        heads = tokens.reshape(1, TOKENS, HEADS, WIDTH // HEADS).transpose(1, 2)
        return functional.scaled_dot_product_attention(heads, heads, heads)


def count(layer, device):
    tokens = torch.zeros(1, TOKENS, WIDTH, device=device)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        layer.to(device)(tokens)
    return counter.get_total_flops() // 2  # two for each multiply-accumulate


def recurrent(gates):
    return TOKENS * gates * HIDDEN * (WIDTH + HIDDEN)


attention = 2 * TOKENS * TOKENS * WIDTH
encoder = TOKENS * (4 * WIDTH * WIDTH + 2 * WIDTH * HIDDEN) + attention
options = {"batch_first": True}
LAYERS = {
    "RNN": (nn.RNN(WIDTH, HIDDEN, **options), recurrent(1), False),
    "GRU": (nn.GRU(WIDTH, HIDDEN, **options), recurrent(3), False),
    "LSTM": (nn.LSTM(WIDTH, HIDDEN, **options), recurrent(4), True),
    "encoder, training": (nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, **options), encoder, False),
    "encoder, evaluation": (
        nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, **options).eval(), encoder, True
    ),
    "attention": (Attention(), attention, True),
}
for name, (layer, expected, missed) in LAYERS.items():
    on_cpu, on_meta = count(layer, "cpu"), count(layer.to_empty(device="meta"), "meta")
    print(f"{name}: multiply-accumulates {expected}, counted on cpu {on_cpu}, on meta {on_meta}")
    assert on_meta == expected
    assert on_cpu == (0 if missed else expected)
PYTHON

#!/usr/bin/env bash
# transformers 5.24.0, accelerate 1.15.0, torch 2.13.0
#
# `total_flos`, which `Trainer` keeps and stores in each checkpoint, is six times the parameters times the
# numbers in the main input. Of a language model these are tokens. Of an image they are pixels times
# colours, 768 for each token of a vision transformer of patch 16: its FLOPs are given a thousand times
# too large, those of a convolutional network by another factor, as its layers run at fewer places than
# there are pixels. The documentation speaks of the number of floating-point operations.
#
# Costs of training on images cannot be compared with those on text nor, by this number, a vision
# transformer with a convolutional network: the order of the two here is the reverse of the measured one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  transformers==5.24.0 accelerate==1.15.0 torch==2.13.0 numpy==2.4.6

cd "$folder"
export HF_HUB_OFFLINE=1
"$folder/venv/bin/python" -W ignore - 2>"$folder/progress" <<'PYTHON' || { cat "$folder/progress" >&2; exit 1; }
from contextlib import redirect_stdout
from io import StringIO

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

transformers.logging.set_verbosity_error()
torch.manual_seed(0)
images = {"pixel_values": torch.randn(2, 3, 224, 224), "labels": torch.zeros(2, dtype=torch.long)}
texts = {"input_ids": torch.randint(0, 100, (2, 128)), "labels": torch.randint(0, 100, (2, 128))}
networks = {
    "GPT-2": (
        transformers.GPT2LMHeadModel(
            transformers.GPT2Config(n_layer=2, n_head=2, n_embd=48, n_positions=128, vocab_size=100)
        ),
        texts,
    ),
    "vision transformer": (
        transformers.ViTForImageClassification(
            transformers.ViTConfig(
                hidden_size=48, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96, patch_size=16
            )
        ),
        images,
    ),
    "ResNet": (
        transformers.ResNetForImageClassification(
            transformers.ResNetConfig(depths=[1, 1, 1, 1], hidden_sizes=[16, 16, 16, 32], embedding_size=16)
        ),
        images,
    ),
}
said, measured = {}, {}
for name, (network, batch) in networks.items():
    arguments = transformers.TrainingArguments(
        output_dir="run", per_device_train_batch_size=2, max_steps=1, save_strategy="no", report_to="none",
        disable_tqdm=True, use_cpu=True,
    )
    rows = [{key: values[row] for key, values in batch.items()} for row in range(2)]
    trainer = transformers.Trainer(model=network, args=arguments, train_dataset=rows)
    with redirect_stdout(StringIO()):
        trainer.train()
    with FlopCounterMode(display=False) as counter:
        network(**batch).loss.backward()
    said[name], measured[name] = trainer.state.total_flos, counter.get_total_flops()
    inputs = batch[network.main_input_name].numel()
    print(f"{name}: total_flos of one step {said[name]:.3g}, counted {measured[name]:.3g}", end=", ")
    print(f"{said[name] / measured[name]:.3g} times as many")
    assert said[name] == 6 * inputs * network.num_parameters(exclude_embeddings=True)

assert 0.3 < said["GPT-2"] / measured["GPT-2"] < 3
for name in ("vision transformer", "ResNet"):
    assert said[name] > 20 * measured[name]
print("larger of the two on images: said", max(list(said)[1:], key=said.get), end=", ")
print("counted", max(list(measured)[1:], key=measured.get))
assert said["vision transformer"] > said["ResNet"] and measured["vision transformer"] < measured["ResNet"]
PYTHON

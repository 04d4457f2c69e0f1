"""Tiny files of the vision spaces in their published formats, made by hand."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

__all__ = [
    "ACCEL",
    "MNASNET",
    "MR",
    "MR_FIELDS",
    "PIT",
    "PIT_CSV",
    "SMALL_MNASNET",
    "VIT",
    "VIT_CSV",
    "accel",
    "tar",
]

_MOST_LAYERS = (3, 3, 3, 3, 3, 4, 3)
MNASNET = ",".join(
    f"e{block}=6,k{block}=5,l{block}={most},se{block}=1" for block, most in enumerate(_MOST_LAYERS)
)
"""The largest network of the MnasNet space."""

SMALL_MNASNET = ",".join(f"e{block}=1,k{block}=3,l{block}=1,se{block}=0" for block in range(7))


def _result(top1: float, largest: bool, tpu: float | None = 4.0) -> dict[str, object]:
    architecture: dict[str, object] = {}
    for block, most in enumerate(_MOST_LAYERS):
        values = (6, 5, most, True) if largest else (1, 3, 1, False)
        for letter, value in zip(("e", "k", "l", "se"), values, strict=True):
            architecture[f"block{block}_{letter}"] = value
    measured: dict[str, object] = {
        f"throughput_{device}": {"throughput_mean": 2.0, "throughput_std": None}
        for device in ("a100", "3090", "tpuv3", "zcu102", "vck190")
    }
    measured["throughput_tpuv2"] = {"throughput_mean": tpu, "throughput_std": 0.5}
    measured |= {
        f"latency_{device}": {"latency_mean": 3.0, "latency_std": None}
        for device in ("zcu102", "vck190")
    }
    return {
        "architecture": architecture,
        "metrics": {"val_top1": top1, "val_top5": 80.0, "train_time": 1500.5},
        "model_info": {"macs": 1.0, "params": 1.0},
        "platform_perf": measured,
    }


def tar(members: list[tuple[str, bytes]], kind: bytes = tarfile.REGTYPE) -> bytes:
    """Pack members into a compressed archive that is the same each time."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type = (len(data), kind) if kind == tarfile.REGTYPE else (0, kind)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(file.getvalue(), mtime=0)


def accel(*texts: str) -> bytes:
    """Pack texts as results of Accel-NASBench."""
    return tar(
        [
            (f"./anb_dataset_jsons/result_{number}.json", text.encode())
            for number, text in enumerate(texts)
        ]
    )


ACCEL = (
    json.dumps(_result(60.5, largest=True)),
    json.dumps(_result(50.25, largest=False, tpu=None)),
    json.dumps(_result(61.5, largest=True)),
)
"""Three results: the largest network twice, and one that was not measured on TPUv2."""

VIT = "|".join(["240", *["3x3.5", "4x4"] * 6])
_RATIOS, _HEADS = json.dumps([3.5, 4.0] * 6), json.dumps([3, 4] * 6)
_VIT_HEADING = (
    "hidden_dim,mlp_ratio,depth,num_heads,c100_base_acc,c100_kd_acc,flower_base_acc,"
    "flower_kd_acc,chaoyang_base_acc,chaoyang_kd_acc,imagenet_super_acc\n"
)
VIT_CSV = (
    f'{_VIT_HEADING}240,"{_RATIOS}",12,"{_HEADS}",68.5,76.25,53,66,81,84,71.25\n'
    f'192,"{_RATIOS}",12,"{_HEADS}",,75.25,,65,,83,75.5\n'
).encode()

PIT = "base_dim=16,mlp_ratio=6,depth=2-8-4,num_heads=2-4-4"
PIT_CSV = b'base_dim,mlp_ratio,depth,num_heads,c100_base_acc\n16,6,"[2, 8, 4]","[2, 4, 4]",68.5\n'

_STAGES = [[1, [1], [16]], [1, [1], [16]], [2, [4, 2], [112, 24]], [3, [2, 4, 3], [8, 48, 96]]]
_STAGES.append([4, [4, 3, 3, 2], [64, 16, 96, 48]])
MR_FIELDS = {
    "input_channel": [64, 48],
    "inverted_residual_setting": _STAGES,
    "last_channel": 64,
}
MR = (
    "input0=64,input1=48,s1_modules=2,s1_blocks0=1,s1_channels0=16,s2_modules=1,s2_blocks0=4,"
    "s2_blocks1=2,s2_channels0=112,s2_channels1=24,s3_modules=1,s3_blocks0=2,s3_blocks1=4,"
    "s3_blocks2=3,s3_channels0=8,s3_channels1=48,s3_channels2=96,s4_modules=1,s4_blocks0=4,"
    "s4_blocks1=3,s4_blocks2=3,s4_blocks3=2,s4_channels0=64,s4_channels1=16,s4_channels2=96,"
    "s4_channels3=48,last_channel=64"
)

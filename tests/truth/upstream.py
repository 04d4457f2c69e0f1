"""A tiny file in every upstream format, made by hand, and what its reader makes of it."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from dataclasses import dataclass, field

from harness.truth.unit import Unit
from tests.truth import upstream_pickles as pickles
from tests.truth import upstream_text as text
from tests.truth import upstream_vision as vision

SKIPS = "|skip_connect~0|+|skip_connect~0|skip_connect~1|"
SKIPS += "+|skip_connect~0|skip_connect~1|skip_connect~2|"
MIXED = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|"
"""(0,1) conv3x3, (0,2) none, (1,2) skip, (0,3) pool, (1,3) conv1x1, (2,3) none."""

CELL_101 = "conv3x3:0|output:1"

GENOTYPE = (
    "Genotype(normal=[('sep_conv_3x3', 0), ('skip_connect', 1), ('max_pool_3x3', 0), "
    "('max_pool_3x3', 2), ('dil_conv_5x5', 1), ('none', 1), ('skip_connect', 0), "
    "('sep_conv_5x5', 4)], normal_concat=[2, 3, 4, 5], reduce=[('avg_pool_3x3', 0), "
    "('avg_pool_3x3', 1), ('avg_pool_3x3', 0), ('avg_pool_3x3', 1), ('avg_pool_3x3', 0), "
    "('avg_pool_3x3', 1), ('avg_pool_3x3', 0), ('avg_pool_3x3', 1)], "
    "reduce_concat=[2, 3, 4, 5])"
)

GENOTYPE_TEXT = (
    "normal=|sep_conv_3x3~0|skip_connect~1|+|max_pool_3x3~0|max_pool_3x3~2|"
    "+|dil_conv_5x5~1|none~1|+|skip_connect~0|sep_conv_5x5~4|"
    ";reduce=|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|"
    "+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|"
)


@dataclass(frozen=True)
class Sample:
    """A file, the arguments of its reader, and the values that it must give."""

    reader: str
    file: str
    data: bytes
    arguments: dict[str, str]
    unit: Unit
    values: dict[str, float]
    runs: dict[str, tuple[float, ...]] = field(default_factory=dict)
    without_value: int = 0
    architectures: bytes = b""
    exact: bool = False


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zen/", "")
        for dataset, values in (("cifar10", (60.5, 90.25)), ("cifar100", (1.0, 2.0))):
            for start, ids in enumerate(("(0, 0, 0, 0, 0, 0)", "(2, 1, 4, 0, 3, 1)")):
                measured = {"score": -1e8 if start == 0 else 12.5, "time": 0.5}
                entry = {"idx": str(start), "arch": ids, "zen": measured}
                entry["val_accuracy"] = values[start]
                name = f"zen/benchmark--nasbench201--{dataset}--{start}.json"
                archive.writestr(name, json.dumps([entry]))
    return file.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_ADJACENCY = "[0. 1. 0. 0. 0. 0. 1. 0. 0. 1. 0. 0. 0. 1. 0. 0. 0. 0. 0. 0. 1. 0. 0. 0.\n"
_ADJACENCY += " 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0.\n 0.]"
_ONE_SHOT = (
    "input,node1,node2,node3,node4,node5,output,val1,val2,val3,test1,test2,test3,adj_matrix\n"
    "input,conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu,conv1x1-bn-relu,conv1x1-bn-relu,output,"
    f'0.25,0.25,0.5,0.5,0.5,0.25,"{_ADJACENCY}"\n'
)
# Edges 0-1, 0-6, 1-2, 1-6 and 2-6; the vertices 3 and 4 are idle, so they read 0 and 1.
_ONE_SHOT_CELL = "conv3x3:0|maxpool3x3:1|conv1x1:01|conv1x1:01|output:012"
_MACRO_101 = [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
_BOTH = {SKIPS: 60.5, MIXED: 90.25}
_CSV_201 = 'net,net_str,zen,val_accs\n"(0, 0, 0, 0, 0, 0)",x,-1e8,60.5\n'
_CSV_201 += '"(2, 1, 4, 0, 3, 1)",y,12.5,90.25\n'
_HARDWARE = "net,edgetpu_latency,eyeriss_energy\n"
_HARDWARE += '"(0, 0, 0, 0, 0, 0)",-1.0,0.30000000000000004\n"(2, 1, 4, 0, 3, 1)",0.957,0.3\n'


_ATTACKS = "net,val_accs,fgsm@Linf_eps-0.1\n"
_ATTACKS += '"(0, 0, 0, 0, 0, 0)",9.0,60.5\n"(2, 1, 4, 0, 3, 1)",91.0,90.25\n'
_NET = {"space": "nas-bench-201", "architecture": "net"}
_EDGES = "[[{op01}], [{op02}, {op12}], [{op03}, {op13}, {op23}]]"
_SUITE = {
    "nasbench201": {
        "cifar10": {
            "(0, 0, 0, 0, 0, 0)": {"zen": -1e8, "val_accuracy": 60.5},
            "(2, 1, 4, 0, 3, 1)": {"zen": 12.5, "val_accuracy": 90.25},
        }
    }
}
_RUNS = {SKIPS: (60.0, 61.0), MIXED: (90.25,)}
# Ids 0 none, 1 skip, 2 conv1x1, 3 conv3x3, 4 pool on (0,1) (0,2) (1,2) (0,3) (1,3) (2,3).
_NESTED = [[[[1], [1, 1], [1, 1, 1]], 60.5], [[[3], [0, 1], [4, 2, 0]], 90.25]]
_RUN_PICKLE = {(1, 1, 1, 1, 1, 1): [60.0, 61.0], (3, 0, 1, 4, 2, 0): [90.25]}
_RUN_CSV = (
    "op01,op02,op12,op03,op13,op23,run1,run2,run3\n1,1,1,1,1,1,60.0,61.0,\n3,0,1,4,2,0,90.25,,\n"
)
_COLUMN = {"column": "baseline_accuracy"}
_CIFAR = {"benchmark": "nasbench201", "dataset": "cifar10"}
_GRAPH = "0112:gcn-gin-fc-cheb"
_DIGITS = {"test_acc": [89.0, 90.0, 91.0], "mean_acc": 90.0, "std": 1, "params": 5, "flops": 6}
_DIGITS_RUNS = {"01201222": (89.0, 90.0, 91.0)}
_ONE_SHOT_RUNS = {_ONE_SHOT_CELL: (0.75, 0.75, 0.5)}

SAMPLES = {
    "analog": Sample("analog", "data.anb", pickles.analog(), _COLUMN, Unit.PERCENT, _BOTH),
    "analog drift": Sample(
        "analog",
        "data.anb",
        pickles.analog(),
        {"column": "analog_drift_60"},
        Unit.PERCENT,
        {SKIPS: 10.0, MIXED: 80.0},
    ),
    "gennas 201": Sample(
        "gennas-json",
        "cifar10valid.json",
        _json(_NESTED),
        {"space": "nas-bench-201"},
        Unit.PERCENT,
        _BOTH,
    ),
    "gennas 101": Sample(
        "gennas-json",
        "nasbench1.json",
        _json([[[_MACRO_101, ["input", "conv3x3-bn-relu", "output"]], 0.9]]),
        {"space": "nas-bench-101"},
        Unit.FRACTION,
        {CELL_101: 0.9},
    ),
    "gennas micro": Sample(
        "gennas-json",
        "macro_jigsaw.json",
        _json([["64-41414-1_02_333", 95.0]]),
        {"space": "transnas-bench-101-micro"},
        Unit.PERCENT,
        {"64-41414-1_02_333": 95.0},
    ),
    "gennas macro": Sample(
        "gennas-json",
        "micro_room_layout.json",
        _json([["64-4111-basic", -0.6]]),
        {"space": "transnas-bench-101-macro"},
        Unit.NEGATIVE_LOSS,
        {"64-4111-basic": -0.6},
    ),
    "csv": Sample(
        "csv",
        "nb201.csv",
        _CSV_201.encode(),
        _NET | {"value": "val_accs"},
        Unit.PERCENT,
        _BOTH,
    ),
    "csv, hardware": Sample(
        "csv",
        "hw_cifar10.csv",
        _HARDWARE.encode(),
        _NET | {"value": "edgetpu_latency", "missing": "-1"},
        Unit.MILLISECONDS,
        {MIXED: 0.957},
        without_value=1,
    ),
    "csv, hardware rounded": Sample(
        "csv",
        "hw_cifar10.csv",
        _HARDWARE.encode(),
        _NET | {"value": "eyeriss_energy", "decimals": "6"},
        Unit.MILLIJOULES,
        # Three times 0.1 is not 0.3 in floating point.
        {SKIPS: 0.3, MIXED: 0.3},
        exact=True,
    ),
    "csv, devices": Sample(
        "csv",
        "latency.csv",
        f"arch,1080ti_1,pixel2\n{SKIPS},10.754371,9\n{MIXED},12.900348,18\n".encode(),
        _NET | {"architecture": "arch", "value": "pixel2"},
        Unit.MILLISECONDS,
        {SKIPS: 9.0, MIXED: 18.0},
    ),
    "csv, attacks": Sample(
        "csv",
        "robustness_targets.csv",
        _ATTACKS.encode(),
        _NET | {"value": "fgsm@Linf_eps-0.1"},
        Unit.PERCENT,
        _BOTH,
    ),
    "csv, 12 epochs": Sample(
        "csv",
        "mini-bench-arch-cell-accs.csv",
        f"arch,cellstr,imagenet-val\n7,{SKIPS},60.5\n8,{MIXED},90.25\n".encode(),
        _NET | {"architecture": "cellstr", "value": "imagenet-val"},
        Unit.PERCENT,
        _BOTH,
    ),
    "csv, one column an edge": Sample(
        "csv",
        "trainval.csv",
        b"op01,op02,op12,op03,op13,op23,Acc\n1,1,1,1,1,1,60.5\n3,0,1,4,2,0,90.25\n",
        _NET | {"architecture": _EDGES, "value": "Acc"},
        Unit.PERCENT,
        _BOTH,
    ),
    "naslib json": Sample(
        "naslib-json", "zc_nasbench201.json", _json(_SUITE), _CIFAR, Unit.PERCENT, _BOTH
    ),
    "naslib zip": Sample(
        "naslib-zip", "zen.zip", _zip(), _CIFAR | {"proxy": "zen"}, Unit.PERCENT, _BOTH
    ),
    "zerocost pickle": Sample(
        "zerocost-pt", "nb2.p", pickle.dumps(_RUN_PICKLE), {}, Unit.PERCENT, _BOTH, _RUNS
    ),
    "zerocost csv": Sample(
        "zerocost-pt", "nb2.csv", _RUN_CSV.encode(), {}, Unit.PERCENT, _BOTH, _RUNS
    ),
    "one shot": Sample(
        "one-shot-csv",
        "search_space2.csv",
        _ONE_SHOT.encode(),
        {"split": "validation"},
        Unit.FRACTION,
        # 1 - (0.25 + 0.25 + 0.5) / 3
        {_ONE_SHOT_CELL: 2 / 3},
        _ONE_SHOT_RUNS,
    ),
    "macro": Sample(
        "macro-json",
        "macro.json",
        _json({"01201222": _DIGITS}),
        {},
        Unit.PERCENT,
        {"01201222": 90.0},
        _DIGITS_RUNS,
    ),
    "darts": Sample(
        "darts-csv",
        "darts.csv",
        f'"{GENOTYPE}",85.0\n'.encode(),
        {},
        Unit.PERCENT,
        {GENOTYPE_TEXT: 85.0},
    ),
    "graph": Sample(
        "nas-bench-graph",
        "cora.bench",
        pickles.graph(),
        {"column": "valid_perf"},
        Unit.FRACTION,
        {_GRAPH: 0.75},
    ),
    "graph, numpy scalar": Sample(
        "nas-bench-graph",
        "cora.bench",
        pickles.graph(),
        {"column": "perf"},
        Unit.FRACTION,
        {_GRAPH: 0.5},
    ),
    "graph, latency": Sample(
        "nas-bench-graph",
        "cora.bench",
        pickles.graph(),
        {"column": "latency"},
        Unit.SECONDS,
        {_GRAPH: 0.005},
    ),
    "nlp logs": Sample(
        "nas-bench-nlp",
        "logs.zip",
        text.logs(),
        {"column": "val_losses"},
        Unit.NATS,
        {text.RNN: 6.0},
        {text.RNN: (5.5, 6.5)},
        without_value=1,
    ),
    "nlp csv": Sample(
        "nas-bench-nlp",
        "RNN_results.csv",
        text.PENN.encode(),
        {"column": "loss"},
        Unit.NATS,
        {text.RNN: 4.375},
        {text.RNN: (4.5, 4.25)},
        architectures=text.logs(),
    ),
    "encoders as trained": Sample(
        "bert-json",
        "BERT_benchmark.json",
        text.ENCODERS,
        {"column": "rte", "space": "nas-bench-bert"},
        Unit.PERCENT,
        {"128:4-512|4-512": 65.0},
        {"128:4-512|4-512": (60.0, 70.0)},
        without_value=1,
    ),
    "encoders as written": Sample(
        "bert-json",
        "BERT_benchmark.json",
        text.ENCODERS,
        {"column": "cola", "space": "flexibert"},
        Unit.CORRELATION,
        {
            "128:sdp-4-512x3|sdp-4-512x3": 0.8,
            "128:wma-4-512x3|wma-4-512x3": 0.8,
            "128:dct-4-512x1|dct-4-512x1": 0.8,
        },
        {
            "128:sdp-4-512x3|sdp-4-512x3": (0.8,),
            "128:wma-4-512x3|wma-4-512x3": (0.8,),
            "128:dct-4-512x1|dct-4-512x1": (0.8,),
        },
    ),
    "decoders": Sample(
        "lite-transformer-csv",
        "random_GPT2.csv",
        text.DECODERS.encode(),
        {"column": "valid_ppl"},
        Unit.PERPLEXITY,
        {"64-64-4:8x512|2x2048": 60.5, "128-512-1:4x900|4x900|4x900": 50.25},
    ),
    "accel": Sample(
        "accel-nasbench",
        "results.tar.gz",
        vision.accel(*vision.ACCEL),
        {"column": "val_top1"},
        Unit.PERCENT,
        {vision.MNASNET: 61.0, vision.SMALL_MNASNET: 50.25},
        {vision.MNASNET: (60.5, 61.5)},
    ),
    "accel, not measured": Sample(
        "accel-nasbench",
        "results.tar.gz",
        vision.accel(*vision.ACCEL[:2]),
        {"column": "throughput_tpuv2"},
        Unit.IMAGES_PER_SECOND,
        {vision.MNASNET: 4.0},
        without_value=1,
    ),
    "vit": Sample(
        "vit-bench-csv",
        "autoformer.csv",
        vision.VIT_CSV,
        {"space": "autoformer-tiny", "column": "imagenet_super_acc"},
        Unit.PERCENT,
        {vision.VIT: 71.25, vision.VIT.replace("240", "192"): 75.5},
    ),
    "pit": Sample(
        "vit-bench-csv",
        "pit.csv",
        vision.PIT_CSV,
        {"space": "pit", "column": "c100_base_acc"},
        Unit.PERCENT,
        {vision.PIT: 68.5},
    ),
    "gennas mr": Sample(
        "gennas-json",
        "3ddet.json",
        _json([[vision.MR_FIELDS, 60.5], [vision.MR_FIELDS | {"last_channel": 8}, 0.0]]),
        {"space": "nas-bench-mr", "missing": "0.0"},
        Unit.PERCENT,
        {vision.MR: 60.5},
        without_value=1,
    ),
}

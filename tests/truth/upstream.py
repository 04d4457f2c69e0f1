"""A tiny file in every upstream format, made by hand, and what its reader makes of it."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from dataclasses import dataclass, field

from harness.truth.unit import Unit
from tests.truth import upstream_vision as vision

SKIPS = "|skip_connect~0|+|skip_connect~0|skip_connect~1|"
SKIPS += "+|skip_connect~0|skip_connect~1|skip_connect~2|"
MIXED = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|"
"""(0,1) conv3x3, (0,2) none, (1,2) skip, (0,3) pool, (1,3) conv1x1, (2,3) none."""

CELL_101 = "conv3x3:0|output:1"

RNN = (
    '{"f":{"op":"linear","input":["x","h_prev_0"]},'
    '"h_new_0":{"op":"activation_tanh","input":["f"]}}'
)
GATED = RNN.replace("tanh", "sigm")

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


class _Fields:
    """Pickles as an object of another module, by the names given to `_named`."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


def _analog() -> bytes:
    class Architecture(_Fields):
        pass

    class DriftMeasurement(_Fields):
        pass

    class Pickler(pickle._Pickler):
        def save_global(self, obj: object, name: str | None = None) -> None:
            self.write(b"\x8c\x13analognasbench.data")
            text = obj.__name__.encode()
            self.write(b"\x8c" + bytes([len(text)]) + text + b"\x93")

    def record(accuracy: float, drift: float) -> _Fields:
        after = DriftMeasurement(value=drift, uncertainty=0.5)
        return Architecture(baseline_accuracy=accuracy, analog_drift_60=after)

    # Ids 0 skip, 1 none, 2 conv3x3, 3 conv1x1, 4 pool on (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
    table = {(0, 0, 0, 0, 0, 0): record(60.5, 10.0), (2, 1, 4, 0, 3, 1): record(90.25, 80.0)}
    file = io.BytesIO()
    Pickler(file, 4).dump(table)
    return file.getvalue()


def _graph() -> bytes:
    """Protocol 3 with the two globals by which numpy scalars are pickled."""
    entry = b"}(X\x0a\x00\x00\x00valid_perfG" + struct.pack(">d", 0.75)
    entry += b"X\x07\x00\x00\x00latencyG" + struct.pack(">d", 0.005)
    entry += b"X\x04\x00\x00\x00perfcnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n"
    entry += b"(X\x02\x00\x00\x00f8\x89\x88tR(K\x03X\x01\x00\x00\x00<NNN"
    entry += b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    entry += b"C\x08" + struct.pack("<d", 0.5) + b"\x86Ru"
    # 61273: links 6 = 0112, operations 1 gcn, 2 gin, 7 fc, 3 cheb.
    return b"\x80\x03}M\x59\xef" + entry + b"s."


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


def _logs() -> bytes:
    """Two trainings of one recurrent cell, one that failed, and one of another cell that failed."""
    trainings = [(7, RNN, 5.5), (9, RNN, 6.5), (9, RNN, None), (8, GATED, None)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (recipe_id, recipe, loss) in enumerate(trainings):
            losses = [9.0, float("nan")] if loss is None else [*[9.0] * 49, loss]
            log = {"recepie_id": recipe_id, "recepie": recipe.replace(",", ", ")}
            log |= {"status": "OK" if loss else "loss is nan!", "val_losses": losses}
            archive.writestr(f"log_stats_model_{recipe_id}_{number}.json", json.dumps(log))
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


def _encoder(number: int, rte: float, kind: str, parameter: str, matrices: int) -> object:
    """Return a training of an encoder of two equal layers, whose scores but one are 80."""
    layer = {"operation_type": kind, "operation_parameter": parameter, "num_operation_heads": 4}
    layer |= {"feed_forward_dimension": 512, "num_feed_forward": matrices}
    config = {"hidden_size": 128, "nas_config": {"encoder_layers": [layer, layer]}}
    scores = dict.fromkeys(("cola", "mnli", "mrpc", "qnli", "qqp", "sst", "sts"), 80.0)
    scores |= {"rte": rte, "glue": (560 + rte) / 8}
    return {
        "id": number,
        "time_to_train": 1500.5,
        "scores": scores,
        "hparams": {"model_hparam_overrides": config},
    }


_ATTACKS = "net,val_accs,fgsm@Linf_eps-0.1\n"
_ATTACKS += '"(0, 0, 0, 0, 0, 0)",9.0,60.5\n"(2, 1, 4, 0, 3, 1)",91.0,90.25\n'
_NET = {"space": "nas-bench-201", "architecture": "net"}
_EDGES = "[[{op01}], [{op02}, {op12}], [{op03}, {op13}, {op23}]]"
_PENN = "\ufefflog name,loss,perplexity,bits per word,Activation Distance\n"
_PENN += "log_stats_model_7_2020-04-15_1.json,4.5,90.0,6.5,431.5\n"
_PENN += "log_stats_model_5_2020-04-15_22-15-44_999945567.json,5.0,148.4,7.2,395.5\n"
_PENN += "log_stats_model_9_2020-04-15_3.json,4.25,70.1,6.1,431.5\n"
_DECODERS = "n_layer,d_model,d_embed,n_head,d_inner,d_head,div_val,tie_weight,adaptive,attn_type,"
_DECODERS += "same_length,clamp_len,pre_lnorm,primer_conv,primer_square,ext_len,valid_ppl\n"
_ALIKE = "true,true,0,false,-1,false,false,false,0"
_DECODERS += f'2,64,-1,"[8, 2]","[512, 2048]",-1,4,{_ALIKE},60.5\n'
_DECODERS += f"3,128,512,4,900,-1,1,{_ALIKE},50.25\n"
_ENCODERS = _json(
    [
        _encoder(0, 60.0, "SA", "SDP", 3),
        _encoder(1, 70.0, "SA", "WMA", 3),
        _encoder(2, 0.0, "LT", "DCT", 1),
    ]
)
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
    "analog": Sample("analog", "data.anb", _analog(), _COLUMN, Unit.PERCENT, _BOTH),
    "analog drift": Sample(
        "analog",
        "data.anb",
        _analog(),
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
        _graph(),
        {"column": "valid_perf"},
        Unit.FRACTION,
        {_GRAPH: 0.75},
    ),
    "graph, numpy scalar": Sample(
        "nas-bench-graph",
        "cora.bench",
        _graph(),
        {"column": "perf"},
        Unit.FRACTION,
        {_GRAPH: 0.5},
    ),
    "graph, latency": Sample(
        "nas-bench-graph",
        "cora.bench",
        _graph(),
        {"column": "latency"},
        Unit.SECONDS,
        {_GRAPH: 0.005},
    ),
    "nlp logs": Sample(
        "nas-bench-nlp",
        "logs.zip",
        _logs(),
        {"column": "val_losses"},
        Unit.NATS,
        {RNN: 6.0},
        {RNN: (5.5, 6.5)},
        without_value=1,
    ),
    "nlp csv": Sample(
        "nas-bench-nlp",
        "RNN_results.csv",
        _PENN.encode(),
        {"column": "loss"},
        Unit.NATS,
        {RNN: 4.375},
        {RNN: (4.5, 4.25)},
        architectures=_logs(),
    ),
    "encoders as trained": Sample(
        "bert-json",
        "BERT_benchmark.json",
        _ENCODERS,
        {"column": "rte", "space": "nas-bench-bert"},
        Unit.PERCENT,
        {"128:4-512|4-512": 65.0},
        {"128:4-512|4-512": (60.0, 70.0)},
        without_value=1,
    ),
    "encoders as written": Sample(
        "bert-json",
        "BERT_benchmark.json",
        _ENCODERS,
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
        _DECODERS.encode(),
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

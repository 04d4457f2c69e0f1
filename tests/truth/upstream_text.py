"""Tiny files of recurrent cells, encoders and decoders in their published formats, made by hand."""

from __future__ import annotations

import io
import json
import zipfile

__all__ = ["DECODERS", "ENCODERS", "GATED", "PENN", "RNN", "logs"]

RNN = (
    '{"f":{"op":"linear","input":["x","h_prev_0"]},'
    '"h_new_0":{"op":"activation_tanh","input":["f"]}}'
)
GATED = RNN.replace("tanh", "sigm")


def logs() -> bytes:
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


PENN = "\ufefflog name,loss,perplexity,bits per word,Activation Distance\n"
PENN += "log_stats_model_7_2020-04-15_1.json,4.5,90.0,6.5,431.5\n"
PENN += "log_stats_model_5_2020-04-15_22-15-44_999945567.json,5.0,148.4,7.2,395.5\n"
PENN += "log_stats_model_9_2020-04-15_3.json,4.25,70.1,6.1,431.5\n"
DECODERS = "n_layer,d_model,d_embed,n_head,d_inner,d_head,div_val,tie_weight,adaptive,attn_type,"
DECODERS += "same_length,clamp_len,pre_lnorm,primer_conv,primer_square,ext_len,valid_ppl\n"
_ALIKE = "true,true,0,false,-1,false,false,false,0"
DECODERS += f'2,64,-1,"[8, 2]","[512, 2048]",-1,4,{_ALIKE},60.5\n'
DECODERS += f"3,128,512,4,900,-1,1,{_ALIKE},50.25\n"
ENCODERS = json.dumps(
    [
        _encoder(0, 60.0, "SA", "SDP", 3),
        _encoder(1, 70.0, "SA", "WMA", 3),
        _encoder(2, 0.0, "LT", "DCT", 1),
    ]
).encode()

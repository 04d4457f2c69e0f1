"""Texts that a space refuses, each with what its message quotes."""

import json

import pytest

from harness.core.architecture import Space
from harness.core.errors import DataError


def _cell(operation: str, *inputs: str) -> str:
    """A recipe of NAS-Bench-NLP: one linear node, and the new state of an operation."""
    node = json.dumps({"op": operation, "input": list(inputs)}, separators=(",", ":"))
    return f'{{"f":{{"op":"linear","input":["x","h_prev_0"]}},"h_new_0":{node}}}'


MALFORMED = {
    "nas-bench-201": [
        ("", "''"),
        ("nor_conv_3x3", "'nor_conv_3x3'"),
        ("|none~0|+|none~0|none~1|", "2 nodes"),
        ("|none~0|+none~0|none~1|+|none~0|none~1|none~2|", "'none~0|none~1|'"),
        ("|none~0|+|none~0|+|none~0|none~1|none~2|", "'|none~0|'"),
        ("|none~0|+|none~0|conv~1|+|none~0|none~1|none~2|", "'conv~1'"),
        ("|none~0|+|none~0|none~0|+|none~0|none~1|none~2|", "'none~0'"),
        ("|none~0|+|none~0|none|+|none~0|none~1|none~2|", "'none'"),
        ("(1, 2, 3)", "'(1, 2, 3)'"),
        ("(0, 1, 2, 3, 4, 5)", "'5'"),
        ("(0, 1, 2, 3, 4, -1)", "'-1'"),
        ("(0, 1, 2, 3, 4, True)", "'True'"),
        ("(0, 1, 2, 3, 4, 1.0)", "'1.0'"),
        ("(0, 1, 2, 3, 4, 0", "'(0, 1, 2, 3, 4, 0'"),
        ("(0)", "'(0)'"),
        ("(__import__('os').getcwd(),)", "getcwd"),
        ("[[0], [0, 0], [0, 0]]", "'[[0], [0, 0], [0, 0]]'"),
        ("[0, 0, 0, 0, 0]", "'[0, 0, 0, 0, 0]'"),
        ("[0, 0, 0, 0, 0, [0]]", "'0'"),
        ("[[0], [0, 0], [0, 0, 7]]", "'7'"),
        ("(" * 100_000, "'((((("),
    ],
    "nas-bench-101": [
        ("", "term '' "),
        ("output:", "no path"),
        ("conv3x3:0|output:", "no path"),
        ("conv3x3:|output:1", "no path"),
        ("conv3x3:0", "term 'conv3x3:0'"),
        ("conv5x5:0|output:1", "term 'conv5x5:0'"),
        ("conv3x3-bn-relu:0|output:1", "term 'conv3x3-bn-relu:0'"),
        ("conv3x3:1|output:1", "term 'conv3x3:1'"),
        ("conv3x3:00|output:1", "term 'conv3x3:00'"),
        ("conv3x3:0|output:10", "term 'output:10'"),
        ("conv3x3:0|output:²", "term 'output:²'"),
        ("conv3x3|output:1", "term 'conv3x3'"),
        ("|".join(["conv3x3:0"] * 6) + "|output:1", "8 vertices"),
        ("conv3x3:0|conv3x3:01|conv3x3:012|output:0123", "10 edges"),
        ("(0, 1, 0, 0, 1, 0)", "operation 'output' of vertex 0"),
        ("(0, 1, 1, 0, 0, 1)", "entry 1 in row 1, column 0"),
        ("(0, 2, 0, 0, 0, 1)", "entry 2 in row 0, column 1"),
        ("(0, 1, 0, 0, 0, 5)", "operation 5"),
        ("(0, 1, 0, 0, 0, True)", "'True'"),
        ("(0, 1, 0, 0, 0)", "are 5"),
        ("()", "are 0"),
        ("(0)", "'0'"),
        ("(__import__('os').getcwd(),)", "getcwd"),
        ('[[[0, 1], [0, 0]], ["input"]]', "not square of side 1"),
        ('[[[0, 1], [0, 0]], ["input", "end"]]', "'end' of vertex 1"),
        ('[[[0, 1], [0]], ["input", "output"]]', "not square of side 2"),
        ('[[[0, 0.5], [0, 0]], ["input", "output"]]', "'0.5'"),
        ('[[0, 1], ["input", "output"]]', "'0'"),
        ("[[[]], []]", "not square of side 0"),
        ("[1]", "'[1]'"),
        ("[" * 100_000, "'[[[[["),
    ],
    "nas-bench-graph": [
        ("", "''"),
        ("0012:gcn-gcn-gcn", "'0012:gcn-gcn-gcn'"),
        ("0012:gcn-gcn-gcn-mlp", "'0012:gcn-gcn-gcn-mlp'"),
        ("1012:gcn-gcn-gcn-fc", "reads a later one"),
        ("0003:skip-skip-skip-skip", "no operation but 'skip'"),
        ("99999", "99999"),
        ("10900", "10900"),
        ("88888", "88888"),
        ("12345678", "'12345678'"),
        ("Arch([0, 0, 0], ['fc', 'fc', 'fc', 'fc'])", "[0, 0, 0]"),
        ("a" * 1_000, "'aaaa"),
    ],
    "nas-bench-macro": [
        ("", "''"),
        ("0120122", "'0120122'"),
        ("012012222", "'012012222'"),
        ("01201223", "'01201223'"),
        ("0120122²", "'0120122²'"),
        ("9" * 999, "'999999"),
    ],
    "nas-bench-nlp": [
        ("", "''"),
        ("[]", "'[]'"),
        ("{}", "1 to 24 nodes"),
        ("[" * 100_000, "'[[[["),
        (_cell("linear", "f"), "node h_new_0, linear, reads ['f']; expected 2 or 3 other nodes"),
        (_cell("conv", "f"), "operation 'conv'"),
        (_cell("activation_tanh", "x"), "reads x, which only linear can"),
        (_cell("activation_tanh", "g"), "reads 'g'"),
        (_cell("activation_tanh", "h_prev_1"), "reads 'h_prev_1'"),
        (_cell("activation_tanh", "h_new_0"), "node h_new_0 is part of a circle"),
        (_cell("elementwise_sum", "f", "f"), "reads ['f', 'f']"),
        (_cell("activation_tanh", "f").replace("h_new_0", "h_new_1"), "not h_new_0 to"),
        (_cell("activation_tanh", "f").replace("h_prev_0", "h_prev_9"), "reads 'h_prev_9'"),
        (_cell("activation_tanh", "f").replace('"f":', '"x":'), "'x' is no name of a node"),
        (
            _cell("activation_tanh", "f").replace(
                '"f":', '"g":{"op":"linear","input":["x","h_prev_0"]},"f":'
            ),
            "nothing reads g",
        ),
        (_cell("activation_tanh", "f").replace('"h_new_0":', '"f":'), "a key occurs twice"),
        (
            _cell("activation_tanh", "f").replace('"op":"linear"', '"op":["linear"]'),
            "operation \"['linear']",
        ),
        (_cell("activation_tanh", "f").replace('["x","h_prev_0"]', '"x"'), "are no list of names"),
        (
            _cell("activation_tanh", "f").replace('"input":["f"]', '"inputs":["f"]'),
            "no object of op and input",
        ),
    ],
    "nas-bench-bert": [
        ("", "the width is 128 or 256"),
        ("128:4|2|4", "3 layers; there are 2 or 4"),
        ("64:4|2", "the width is 128 or 256"),
        ("128:3|2", "'3' is no layer"),
        ("128:4-256|2", "'4-256' is no layer"),
        ("128:4-512|sdp-2-512x3", "'sdp-2-512x3' is no layer"),
        ("128:sdp-2-512x3|4-512", "'4-512' is no layer"),
        ("128:" + "4|" * 100_000, "100001 layers"),
    ],
    "flexibert": [
        ("", "the width is 128 or 256"),
        ("128:4-512|2", "'4-512' is no layer"),
        ("128:sdp-2-512x3|mlp-2-512x3", "'mlp-2-512x3' is no layer"),
        ("128:sdp-2-512x3|dsc7-2-512x3", "'dsc7-2-512x3' is no layer"),
        ("128:sdp-2-512x2|sdp-2-512x3", "'sdp-2-512x2' is no layer"),
    ],
    "lts-gpt2": [
        ("", "'' is no width"),
        ("64-64:2x512|2x512", "'64-64' is no width"),
        ("64-64-3:2x512|2x512", "'64-64-3' is no width"),
        ("64-64-1:2x512", "1 layers; there are 2 to 16"),
        ("64-64-1:" + "|".join(["2x512"] * 17), "17 layers"),
        ("64-64-1:2x511|2x512", "512 to 2048 units"),
        ("64-64-1:3x512|2x512", "2, 4 or 8 heads"),
        ("64-64-1:2x512|2x0512", "512 to 2048 units"),
    ],
    "lts-transformer-xl": [("64-64-1:2x512|2x9999", "512 to 2048 units")],
    "transnas-bench-101-macro": [
        ("", "''"),
        ("64-4111", "'64-4111'"),
        ("32-4111-basic", "'32-4111-basic'"),
        ("64-4151-basic", "'64-4151-basic'"),
        ("64-411-basic", "'64-411-basic'"),
        ("64-4111111-basic", "'64-4111111-basic'"),
        ("64-1111-basic", "'64-1111-basic'"),
        ("64-2222-basic", "'64-2222-basic'"),
        ("64-444421-basic", "'64-444421-basic'"),
        ("64-333331-basic", "'64-333331-basic'"),
        ("(4, 0, 1, 1)", "'(4, 0, 1, 1)'"),
        ("(4, 1, 1, 1, 0, 0, -1)", "'(4, 1, 1, 1, 0, 0, -1)'"),
        ("64-" + "4" * 100_000 + "-basic", "'64-4444"),
    ],
    "transnas-bench-101-micro": [
        ("", "''"),
        ("64-41414-1_02_33", "'64-41414-1_02_33'"),
        ("64-41414-1_02_334", "'64-41414-1_02_334'"),
        ("64-41413-1_02_333", "'64-41413-1_02_333'"),
        ("64-4111-basic", "'64-4111-basic'"),
        ("(1, 2, 3)", "'(1, 2, 3)'"),
        ("(0, 1, 2, 3, 0, 4)", "'4'"),
        ("(0, 1, 2, 3, 0, -1)", "'(0, 1, 2, 3, 0, -1)'"),
        ("(" * 100_000, "'((((("),
    ],
}


def assert_refused(space: Space, text: str, quoted: str) -> None:
    """Check that a text is refused by one short sentence that quotes the faulty part."""
    with pytest.raises(DataError) as caught:
        space.parse(text)
    message = str(caught.value)
    assert quoted in message
    assert "\n" not in message
    assert len(message) < 300

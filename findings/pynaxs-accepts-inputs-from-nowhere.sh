#!/usr/bin/env bash
# pynaxs 0.1.0
#
# The validator of the Neural Architecture Exchange Specification says that it checks inputs and outputs to
# be "bidirectional" and to agree with the connections. It looks from outputs to inputs and from connections
# to both, never back: a component may list an input that does not list it, a document whose components name
# each other may have no connection at all, and a network may feed itself. All are valid, without a warning,
# while a reader of `connections` and one of `inputs` build other networks.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pynaxs==0.1.0 jsonschema==4.26.0

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import pynaxs.validator
from pynaxs import NaxsValidator


def network(change=None):
    """An input, two convolutions and an output in a row, after a change of inputs, outputs and pairs."""
    names = ["image", "first", "second", "scores"]
    kinds = dict(zip(names, ("input", "conv2d", "conv2d", "output")))
    pairs = list(zip(names, names[1:]))
    inputs = {name: [source for source, target in pairs if target == name] for name in names}
    outputs = {name: [target for source, target in pairs if source == name] for name in names}
    if change:
        change(inputs, outputs, pairs)
    return {
        "spec_version": "0.1",
        "id": "network",
        "name": "network",
        "description": "a network",
        "components": [
            {"id": name, "type": kinds[name], "name": name, "params": {}}
            | {"inputs": inputs[name], "outputs": outputs[name]}
            for name in names
        ],
        "connections": [
            {"id": f"{source}-{target}", "from": source, "to": target} for source, target in pairs
        ],
    }


def loop(inputs, outputs, pairs):
    inputs["first"].append("second")
    outputs["second"].append("first")
    pairs.append(("second", "first"))


documents = {
    "a chain": network(),
    "an output that is no input": network(lambda inputs, outputs, pairs: outputs["image"].append("scores")),
    "an input that is no output": network(lambda inputs, outputs, pairs: inputs["scores"].append("image")),
    "no connections": network(lambda inputs, outputs, pairs: pairs.clear()),
    "a loop": network(loop),
}
for name, document in documents.items():
    result = NaxsValidator().validate_document(document)
    messages = [finding.message for finding in result.errors + result.warnings]
    print(f"{name}: {'valid' if result.is_valid() else 'invalid'}", *messages, sep=", ")
    assert result.is_valid() == (name != "an output that is no input")
    assert not result.warnings
claims = " ".join(pynaxs.validator.__doc__.split())
assert "listings are bidirectional and agree with the ``connections`` array" in claims
PYTHON

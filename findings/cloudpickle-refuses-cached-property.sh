#!/usr/bin/env bash
# cloudpickle 3.1.2, Python 3.11
#
# A class of the main program with a functools.cached_property cannot be sent by value:
# "cannot pickle '_thread.RLock' object". Up to Python 3.11 the property holds a lock. Nothing about the
# class or its objects is unusual, and the same class in an imported module can be sent by reference.
# One would expect cloudpickle to make the property anew from its function.
#
# A proxy that is an object of such a class, written in a notebook, cannot be handed to worker
# processes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check cloudpickle==3.1.2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import functools
import sys

import cloudpickle


class Proxy:
    @functools.cached_property
    def scale(self):
        return 2.0

    def __call__(self, network, images, labels):
        return self.scale


print("Python", sys.version.split()[0])
if sys.version_info >= (3, 12):
    print("this Python's cached_property has no lock; nothing to see")
    sys.exit(0)
try:
    cloudpickle.dumps(Proxy())
except TypeError as error:
    print(f"cloudpickle: {error}")
else:
    sys.exit("cloudpickle now sends classes with a cached_property by value")
PYTHON

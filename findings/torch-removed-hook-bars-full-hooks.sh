#!/usr/bin/env bash
# torch 2.13.0
#
# After a global backward hook (torch.nn.modules.module.register_module_backward_hook) was registered
# and removed by its handle, register_module_full_backward_hook is refused for the rest of the
# process: "Cannot use both regular backward hooks and full backward hooks". No hook is left, but a
# module-wide flag that remove() does not reset. One would expect a removed hook to leave no trace.
#
# A proxy that looks at gradients by the old hook and cleans up after itself makes a later one with the
# full hook fail in the same process.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from torch.nn.modules import module

module.register_module_full_backward_hook(lambda *seen: None).remove()
print("full hook, registered and removed: accepted")
module._global_is_full_backward_hook = None  # as in a new process
module.register_module_backward_hook(lambda *seen: None).remove()
print("old hook, registered and removed; hooks left:", len(module._global_backward_hooks))
try:
    module.register_module_full_backward_hook(lambda *seen: None).remove()
except RuntimeError as error:
    print(f"full hook: {error}")
else:
    sys.exit("a removed old hook no longer bars full hooks")
PYTHON

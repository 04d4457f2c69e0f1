#!/usr/bin/env bash
# Measures the harness on the GPU of this machine: offline, and in under eight minutes.
#
#   tests/gpu/run.sh [WHEELS [OUT [OPTION ...]]]
#
# WHEELS  Folder of wheels of the packages that are missing here; what is installed, torch above all,
#         is used as it is. Empty or absent: nothing is missing. docs/gpu.md says how to fill it.
# OUT     Folder of report.json and log.txt; $OUT when absent, or else gpu-report.
# OPTION  Options of tests/gpu/measure.py, e.g. --device cpu --small.
set -euo pipefail

whole=440 # seconds; what a machine is slow to start and to end comes on top
here=$PWD
wheels=${1:-}
out=${2:-${OUT:-gpu-report}}
shift "$(($# < 2 ? $# : 2))"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ $out = /* ]] || out=$here/$out
[[ -z $wheels || $wheels = /* ]] || wheels=$here/$wheels

python=$(command -v python3)
if [[ -n $wheels ]]; then
    # An environment that sees the installed packages too, also those of another environment.
    environment=$(mktemp -d)
    trap 'rm -rf "$environment"' EXIT
    "$python" -m venv --without-pip "$environment"
    "$python" - "$environment" <<'END'
import sys
import sysconfig
from pathlib import Path

inner = sysconfig.get_path("purelib", vars={"base": sys.argv[1]})
outer = [place for place in sys.path if Path(place).name in ("site-packages", "dist-packages")]
Path(inner, "installed.pth").write_text("\n".join(outer) + "\n")
END
    python=$environment/bin/python
    "$python" - <<'END' >"$environment/requirements.txt"
import tomllib
from pathlib import Path

print(*tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"], sep="\n")
END
    "$python" -m pip install --quiet --no-index --no-compile --find-links "$wheels" \
        --requirement "$environment/requirements.txt"
fi

export PYTHONPATH=$PWD HARNESS_OFFLINE=1
mkdir -p "$out"
"$python" tests/gpu/measure.py --out "$out" --seconds "$((whole - SECONDS))" "$@"

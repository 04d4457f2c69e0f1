"""Files that somebody with bad intentions, or a bad disk, may hand over.

Each gives one sentence that names it, and nothing is run, overwritten or written elsewhere.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.safety.conftest import Command

SUITE = """
name = "mine"
summary = "s"
space = "nas-bench-201"
dataset = "cifar10"
tasks = ["nb201-analog-baseline"]
plugins = ["params"]
[population]
subset = "no-unreachable"
sample = 3
[batch]
source = "noise"
size = 2
"""

SUITES: dict[str, str | bytes] = {
    "name climbs out": SUITE.replace('"mine"', '"../../outside"'),
    "name is absolute": SUITE.replace('"mine"', '"/tmp/outside"'),
    "name is hidden": SUITE.replace('"mine"', '".mine"'),
    "name has a line end": SUITE.replace('"mine"', '"a\\nb"'),
    "name has a null": SUITE.replace('"mine"', '"a\\u0000b"'),
    "name paints the terminal": SUITE.replace('"mine"', '"\\u001b[31mred"'),
    "name is empty": SUITE.replace('"mine"', '""'),
    "name is HTML": SUITE.replace('"mine"', '"<script>alert(1)</script>"'),
    "name is long": SUITE.replace('"mine"', f'"{"a" * 5000}"'),
    "unknown key": SUITE.replace("summary", "sumary"),
    "wrong type": SUITE.replace('["params"]', "7"),
    "no tasks": SUITE.replace('["nb201-analog-baseline"]', "[]"),
    "unknown task": SUITE.replace("nb201-analog-baseline", "../../etc/passwd"),
    "unknown space": SUITE.replace("nas-bench-201", "os.system"),
    "unknown plugin": SUITE.replace('"params"', '"__import__"'),
    "unknown subset": SUITE.replace("no-unreachable", "task:nope"),
    "unknown batch": SUITE.replace('"noise"', '"http://example.org/"'),
    "negative sample": SUITE.replace("sample = 3", "sample = -3"),
    "sample beyond the space": SUITE.replace("sample = 3", "sample = 99999999999"),
    "batch beyond memory": SUITE.replace("size = 2", "size = 99999999999"),
    "resamples beyond memory": "resamples = 99999999999\n" + SUITE,
    "infinite timeout": "timeout_s = nan\n" + SUITE,
    "number of thousands of digits": f"seed = {'9' * 6000}\n" + SUITE,
    "nested too deeply": "seed = " + "[" * 50_000,
    "key twice": "seed = 1\nseed = 2\n" + SUITE,
    "not UTF-8": b"\xff\xfe" + SUITE.encode(),
    "null bytes": b"\x00" * 100,
    "empty": "",
    "longer than any suite": "#" * (2 << 20),
    "a pickle": pickle.dumps({"name": "mine"}),
}


@pytest.mark.parametrize("case", SUITES)
def test_a_hostile_suite_is_refused_in_one_sentence(command: Command, case: str):
    content = SUITES[case]
    Path("mine.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = command("run", "mine.toml", "--workers", "0")
    assert done.code in {2, 3}
    assert len(done.sentence) < 1500
    assert "\x1b" not in done.sentence


OWN = """
name = "mine"
space = "nas-bench-201"
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "mine.csv"
architecture = "cell"
values = ["run"]
"""
CELL = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
TABLE = f'cell,run\n"{CELL}",10.0\n'

TABLES: dict[str, tuple[str, str | bytes]] = {
    "table climbs out": (OWN.replace("mine.csv", "../secret.csv"), TABLE),
    "table is absolute": (OWN.replace("mine.csv", "/etc/passwd"), TABLE),
    "table is a device": (OWN.replace("mine.csv", "/dev/zero"), TABLE),
    "name climbs out": (OWN.replace('"mine"', '"../../outside"'), TABLE),
    "NaN": (OWN, TABLE.replace("10.0", "nan")),
    "infinity": (OWN, TABLE.replace("10.0", "1e999")),
    "beyond its unit": (OWN, TABLE.replace("10.0", "1000")),
    "a formula": (OWN, TABLE.replace("10.0", "=1+1")),
    "code in a cell": (OWN, TABLE.replace(CELL, "__import__('os').system('id')")),
    "an architecture twice": (OWN, TABLE + f'"{CELL}",11.0\n'),
    "a column twice": (OWN, TABLE.replace("cell,run", "cell,run,run")),
    "a missing column": (OWN, TABLE.replace("run", "other")),
    "a row too long": (OWN, TABLE.replace("10.0", "10.0,1,2,3")),
    "an open quote": (OWN, TABLE + '"never closed'),
    "a field of a megabyte": (OWN, TABLE.replace(CELL, "x" * (1 << 20))),
    "null bytes": (OWN, b"\x00" * 1000),
    "not UTF-8": (OWN, b"\xff\xfe\xfa"),
    "empty": (OWN, ""),
    "brackets without end": (OWN, TABLE.replace(CELL, "[" * 100_000)),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_hostile_table_is_refused_in_one_sentence(command: Command, case: str, tmp_path: Path):
    description, table = TABLES[case]
    (tmp_path / "secret.csv").write_text("cell,run\nSECRET,1\n")
    Path("mine.toml").write_text(description)
    Path("mine.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    Path("suite.toml").write_text(SUITE.replace("nb201-analog-baseline", "mine.toml"))
    done = command("run", "suite.toml", "--workers", "0")
    assert done.code in {2, 3}
    assert "mine" in done.sentence
    assert "SECRET" not in done.sentence
    assert len(done.sentence) < 1500


def scored(command: Command) -> Path:
    """Run a small suite and return its log."""
    Path("mine.toml").write_text(SUITE)
    assert command("run", "mine.toml", "--workers", "0").code == 0
    (log,) = Path("results/runs").glob("*/scores.jsonl")
    return log


def sealed(text: str) -> bytes:
    body = text[:-1]
    return f'{body},"check":"{zlib.crc32(body.encode()):08x}"}}\n'.encode()


RECORDS: dict[str, Callable[[bytes], bytes]] = {
    "a digit changed": lambda log: log.replace(b'"scored"', b'"scoreD"', 1),
    "a line of zeros": lambda log: b"\x00" * 512 + b"\n" + log,
    "a line of another tool": lambda log: b'{"architecture": 1}\n' + log,
    "not UTF-8": lambda log: b"\xff\xfe\n" + log,
    "a sealed line that is no record": lambda log: sealed('{"architecture":"x"}') + log,
    "a sealed line that is no JSON": lambda log: sealed('{"architecture":}') + log,
    "a sealed line nested too deeply": lambda log: sealed('{"a":' + "[" * 100_000 + "}") + log,
    "a sealed NaN": lambda log: (
        sealed(
            '{"architecture":"x","environment":"e","passes":{},"scores":{"params:1:0":'
            '{"outcome":{"status":"scored","components":{"score":NaN}}}}}'
        )
        + log
    ),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_damaged_score_log_is_named_with_its_line(command: Command, case: str):
    log = scored(command)
    log.write_bytes(RECORDS[case](log.read_bytes()))
    done = command("run", "mine.toml", "--workers", "0")
    assert done.code == 3
    assert f"{log}:1" in done.sentence


FOLDERS: dict[str, tuple[str, bytes]] = {
    "condition is no JSON": ("runs/*/condition.json", b"{"),
    "condition is not UTF-8": ("runs/*/condition.json", b"\xff\xfe"),
    "condition of another schema": ("runs/*/condition.json", b'{"schema": 99}'),
    "environment is no JSON": ("environments/*.json", b"{"),
    "environment is not UTF-8": ("environments/*.json", b"\xff\xfe"),
    "environment of another tool": ("environments/*.json", b"[]"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_a_damaged_results_folder_is_named_with_its_file(command: Command, case: str):
    scored(command)
    pattern, content = FOLDERS[case]
    (path,) = Path("results").glob(pattern)
    path.write_bytes(content)
    # Costs, and with them environments, are read by a gate.
    gate = ("gate", "mine.toml", "--baseline", "b", "--update-baseline", "--workers", "0")
    done = command(*gate, "--results", "results")
    assert done.code == 3
    assert str(path) in done.sentence


@pytest.mark.parametrize("what", ["log", "folder of the condition", "leaderboards"])
def test_a_link_in_a_results_folder_leads_nowhere_else(command: Command, what: str, tmp_path: Path):
    log = scored(command)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    victim = elsewhere / "victim"
    victim.write_text("precious\n")
    if what == "log":
        log.unlink()
        log.symlink_to(victim)
    elif what == "leaderboards":
        for path in sorted(Path("results/leaderboards").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        Path("results/leaderboards").rmdir()
        Path("results/leaderboards").symlink_to(elsewhere)
    else:
        folder = log.parent
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        folder.symlink_to(elsewhere)
    done = command("run", "mine.toml", "--workers", "0")
    assert done.code == 3
    assert "leads outside" in done.sentence
    assert victim.read_text() == "precious\n"


def tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


ARCHIVES: dict[str, bytes] = {
    "no archive": b"hello",
    "cut off": tar({"data_batch_1.bin": os.urandom(3073 * 4)})[:100],
    "records of another length": tar({"data_batch_1.bin": b"\x00" * 100}),
    "labels beyond ten": tar({"data_batch_1.bin": b"\xff" * 3073 * 4}),
    "a bomb": tar({"data_batch_1.bin": b"\x00" * 3073 * 100_000}),
    "members that climb out": tar({"../../data_batch_1.bin": b"\x00" * 10}),
    "no batches": tar({"readme.html": b"x"}),
    "empty": b"",
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_hostile_archive_of_images_is_refused_in_one_sentence(command: Command, case: str):
    Path("images.tar.gz").write_bytes(ARCHIVES[case])
    Path("mine.toml").write_text(SUITE.replace('"noise"', '"cifar10"'))
    done = command("run", "mine.toml", "--workers", "0", "--images", "images.tar.gz")
    assert done.code == 3
    assert "images.tar.gz" in done.sentence


IMAGES: dict[str, bytes] = {
    "no image": b"hello",
    "an image of a trillion pixels": png(1_000_000, 1_000_000),
    "an image of another size": png(10, 10),
    "cut off": png(32, 32)[:40],
}


@pytest.mark.parametrize("case", IMAGES)
def test_a_hostile_image_is_refused_in_one_sentence(command: Command, case: str):
    for name in ("a", "b"):
        Path("images", name).mkdir(parents=True)
        Path("images", name, "0.png").write_bytes(IMAGES[case])
    Path("mine.toml").write_text(SUITE.replace('"noise"', '"cifar10"'))
    done = command("run", "mine.toml", "--workers", "0", "--images", "images")
    assert done.code == 3
    assert "images/" in done.sentence


PLUGINS: dict[str, str] = {
    "syntax error": "def",
    "raises at import": "raise SystemError('boom')",
    "leaves at import": "import sys; sys.exit(0)",
    "no plugin": "PLUGIN = 7",
    "imports nothing that exists": "import no_such_module_at_all",
    "null bytes": "PLUGIN\x00 = 1",
    "name climbs out": "NAME = '../../outside'",
    "name is HTML": "NAME = '<script>alert(1)</script>'",
    "name paints the terminal": "NAME = '\\x1b[31mred'",
    "name breaks the table": "NAME = 'a|b\\nc'",
}
PLUGIN = """
from harness.passes.subject import GRAPH
from harness.plugin import Direction, ZeroCostProxy
PLUGIN = ZeroCostProxy(name=NAME, version="1", summary="s", direction=Direction.HIGHER,
                       passes=(GRAPH,), score=lambda seen: 1.0)
"""


@pytest.mark.parametrize("case", PLUGINS)
def test_a_hostile_plugin_file_is_refused_in_one_sentence(command: Command, case: str):
    source = PLUGINS[case]
    Path("mine.py").write_text(source + (PLUGIN if source.startswith("NAME") else ""))
    Path("mine.toml").write_text(SUITE)
    done = command("run", "mine.toml", "--workers", "0", "--plugin", "mine.py")
    assert done.code in {1, 2, 3}
    assert "mine.py" in done.sentence
    assert "\x1b" not in done.sentence


def test_a_summary_of_html_is_text_in_the_report(command: Command):
    Path("mine.py").write_text(
        "NAME = 'mine'" + PLUGIN.replace('"s"', '"<img src=x onerror=alert(1)>"')
    )
    Path("mine.toml").write_text(
        SUITE.replace('summary = "s"', 'summary = "</script><script>alert(2)</script>"')
    )
    assert command("run", "mine.toml", "--workers", "0", "--plugin", "mine.py").code == 0
    (page,) = Path("results/leaderboards/mine").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert "<script>alert(2)" not in text


WEIGHTS: dict[str, bytes] = {
    "no archive": b"hello",
    "a pickle": pickle.dumps(print),
    "empty": b"",
}


def npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(
        stream, allow_pickle=True, **{name: np.asarray(array) for name, array in arrays.items()}
    )
    return stream.getvalue()


WEIGHTS |= {
    "objects inside": npz(about=np.array([print], dtype=object)),
    "nothing inside": npz(),
    "no recipe": npz(about="{}"),
    "recipe nested too deeply": npz(about="[" * 100_000),
}


@pytest.mark.parametrize("case", WEIGHTS)
def test_hostile_weights_are_refused_in_one_sentence(case: str, tmp_path: Path):
    from harness.core.errors import DataError
    from harness.text_graphs.ensemble import read_ensemble

    path = tmp_path / "weights.npz"
    path.write_bytes(WEIGHTS[case])
    with pytest.raises(DataError, match=r"weights\.npz"):
        read_ensemble(path)


BASELINES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "no JSON": ("baseline.json", lambda _: b"{"),
    "not UTF-8": ("baseline.json", lambda _: b"\xff\xfe"),
    "another schema": (
        "baseline.json",
        lambda old: json.dumps(json.loads(old) | {"schema_version": 9}).encode(),
    ),
    "another table": ("scores.csv", lambda old: old.replace(b"1", b"2")),
    "table of nulls": ("scores.csv", lambda old: b"\x00" * len(old)),
}


@pytest.mark.parametrize("case", BASELINES)
def test_a_damaged_baseline_is_refused_in_one_sentence(command: Command, case: str):
    Path("mine.toml").write_text(SUITE)
    made = command("gate", "mine.toml", "--baseline", "b", "--update-baseline", "--workers", "0")
    assert made.code == 0, made.said
    name, change = BASELINES[case]
    path = Path("b", name)
    path.write_bytes(change(path.read_bytes()))
    done = command("gate", "mine.toml", "--baseline", "b", "--workers", "0")
    assert done.code == 3
    assert str(path) in done.said


def test_the_page_on_safety_names_every_case_that_is_tried():
    page = (Path(__file__).parents[2] / "docs" / "safety.md").read_text(encoding="utf-8")
    groups = (SUITES, TABLES, RECORDS, FOLDERS, ARCHIVES, IMAGES, PLUGINS, WEIGHTS, BASELINES)
    for cases in groups:
        assert "; ".join(cases) in page

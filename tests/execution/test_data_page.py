"""The examples of docs/data.md, on tiny data: each suite gives scores of every proxy it names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.batches import Dataset
from harness.batches.registry import load_source
from harness.catalog import FromModule
from harness.execution.execute import execute
from harness.execution.executor import InProcess
from harness.execution.run import Options, open_run
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.suite import load_suite
from tests.batches.drawn import drawn

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        Path(name).write_text(content)
    generator = np.random.default_rng(0)
    for label in ("cat", "dog"):
        Path("pets", label).mkdir(parents=True)
        for index in range(3):
            pixels = generator.integers(0, 256, (30, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(f"pets/{label}/{index}.png")
    signals = generator.normal(size=(6, 12, 100)).astype(np.float32)
    np.savez("ecg.npz", signals=signals, age_and_rate=generator.normal(size=(6, 2)))
    Path("book.txt").write_text("It was the best of times, it was the worst of times. " * 3)


def write_table(name: str, of: str, data: str) -> None:
    """Write a table of the accuracies of four networks of a space, described as on the page."""
    searched = space(of)
    if searched.name == "nas-bench-201":
        texts = [searched.parse(f"(0, 0, 0, 0, {last}, 3)").text for last in range(4)]
    else:
        texts = [architecture.text for architecture in searched.enumerate()][:4]
    rows = [f"{text},{80 + row}" for row, text in enumerate(texts)]
    Path(f"{name}.csv").write_text("\n".join(["arch,acc", *rows, ""]))
    description = FILES["trained.toml"].replace("nas-bench-201", of).replace("pets", data)
    Path(f"{name}.toml").write_text(description.replace("trained", name))


@pytest.mark.parametrize(
    ("name", "table", "of"),
    [
        ("pets", "trained", "nas-bench-201"),
        ("ecg", "ecg-trained", "ecg_space.py"),
        ("characters", "text-trained", "text_space.py"),
    ],
)
def test_a_suite_of_the_page_scores_its_networks(name, table, of, caplog):
    write_table(table, of, name)
    suite = load_suite("text.toml" if name == "characters" else f"{name}.toml")
    modules = [f"harness.plugins.zero_cost.{plugin}" for plugin in suite.plugins]
    proxies = [FromModule(module=module).load() for module in modules]
    options = Options(results=Path("r"), workers=0, executor=InProcess())
    run = open_run(suite, proxies, options)
    assert not [record for record in caplog.records if "data set" in record.message]
    assert run.dataset.name == run.condition.dataset == name
    execute(run, options, lambda *_: None)
    for proxy in proxies:
        column = run.scores.column(proxy.key, run.population.texts)
        assert not column.reasons, proxy.name
        assert np.isfinite([*column.values.values()]).all(), proxy.name
        assert len(column.status) == 4


def test_the_files_of_the_page_hold_a_data_set_and_a_source():
    assert dataset("my_data.py") == Dataset(name="pets", shape=(1, 28, 28), classes=2)
    wave = drawn("my_batches.py", Dataset(name="w", shape=(3, 40), classes=2), period=40)
    assert wave.inputs.max() == pytest.approx(1, abs=0.1)
    assert wave.labels is None


def test_every_option_of_a_source_is_on_the_page():
    for name in ("folder", "arrays", "text", "torch"):
        for option in load_source(name).options:
            assert re.search(rf"^\| [^|]*`{option}`[^|]* \|", PAGE, re.MULTILINE), (name, option)

"""A SLURM of two scripts: what ``sbatch`` is given is started at once, on this machine."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from harness.core.outcome import Scored
from harness.execution.cluster import ClusterSettings, DaskCluster, Launched
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.suite import load_suite
from tests.stored import outcomes_of

pytest.importorskip("dask_jobqueue")

SBATCH = """#!/bin/sh
cp "$1" "{folder}/job.sh"  # the file that it is given is gone in a moment
setsid sh "{folder}/job.sh" > "{folder}/job.log" 2>&1 &
echo $! >> "{folder}/jobs"
echo "Submitted batch job $!"
"""


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Put the scripts on the path; whatever job is left is ended."""
    for name, text in (("sbatch", SBATCH), ("scancel", "#!/bin/sh\nexit 0\n")):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(folder=tmp_path))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    yield tmp_path
    for job in (tmp_path / "jobs").read_text().split():
        try:
            os.killpg(int(job), signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.mark.slow
@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="needs a shell")
def test_a_run_waits_for_the_job_that_it_submits_and_scores_there(slurm, load_plugin):
    options = {
        "cores": 1,
        "memory": "2GB",
        "queue": "short",
        "walltime": "00:10:00",
        "interface": "lo",
        "python": sys.executable,
        "log_directory": str(slurm),
        "local_directory": str(slurm),
    }
    place = Launched(settings=ClusterSettings(kind="slurm", workers=1, options=options))
    asked = Options(results=slurm / "results", executor=DaskCluster(cluster=place))
    plugin = load_plugin("return 1.0")
    prepared = open_run(load_suite("smoke").changed(sample=4), [plugin], asked)
    execute(prepared, asked, lambda done, total: None)
    outcomes = list(outcomes_of(prepared.scores, plugin.key).values())
    assert outcomes == [Scored(components={"score": 1.0})] * 4
    assert "#SBATCH -p short" in (slurm / "job.sh").read_text()

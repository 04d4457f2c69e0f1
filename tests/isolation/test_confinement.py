"""A confined process reads what it may; all else is refused and written down."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, socket, subprocess, sys
from pathlib import Path
from harness.isolation import Confinement, library_folders

open_folder, hidden, secret, log = map(Path, sys.argv[1:])
Confinement(
    readable=(*library_folders(), open_folder), hidden=(hidden,), modules=("harness.truth",),
    temporary=open_folder, log=log,
).enter()

def tried(act):
    try:
        return act()
    except PermissionError:
        return "refused"

print(tried((open_folder / "mine.txt").read_text))
print(tried(hidden.read_text))
print(tried(secret.read_text))
print(tried((open_folder / ".." / "secret.txt").read_text))
print(tried((open_folder / "link.txt").read_text))
print(tried(lambda: __import__("harness.truth")))
print(tried(lambda: __import__("wave").__name__))
print(tried(lambda: log.write_text("")))
print(tried(log.unlink))
print(tried(lambda: subprocess.run([sys.executable, "-V"])))
print(tried(lambda: os.system("true")))
print(tried(lambda: socket.create_connection(("127.0.0.1", 9))))
"""


def test_a_confined_process_reads_libraries_and_its_own_files_alone(tmp_path):
    own, secret, log = tmp_path / "own", tmp_path / "secret.txt", tmp_path / "log.txt"
    own.mkdir()
    (own / "mine.txt").write_text("mine")
    (own / "hidden.txt").write_text("hidden")
    secret.write_text("secret")
    (own / "link.txt").symlink_to(secret)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, own, own / "hidden.txt", secret, log],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    refused = "refused"
    assert done.stdout.split() == ["mine", *[refused] * 5, "wave", *[refused] * 5]
    attempts = log.read_text().splitlines()
    assert attempts[:2] == [f"open '{own}/hidden.txt'", f"open '{secret}'"]
    assert attempts[4] == "import harness.truth"
    assert "start a program (subprocess.Popen)" in attempts
    assert "change log.txt" in attempts
    assert len(attempts) == 10

import pytest

from harness.core.errors import DataError, UsageError
from harness.execution.cluster import Launched, read_settings
from harness.execution.cluster.settings import KINDS


def written(tmp_path, text):
    path = tmp_path / "cluster.toml"
    path.write_text(text)
    return path


def test_a_file_names_kind_number_and_options(tmp_path):
    text = 'kind = "slurm"\nworkers = 20\n[options]\nqueue = "cpu"\ncores = 8\nmemory = "32GB"\n'
    settings = read_settings(written(tmp_path, text))
    assert (settings.kind, settings.workers) == ("slurm", 20)
    assert settings.options == {"queue": "cpu", "cores": 8, "memory": "32GB"}


def test_a_cluster_that_grows_is_kept_supplied_for_its_largest_size(tmp_path):
    text = 'kind = "slurm"\nworkers = 0\nmaximum = 50\n'
    assert Launched(settings=read_settings(written(tmp_path, text))).most_workers == 50


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('kind = "slrm"', r"unknown kind of cluster 'slrm' in .*; did you mean 'slurm'\?"),
        (
            'kind = "slurm"\nworker = 3',
            r"unknown key 'worker' in .*did you mean 'workers'",
        ),
        ('kind = "slurm"\nworkers = "4"', r"\[workers\] is '4'; it should be a valid integer"),
        ('kind = "slurm"\nworkers = 0', r"at least one worker is needed"),
        ('kind = "slurm"\nworkers = 9\nmaximum = 3', r"maximum is no less than workers"),
    ],
)
def test_what_is_wrong_in_a_file_is_one_sentence(tmp_path, text, sentence):
    with pytest.raises(UsageError, match=sentence):
        read_settings(written(tmp_path, text))


def test_a_file_that_is_no_toml_is_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"cluster\.toml cannot be read as TOML"):
        read_settings(written(tmp_path, "kind = "))


def test_a_file_that_is_missing_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="there is no cluster file"):
        read_settings(tmp_path / "cluster.toml")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"kubernetes"}))
def test_every_kind_names_a_class_that_exists(kind):
    import importlib

    module, _, name = KINDS[kind].partition(":")
    assert hasattr(importlib.import_module(module), name)

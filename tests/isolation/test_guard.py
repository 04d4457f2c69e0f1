import collections
import json
import os
import signal
import subprocess
import sys
import types
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.core.errors import ContractError
from harness.isolation import isolated_generators
from harness.isolation.guard import Guard
from harness.isolation.switches import switches
from tests.isolation.flips import FLIPS, GENERATORS, NO_SWITCHES, NOT_PUT_BACK


@pytest.fixture(scope="module")
def flipped():
    done = subprocess.run(
        [sys.executable, "-m", "tests.isolation.flips"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_public_switch_of_torch_and_numpy_is_tried_or_named(flipped):
    assert set(flipped["known"]) - set(FLIPS) - set(NO_SWITCHES) - set(NOT_PUT_BACK) == set()


def test_no_flipped_switch_changes_a_score(flipped):
    assert [name for name, seen in flipped["flips"].items() if not seen["same"]] == []


def test_every_flipped_switch_says_again_what_it_said(flipped):
    assert [name for name, seen in flipped["flips"].items() if not seen["restored"]] == []


def test_whoever_flips_a_switch_is_named_with_it(flipped):
    for name, seen in flipped["flips"].items():
        if name in GENERATORS or name in NOT_PUT_BACK or seen["refused"]:
            assert seen["blamed"] == "", name
        else:
            assert seen["blamed"].startswith("mine leaves "), name


@pytest.fixture
def guard():
    return Guard()


def replaced_attribute(owner, name, value):
    return lambda: setattr(owner, name, value)


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (replaced_attribute(functional, "cross_entropy", functional.nll_loss), "cross_entropy"),
        (replaced_attribute(nn.ReLU, "forward", lambda self, x: x), "ReLU.forward"),
        (replaced_attribute(nn.init, "kaiming_uniform_", nn.init.zeros_), "kaiming_uniform_"),
        (replaced_attribute(nn.Conv2d, "__call__", lambda self, x: x), "Conv2d.__call__"),
        (replaced_attribute(torch.Tensor, "relu", lambda x: x), "torch.Tensor.relu"),
        (replaced_attribute(np.linalg, "norm", lambda x: 0.0), "numpy.linalg.norm"),
        (lambda: os.environ.update(OMP_WAIT_POLICY="active"), "environment variables"),
        (lambda: os.chdir("/"), "os.getcwd()"),
        (lambda: warnings.simplefilter("ignore"), "the filters of warnings"),
        (lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN), "the handlers of signals"),
        (lambda: sys.setrecursionlimit(5000), "sys.getrecursionlimit()"),
    ],
)
def test_what_is_left_changed_is_named_and_put_back(guard, act, named):
    before = guard.state()
    with (
        pytest.raises(ContractError, match=r"mine leaves .* changed") as error,
        guard.watching("mine"),
    ):
        act()
    assert named in str(error.value)
    assert guard.state().values == before.values
    assert before.put_back() == []


def test_what_is_changed_on_the_way_to_an_exception_is_put_back_too(guard):
    def fails():
        torch.set_default_dtype(torch.float64)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), guard.watching("mine"):
        fails()
    assert torch.get_default_dtype() is torch.float32


def test_what_is_put_back_by_its_author_is_nobody_s_fault(guard):
    with guard.watching("mine"):
        torch.set_default_dtype(torch.float64)
        torch.set_default_dtype(torch.float32)


def test_a_package_that_is_imported_for_the_first_time_is_forgiven_what_no_score_depends_on():
    # torch._dynamo sets an environment variable and puts its own torch.manual_seed in place.
    code = (
        "import sys, torch\n"
        "from harness.isolation.guard import Guard\n"
        "guard, seed = Guard(), torch.manual_seed\n"
        "assert 'torch._dynamo' not in sys.modules\n"
        "with guard.watching('mine'): import torch._dynamo\n"
        "assert torch.manual_seed is seed\n"
        "print('forgiven')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "forgiven\n", done.stderr


def test_a_package_that_sets_the_default_dtype_when_it_is_imported_is_not_forgiven(tmp_path):
    package = tmp_path / "site-packages" / "doubles"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import torch; torch.set_default_dtype(torch.float64)")
    code = (
        f"import sys; sys.path.append({str(package.parent)!r})\n"
        "from harness.isolation.guard import Guard\n"
        "with Guard().watching('mine'): import doubles\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "mine leaves torch.get_default_dtype() (torch.float32, now torch.float64)" in done.stderr


def test_a_stance_of_the_compiler_set_as_it_is_imported_is_put_back(monkeypatch):
    name = "torch._dynamo.eval_frame"
    monkeypatch.delitem(sys.modules, name, raising=False)
    guard = Guard()
    module = types.ModuleType(name)
    module.DynamoStance = collections.namedtuple(  # as torch has it
        "DynamoStance", "stance skip_guard_eval_unsafe backend"
    )
    module._stance = module.DynamoStance("force_eager", False, None)
    with pytest.raises(ContractError, match="set_stance"), guard.watching("mine"):
        monkeypatch.setitem(sys.modules, name, module)
    assert module._stance.stance == "default"


def test_draws_from_all_global_generators_follow_the_seed_and_leave_no_trace():
    import random

    def state():
        legacy = np.random.get_state()  # noqa: NPY002 - the global one is what is isolated
        return random.getstate(), legacy[1].tolist(), torch.get_rng_state().tolist()

    def drawn():
        with isolated_generators(5, torch.device("cpu")):
            return random.random(), np.random.rand(), float(torch.rand(()))  # noqa: NPY002

    before = state()
    assert drawn() == drawn()
    assert state() == before


def test_what_the_program_itself_replaced_before_is_nobody_s_fault(guard, monkeypatch):
    monkeypatch.setattr(functional, "cross_entropy", functional.nll_loss)
    monkeypatch.setattr(nn.ReLU, "forward", lambda self, x: x)
    monkeypatch.setattr(nn.ReLU, "extra", lambda self: 1, raising=False)
    with guard.watching("mine"):
        pass
    assert functional.cross_entropy is functional.nll_loss


def test_a_file_of_others_may_set_what_no_score_depends_on_and_it_is_put_back(guard, monkeypatch):
    before = guard.state().values
    with guard.watching("the import of mine.py", importing=True):
        warnings.filterwarnings("ignore")
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        sys.setrecursionlimit(5000)
    assert guard.state().values == before
    with (
        pytest.raises(ContractError, match=r"the import of mine.py leaves torch.get_default_dtype"),
        guard.watching("the import of mine.py", importing=True),
    ):
        torch.set_default_dtype(torch.float64)


def test_the_first_temporary_folder_of_a_process_is_nobody_s_fault():
    code = (
        "import tempfile\n"
        "from harness.isolation.guard import Guard\n"
        "with Guard().watching('mine'):\n"
        "    with tempfile.TemporaryDirectory(): pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(
    not hasattr(torch._C._autograd, "_top_saved_tensors_default_hooks"),
    reason="this torch is one that does not tell",
)
def test_the_oldest_torch_is_watched_without_what_it_does_not_tell(monkeypatch):
    # Torch 2.5 neither tells its hooks of saved tensors nor has stances of its compiler.
    known = {switch.name for switch in switches()}
    monkeypatch.delattr(torch._C._autograd, "_top_saved_tensors_default_hooks")
    monkeypatch.setitem(sys.modules, "torch._dynamo.eval_frame", types.ModuleType("eval_frame"))
    watched = {switch.name: switch.read() for switch in switches()}
    assert known - set(watched) == {"torch's hooks of saved tensors"}
    assert watched["torch.compiler.set_stance"] == ("default", False, None)


@pytest.mark.parametrize("end", [SystemExit(3), BaseException(3)])
def test_whoever_would_end_the_process_is_told_to_raise_an_exception(guard, end):
    told = rf"mine raises {type(end).__name__}: 3, which .*must raise an Exception"
    with pytest.raises(ContractError, match=told), guard.watching("mine"):
        raise end


def test_an_interrupt_is_of_the_person_at_the_keyboard_where_the_process_hears_of_it(
    guard, monkeypatch
):
    with pytest.raises(KeyboardInterrupt), guard.watching("mine"):
        raise KeyboardInterrupt
    monkeypatch.setattr(signal, "getsignal", {signal.SIGINT: signal.SIG_IGN}.get)
    with (
        pytest.raises(ContractError, match="mine raises KeyboardInterrupt"),
        guard.watching("mine"),
    ):
        raise KeyboardInterrupt

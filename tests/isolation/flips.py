"""Every public switch of torch and numpy, and code that flips it.

Run as a program it flips each under the guard, and prints as JSON what became of it: whether the
guard blamed somebody, whether all switches say again what they said before, and whether four
proxies still give the same bytes.
"""

import importlib
import json
import os
import pkgutil
import sys
import warnings

MODULES = (
    "numpy",
    "torch",
    "torch.__future__",
    "torch.autograd",
    "torch.autograd.graph",
    "torch.compiler",
    "torch.hub",
    "torch.jit",
    "torch.multiprocessing",
    "torch.nn.modules.module",
    "torch.random",
    "torch.serialization",
    "torch.sparse",
    "torch.utils.checkpoint",
    "torch.utils.deterministic",
)
PREFIXES = ("set_", "seterr", "setbuf", "use_", "enable_", "disable_", "allow_", "preferred_")
PREFIXES += ("register_module_", "manual_seed", "seed", "fill_uninitialized")

FLIPS = {
    "numpy.set_printoptions": "numpy.set_printoptions(precision=2)",
    "numpy.setbufsize": "numpy.setbufsize(4096)",
    "numpy.seterr": "numpy.seterr(all='raise')",
    "numpy.seterrcall": "numpy.seterrcall(print)",
    "torch.__future__.set_overwrite_module_params_on_conversion": "{}(True)",
    "torch.__future__.set_swap_module_params_on_conversion": "{}(True)",
    "torch.autograd.enable_grad": "torch.no_grad().__enter__()",
    "torch.autograd.graph.allow_mutation_on_saved_tensors": "enter({}())",
    "torch.autograd.graph.disable_saved_tensors_hooks": "enter({}('no'))",
    "torch.autograd.graph.set_override_stale_capture_stream": "{}(True)",
    "torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch": "{}(False)",
    "torch.autograd.set_detect_anomaly": "{}(True)",
    "torch.autograd.set_grad_enabled": "{}(False)",
    "torch.autograd.set_multithreading_enabled": "{}(False)",
    "torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp": "{}(True)",
    "torch.backends.cuda.enable_cudnn_sdp": "{}(False)",
    "torch.backends.cuda.enable_flash_sdp": "{}(False)",
    "torch.backends.cuda.enable_math_sdp": "{}(False)",
    "torch.backends.cuda.enable_mem_efficient_sdp": "{}(False)",
    "torch.backends.cuda.preferred_blas_library": "{}('cublaslt')",
    "torch.backends.cuda.preferred_linalg_library": "{}('magma')",
    "torch.backends.cudnn.allow_tf32": "torch.backends.cudnn.allow_tf32 = False",
    "torch.backends.cudnn.benchmark": "{} = True",
    "torch.backends.cudnn.benchmark_limit": "{} = 3",
    "torch.backends.cudnn.depthwise_kernel": "{} = 'cudnn'",
    "torch.backends.cudnn.deterministic": "{} = True",
    "torch.backends.cudnn.enabled": "{} = False",
    "torch.backends.cudnn.fp32_precision": "{} = 'tf32'",
    "torch.backends.cudnn.rnn.fp32_precision": "{} = 'ieee'",
    "torch.backends.mha.set_fastpath_enabled": "{}(False)",
    "torch.backends.miopen.immediate": "{} = True",
    "torch.backends.mkldnn.deterministic": "{} = True",
    "torch.backends.mkldnn.enabled": "{} = False",
    "torch.backends.mkldnn.fp32_precision": "{} = 'bf16'",
    "torch.backends.nnpack.set_flags": "{}(False)",
    "torch.backends.quantized.engine": "{} = 'none'",
    "torch.compiler.set_default_backend": "{}('eager')",
    "torch.compiler.set_enable_guard_collectives": "{}(True)",
    "torch.compiler.set_stance": "{}('force_eager')",
    "torch.hub.set_dir": "{}('elsewhere')",
    "torch.jit.enable_onednn_fusion": "{}(True)",
    "torch.jit.set_fusion_strategy": "{}([('STATIC', 1)])",
    "torch.multiprocessing.set_sharing_strategy": "{}('file_system')",
    "torch.nn.modules.module.register_module_backward_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_buffer_registration_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_forward_hook": "{}(lambda m, i, o: o * 2)",
    "torch.nn.modules.module.register_module_forward_pre_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_full_backward_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_full_backward_pre_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_module_registration_hook": "{}(lambda *a: None)",
    "torch.nn.modules.module.register_module_parameter_registration_hook": "{}(lambda *a: None)",
    "torch.manual_seed": "{}(6)",
    "torch.random.manual_seed": "{}(7)",
    "torch.random.seed": "{}()",
    "torch.random.set_rng_state": "{}(torch.Generator().manual_seed(8).get_state())",
    "torch.serialization.set_crc32_options": "{}(False)",
    "torch.serialization.set_default_load_endianness": (
        "{}(torch.serialization.LoadEndianness.BIG)"
    ),
    "torch.serialization.set_default_mmap_options": "{}(1)",
    "torch.set_anomaly_enabled": "{}(True, False)",
    "torch.set_autocast_cache_enabled": "{}(False)",
    "torch.set_autocast_cpu_dtype": "{}(torch.float16)",
    "torch.set_autocast_cpu_enabled": "{}(True)",
    "torch.set_autocast_dtype": "{}('cpu', torch.float16)",
    "torch.set_autocast_enabled": "{}('cpu', True)",
    "torch.set_autocast_gpu_dtype": "{}(torch.bfloat16)",
    "torch.set_default_device": "{}('meta')",
    "torch.set_default_dtype": "{}(torch.float64)",
    "torch.set_default_tensor_type": "{}(torch.DoubleTensor)",
    "torch.set_deterministic_debug_mode": "{}('error')",
    "torch.set_float32_matmul_precision": "{}('medium')",
    "torch.set_flush_denormal": "{}(True)",
    "torch.set_grad_enabled": "{}(False)",
    "torch.set_num_threads": "{}(3)",
    "torch.set_printoptions": "{}(precision=1)",
    "torch.set_rng_state": "{}(torch.Generator().manual_seed(9).get_state())",
    "torch.set_warn_always": "{}(True)",
    "torch.seed": "{}()",
    "torch.sparse.check_sparse_tensor_invariants": "{}.enable()",
    "torch.use_deterministic_algorithms": "{}(True)",
    "torch.utils.checkpoint.set_checkpoint_debug_enabled": "enter({}(True))",
    "torch.utils.checkpoint.set_checkpoint_early_stop": "enter({}(False))",
    "torch.utils.deterministic.fill_uninitialized_memory": "{} = False",
}
"""Switch to the code that flips it; ``{}`` stands for its own name."""

NO_SWITCHES = {
    "torch.backends.mkldnn.allow_tf32": "another name of fp32_precision of its parts",
    "torch.backends.cuda.preferred_rocm_fa_library": "of builds for ROCm",
    "torch.autograd.enable_grad": "a context manager; left open it is torch.set_grad_enabled",
    "torch.enable_grad": "a context manager; left open it is torch.set_grad_enabled",
    "torch.set_vital": "of torch 2.5: a line of a report at the end of the process",
    "torch.jit.set_module": "names the module of a class",
    "torch.compiler.allow_in_graph": "marks one function for the compiler",
    "torch.backends.quantized.supported_engines": "read only",
    "torch.backends.python_native.all_dsls": "read only",
    "torch.backends.python_native.available_dsls": "read only",
    "torch.backends.xnnpack.enabled": "read only",
    "torch.multiprocessing.allow_connection_pickling": "adds picklers that others do not use",
    "torch.multiprocessing.set_executable": "of processes that are started later",
    "torch.multiprocessing.set_forkserver_preload": "of processes that are started later",
    "torch.multiprocessing.set_start_method": "of processes that are started later",
    "torch.utils.checkpoint.set_device_states": "of devices that are not there",
    "torch.set_autocast_ipu_dtype": "of a device that torch does not ship",
    "torch.set_autocast_ipu_enabled": "of a device that torch does not ship",
    "torch.set_autocast_xla_dtype": "of a device that torch does not ship",
    "torch.set_autocast_xla_enabled": "of a device that torch does not ship",
}
"""What looks like a switch, and why it is none here."""

NOT_PUT_BACK = {
    "torch.autograd.graph.set_override_stale_capture_stream": "torch cannot tell its state",
    "torch.backends.python_native.disable_dispatch_keys": "torch cannot tell its state",
    "torch.backends.python_native.disable_operations": "torch cannot tell its state",
    "torch.backends.python_native.enable_dispatch_keys": "torch cannot tell its state",
    "torch.backends.python_native.enable_operations": "torch cannot tell its state",
    "torch.compiler.set_default_backend": "of compiled networks alone",
    "torch.compiler.set_enable_guard_collectives": "of compiled networks alone",
    "torch.jit.enable_onednn_fusion": "of scripted networks alone",
    "torch.jit.set_fusion_strategy": "of scripted networks alone; torch tells it by setting it",
    "torch.set_num_interop_threads": "can be set once in a process, before anything ran",
}
"""What nobody is blamed for and nothing puts back; a process of its own is what helps."""

GENERATORS = {
    name for name in FLIPS if name.rpartition(".")[2] in ("manual_seed", "seed", "set_rng_state")
}
"""Seeded before every plugin and put back after it: no trace is left, and nobody is blamed."""


def switches() -> set[str]:
    """Return the names of all public switches of the installed versions."""
    import torch.backends

    names = set()
    for path in MODULES:
        module = importlib.import_module(path)
        names |= {f"{path}.{name}" for name in dir(module) if _is_setter(module, name)}
    for info in pkgutil.walk_packages(torch.backends.__path__, "torch.backends."):
        if info.name.split(".")[2] in ("_nnapi", "_coreml", "xeon"):
            continue  # need packages of their own
        module = importlib.import_module(info.name)
        names |= {f"{info.name}.{name}" for name in dir(module) if _is_setter(module, name)}
        names |= {
            f"{info.name}.{name}"
            for name, value in vars(type(module)).items()
            if hasattr(value, "__set__") and not name.startswith("__")
        }
    return names


def exists(path: str) -> bool:
    """Tell whether the installed versions have such a switch."""
    module, _, name = path.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False


def _is_setter(module: object, name: str) -> bool:
    return name.startswith(PREFIXES) and callable(getattr(module, name))


def scores() -> list[str]:
    """Return the scores of four proxies of a small network, exactly."""
    import torch
    from torch import nn

    from harness.passes.workbench import Workbench
    from harness.plugins.zero_cost import grad_norm, nwot, snip, synflow
    from tests.passes.subjects import subject

    def build() -> nn.Module:
        body = (nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        return nn.Sequential(*body, nn.Flatten(), nn.Linear(4, 10))

    # images that switch on different units: nwot has no score otherwise
    images = torch.arange(4.0 * 3 * 8 * 8).square().sin().reshape(4, 3, 8, 8)
    proxies = [module.PLUGIN for module in (grad_norm, nwot, snip, synflow)]
    passes = [required_pass for proxy in proxies for required_pass in proxy.passes]
    bench = Workbench(subject(build, images, torch.arange(4)), passes, measures_memory=False)
    return [float(proxy.score(bench.observation("x", proxy.passes))).hex() for proxy in proxies]


def main() -> None:
    """Flip every switch and tell what became of it."""
    import numpy
    import torch
    import torch._dynamo  # what its first import sets is forgiven, and would count as a flip

    from harness.core.errors import ContractError
    from harness.isolation import isolated_generators
    from harness.isolation.guard import Guard

    warnings.simplefilter("ignore")
    known = switches()
    guard, report, left_open = Guard(), {}, []

    def enter(context):
        left_open.append(context)
        context.__enter__()

    before, expected = guard.state().values, scores()
    for name, code in FLIPS.items():
        if not exists(name):
            continue
        blamed = refused = ""
        place = {"torch": torch, "numpy": numpy, "enter": enter}
        try:
            with guard.watching("mine"), isolated_generators(0, torch.device("cpu")):
                exec(code.format(name), place)  # noqa: S102 - the codes above
        except ContractError as error:
            blamed = str(error)
        except RuntimeError as error:  # what was not built in cannot be chosen
            refused = str(error)
        same = guard.state().values == before
        report[name] = {
            "blamed": blamed,
            "refused": refused,
            "restored": same,
            "same": scores() == expected,
        }
    sys.stdout.write(json.dumps({"known": sorted(known), "flips": report}))
    sys.stdout.flush()
    os._exit(0)  # context managers that were left open have nothing to close any more


if __name__ == "__main__":
    main()

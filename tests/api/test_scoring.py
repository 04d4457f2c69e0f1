"""Scores of networks of one's own: what they are of, and what is refused."""

import copy
import random
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn

import harness
from harness.core.errors import UsageError
from harness.plugin import Direction, ZeroCostProxy
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from tests.passes.subjects import SmallNetwork, images

CELL = "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|none~0|avg_pool_3x3~1|nor_conv_3x3~2|"
CHEAP = ("params", "grad_norm", "jacov")


def rows(result):
    return {score.proxy: score for score in result.scores}


def score(network, *, count=4, **options):
    inputs, labels = images(count)
    return harness.score(network, inputs, labels, workers=0, **options)


def test_a_network_of_a_known_space_gets_the_score_of_a_run_to_the_last_digit(tmp_path):
    known = space("nas-bench-201")
    architecture = known.parse(CELL)
    (tmp_path / "cell.csv").write_text(f"arch,acc\n{CELL},90\n")

    def build():
        return known.network(architecture, dataset("cifar10"))

    asked = {"proxies": ["synflow", "zen", "grad_norm", "jacov"], "batch": "noise:4"}
    lone = harness.score({CELL: build}, dataset="cifar10", seed=3, **asked)
    stored = _scores_of_a_run(tmp_path, asked)
    assert {name: row.score for name, row in rows(lone).items()} == stored


def _numpy_state():
    return np.random.get_state()[1].tolist()  # noqa: NPY002 - the global one is looked at


def _scores_of_a_run(folder, asked):
    from harness.api.choice import choose_proxies, choose_suite
    from harness.core.outcome import SCORE
    from harness.execution.execute import execute
    from harness.execution.population import population_of
    from harness.execution.run import Options, open_run_on

    suite = choose_suite("smoke", None, 3, asked["batch"])
    plugins = choose_proxies(suite, asked["proxies"], only=True)
    options = Options(results=folder, workers=0)
    population = population_of("one", "nas-bench-201", (CELL,))
    prepared = open_run_on(population, {}, suite, plugins, options)
    execute(prepared, options, lambda done, total: None)
    return {
        plugin.name: float(prepared.scores.column(plugin.key, (CELL,)).values[SCORE][0])
        for plugin in plugins
    }


def test_a_module_is_scored_with_its_own_weights_and_is_not_changed():
    network = SmallNetwork().eval()
    network[0].weight.requires_grad = False
    before = copy.deepcopy(network)
    generators = torch.get_rng_state(), random.getstate(), _numpy_state()
    scores = rows(score(network, proxies=["l2_norm", "grad_norm", "synflow", "zen"]))
    norms = [p.detach().norm() for p in before.parameters() if p.dim() > 1]
    assert scores["l2_norm"].score == pytest.approx(float(sum(norms)), rel=1e-5)
    assert all(row.status == "scored" for row in scores.values())
    for (name, tensor), (_, other) in zip(
        before.state_dict().items(), network.state_dict().items(), strict=True
    ):
        assert torch.equal(tensor, other), name
    assert [module.training for module in network.modules()] == [False] * 9
    assert [p.requires_grad for p in network.parameters()] == [False] + [True] * 6
    assert not any(module._forward_hooks for module in network.modules())
    assert torch.equal(torch.get_rng_state(), generators[0])
    assert random.getstate() == generators[1]
    assert _numpy_state() == generators[2]


def test_a_function_builds_the_network_from_the_seed():
    first, second = (
        [row.score for row in score(SmallNetwork, proxies=CHEAP, seed=seed).scores]
        for seed in (5, 5)
    )
    other = [row.score for row in score(SmallNetwork, proxies=CHEAP, seed=6).scores]
    assert first == second
    assert first[0] == other[0]
    assert first[1] != other[1]


def test_the_frame_has_a_row_a_proxy_with_its_cost():
    frame = harness.frame(score(SmallNetwork(), proxies=["params", "grad_norm", "vote"]))
    assert list(frame["network"]) == ["SmallNetwork"] * 3
    assert list(frame["status"]) == ["scored", "scored", "unsupported"]
    assert list(frame["direction"]) == ["higher"] * 3
    assert frame["forwards"][1] >= frame["backwards"][1] == 1
    assert frame["seconds"][1] > 0
    assert "give several" in frame["reason"][2]
    assert frame["reason"][0] == ""


def test_proxies_that_rank_networks_have_scores_of_several():
    networks = {"small": SmallNetwork, "wide": lambda: nn.Sequential(*SmallNetwork(), nn.ReLU())}
    frame = harness.frame(score(networks, proxies=["rank_sum", "params"]))
    assert list(frame["network"]) == ["small", "small", "wide", "wide"]
    assert (frame["status"] == "scored").all()
    ranks = frame[frame["proxy"] == "rank_sum"]["score"]
    assert ranks.sum() == pytest.approx(9)  # three criteria, each with the ranks 1 and 2


def test_labels_run_through_the_classes_of_the_network_when_absent():
    def digits(network, inputs, labels):
        return int("".join(map(str, labels.tolist())))

    inputs, _ = images(12)
    (all_classes,) = harness.score(SmallNetwork(), inputs, proxies=digits, workers=0).scores
    (three,) = harness.score(
        SmallNetwork(), inputs[:4], classes=3, proxies=digits, workers=0
    ).scores
    assert (all_classes.score, three.score) == (12345678901, 120)


def test_ten_thousand_classes_are_classes_like_ten():
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 10_000))
    scores = rows(harness.score(network, shape=(3, 4, 4), batch="noise:4", proxies=CHEAP))
    assert scores["params"].score == 49 * 10_000
    assert {row.status for row in scores.values()} == {"scored"}


def test_a_proxy_of_ones_own_that_fails_is_a_row_with_its_reason():
    def broken(network, inputs, labels):
        raise ValueError("no such thing")

    mine = ZeroCostProxy(
        name="mine",
        version="1",
        summary="",
        direction=Direction.LOWER,
        passes=(),
        score=lambda observation: 2.0,
    )
    scores = rows(score(SmallNetwork(), proxies=[mine, broken]))
    assert (scores["mine"].score, scores["mine"].direction) == (2.0, Direction.LOWER)
    assert scores["broken"].status == "failed"
    assert "ValueError: no such thing" in scores["broken"].reason


def test_a_network_that_cannot_be_called_fails_alone_among_others():
    networks = {"good": SmallNetwork(), "bad": nn.Linear(3, 2)}
    frame = harness.frame(score(networks, proxies="params"))
    assert list(frame["status"]) == ["scored", "failed"]
    assert "bad cannot be called with inputs of shape (2, 3, 8, 8)" in frame["reason"][1]


def other_each_time():
    widths = iter(range(3, 100))
    return lambda: nn.Sequential(nn.Flatten(), nn.Linear(192, next(widths)))


def raising():
    raise KeyError("layers")


def with_nan():
    network = SmallNetwork()
    with torch.no_grad():
        network[3].weight[0] = torch.nan
    return network


class Odd(nn.Linear):
    """A network that does something else than to return a tensor of one."""

    def __init__(self, act):
        super().__init__(2, 2)
        self.act = act

    def forward(self, *given):
        return self.act(*given)


def of_two(images, others):
    return images + others


BAD_NETWORKS = {
    "several inputs": (Odd(of_two), "Odd: it takes more than images; score a network that is"),
    "an exit": (Odd(lambda _: sys.exit(3)), "(2, 3, 8, 8) torch.float32: SystemExit: 3; give"),
    "lazy": (nn.LazyLinear(10), "LazyLinear '' has no parameters before its first call"),
    "a text": ("network.txt", "'network.txt' is no Python file"),
    "a number": (3, "'network' is a int; give a torch module, or a function"),
    "nothing": ({}, "there is no network to score"),
    "another type": (lambda: 5, "builds lambda returns a int instead of a torch module"),
    "an error": (raising, "the function that builds raising raises KeyError: 'layers'"),
    "another network": (other_each_time(), "gives another network each time (1.weight differs"),
    "another device": (nn.Linear(2, 2, device="meta"), "on the device meta, and it is to be"),
    "nan": (with_nan(), "3.weight of SmallNetwork has values that are not finite"),
    "arguments": (nn.Linear, "the function that builds Linear raises TypeError: "),
}


@pytest.mark.parametrize("kind", BAD_NETWORKS)
def test_what_is_no_network_is_refused_in_one_sentence(kind):
    network, message = BAD_NETWORKS[kind]
    with pytest.raises(UsageError) as refused:
        score(network, proxies="params")
    assert message in str(refused.value)
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)


INPUTS, LABELS = images(4)
BAD_INPUTS = {
    "labels out of range": (
        (INPUTS, LABELS + 7),
        {},
        "labels hold 10, and the network has 10 outputs",
    ),
    "negative labels": ((INPUTS, LABELS - 1), {}, "labels hold -1, and the network"),
    "other shape": (
        (INPUTS[:, :1],),
        {},
        "SmallNetwork cannot be called with inputs of shape (2, 1",
    ),
    "too few labels": ((INPUTS, LABELS[:3]), {}, "there are 4 inputs; give one for each"),
    "no tensor": ((3.5,), {}, "inputs are a float; give a tensor of numbers"),
    "one sample": ((INPUTS[:1],), {}, "give two samples or more"),
    "nan": ((INPUTS * torch.nan,), {}, "inputs hold values that are not finite"),
    "nothing": ((), {}, "without inputs, the shape of one sample is needed"),
    "a shape too": ((INPUTS,), {"shape": (3, 8, 8)}, "'shape' has no part in scoring with inputs"),
    "classes too": ((INPUTS, LABELS), {"classes": 3}, "'classes' has no part in scoring with labe"),
    "many classes": (
        (INPUTS,),
        {"classes": 11},
        "10 outputs, fewer than 11 classes",
    ),
    "no shape": ((), {"shape": (3, 0)}, "shape (3, 0): give sizes of 1 or more, e.g. 3,224,224"),
    "no size": ((), {"shape": ()}, "harness.score: shape is empty; give one or more"),
    "no classes": ((), {"shape": (3, 8, 8), "classes": 0}, "classes=0: give 1 or more"),
    "no classes of inputs": ((INPUTS,), {"classes": 0}, "classes=0: give 1 or more"),
    "empty": ((INPUTS[:, :, :0],), {}, "inputs have the shapes (4, 3, 0, 8); give two samples or"),
    "no image": (
        (),
        {"shape": (12,), "batch": "photographs:4"},
        "samples of shape (12,) are real (12,), not images (channels, height, width)",
    ),
    "many channels": (
        (),
        {"shape": (4, 8, 8), "batch": "photographs:4"},
        "photographs have 1 or 3 channels, but shape (4, 8, 8) has 4; take the batch source noise",
    ),
    "bytes": (
        ((INPUTS * 9).byte(),),
        {},
        "; give images and other real inputs as floats, for whole ones stand for token ids",
    ),
    "data set": ((), {"dataset": "cifar"}, "unknown dataset 'cifar'"),
    "proxy": ((INPUTS,), {"proxies": "synflo"}, "did you mean 'synflow'?"),
    "no proxy": ((INPUTS,), {"proxies": []}, "proxies is empty; give one or more, or leave"),
    "classes as numbers": (
        (INPUTS, LABELS.float()),
        {"loss": "cross_entropy"},
        "labels are of type float32, and the loss cross_entropy wants classes",
    ),
    "loss": ((INPUTS,), {"loss": "cross"}, "unknown loss 'cross'"),
    "no loss": ((INPUTS,), {"loss": 3}, "loss is a int; give a name, or a function"),
    "labels alone": ((None, LABELS), {"shape": (3, 8, 8)}, "labels without inputs belong"),
    "two lengths": (((INPUTS, INPUTS[:2]),), {}, "inputs have the shapes (4, 3, 8, 8), (2, 3, 8"),
    "no processes": ((INPUTS,), {"workers": 0, "timeout": 5}, "'timeout' has no part in scoring"),
}


@pytest.mark.parametrize("kind", BAD_INPUTS)
def test_what_does_not_fit_is_refused_in_one_sentence(kind):
    given, options, message = BAD_INPUTS[kind]
    with pytest.raises(UsageError) as refused:
        harness.score(SmallNetwork(), *given, **({"proxies": "params"} | options))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_networks_that_no_process_can_be_sent_are_scored_in_this_one(caplog):
    lock = threading.Lock()

    def locked():
        with lock:
            return SmallNetwork()

    frame = harness.frame(harness.score(locked, *images(4), proxies="params", workers=2))
    assert list(frame["score"]) == [361.0]
    assert "the networks cannot be sent to another process (TypeError: " in caplog.text


def test_a_network_of_several_inputs_and_a_loss_of_ones_own_is_scored():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Linear(3, 4), nn.Linear(5, 4)

        def forward(self, a, b):
            return {"scores": [self.left(a)], "pair": self.left(a) * self.right(b)}

    def loss(output, labels):
        return (output["pair"].sum(dim=1) - labels).square().mean()

    inputs = {"b": torch.randn(4, 5), "a": torch.randn(4, 3)}
    scores = rows(
        harness.score(
            Two(), inputs, torch.randn(4), loss=loss, proxies=["grad_norm", "params"], workers=0
        )
    )
    assert scores["params"].score == 40
    assert scores["grad_norm"].score > 0


def test_token_and_pixel_networks_have_labels_of_the_form_of_their_output():
    def shape(network, inputs, labels):
        return float("".join(map(str, labels.shape)))

    tokens = torch.arange(8).reshape(2, 4)
    language = nn.Sequential(nn.Embedding(8, 3), nn.Linear(3, 8))
    pixels = nn.Sequential(nn.Conv2d(3, 5, 1))
    regression = nn.Sequential(nn.Flatten(), nn.Linear(12, 1))
    maps = torch.randn(2, 3, 2, 2)
    for network, inputs, expected in (
        (language, tokens, 24),
        (pixels, maps, 222),
        (regression, maps, 21),
    ):
        (row,) = harness.score(network, inputs, proxies=shape, workers=0).scores
        assert row.score == expected


def test_a_network_of_half_precision_is_scored():
    scores = rows(score(SmallNetwork().bfloat16(), proxies=CHEAP))
    assert {row.status for row in scores.values()} == {"scored"}
    assert scores["params"].score == 361


def test_a_compiled_network_has_the_graph_of_what_was_compiled():
    network = SmallNetwork()
    compiled = torch.compile(network, backend="eager")
    asked = {"proxies": ["active_edges", "tg_nas"]}
    expected = {name: row.score for name, row in rows(score(network, **asked)).items()}
    assert {name: row.score for name, row in rows(score(compiled, **asked)).items()} == expected


def test_complex_weights_are_read_by_no_proxy_but_those_of_the_user():
    class Complex(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3 * 8 * 8, 4, dtype=torch.cfloat)
            self.last = nn.Linear(4, 10)

        def forward(self, inputs):
            return self.last(self.first(inputs.flatten(1).to(torch.cfloat)).abs())

    def mine(network, inputs, labels):
        return float(network.first.weight.detach().abs().sum())

    scores = rows(score(Complex(), proxies=["zen", "grad_norm", "zico", "params", mine]))
    for name in ("zen", "grad_norm", "zico"):
        assert scores[name].status == "unsupported"
        assert "Complex has complex weights, such as 'first.weight'" in scores[name].reason
    assert {scores[name].status for name in ("params", "mine")} == {"scored"}


def test_one_number_for_each_class_is_refused_as_labels():
    inputs, _ = images(4)
    with pytest.raises(
        UsageError, match=r"shape \(4, 10\), and the loss cross_entropy wants \(4,\)"
    ):
        harness.score(SmallNetwork(), inputs, torch.eye(10, dtype=torch.int64)[:4], workers=0)


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_a_layer_without_numbers_is_unsupported_in_one_sentence():
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, 0), nn.ReLU(), nn.Linear(0, 10))
    (row,) = score(network, proxies="grad_norm").scores
    assert row.reason.startswith("Linear has a weight without numbers, of shape (0, 192)")

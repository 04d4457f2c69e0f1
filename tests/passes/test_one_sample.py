"""Conditioning and curvature, and with them Dextr against its released code.

The values were computed with that code on the golden networks, on their first image, with the plane
of the circle given (`_plane`) and the ten logits in turn in the place of its random draws.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from harness.core.errors import UndefinedError
from harness.passes import one_sample
from harness.passes.one_sample import MAP_CONDITIONING, OUTPUT_CURVATURE, inverse_condition
from harness.passes.workbench import Workbench
from harness.plugins.zero_cost import dextr
from tests.golden.networks import golden
from tests.passes.subjects import SmallNetwork, bench, images, score, subject, value

RELEASED = {
    "plain": 1.2197176218032837,
    "residual": 1.4010626077651978,
    "no_norm": 0.8672098517417908,
}


def _plane(units: int) -> torch.Tensor:
    drawn = np.random.default_rng(9).standard_normal((units, 2)).astype(np.float32)
    return torch.linalg.qr(torch.from_numpy(drawn)).Q


@pytest.mark.parametrize("name", RELEASED)
def test_dextr_gives_the_value_of_its_release(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def circle(like: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
        first, second = _plane(like.numel()).unbind(dim=1)
        return (first * angle.cos() + second * angle.sin()).reshape(like.shape)

    monkeypatch.setattr(one_sample, "unit_circle", circle)
    whole = golden(name)
    seen = subject(lambda: golden(name).network, whole.inputs, whole.labels)
    on = Workbench(seen, dextr.PLUGIN.passes)
    assert score(on, dextr.PLUGIN) == pytest.approx(RELEASED[name], rel=1e-4)


def test_a_map_of_two_to_one_axes_has_a_condition_of_a_half() -> None:
    maps = torch.tensor([[[2.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]])
    assert inverse_condition(maps) == pytest.approx(0.5)
    assert inverse_condition(torch.tensor([3.0, 4.0])) == pytest.approx(1)
    assert inverse_condition(torch.zeros(2, 3)) == 0
    with pytest.raises(UndefinedError, match="is not finite"):
        inverse_condition(torch.tensor([[math.nan]]))


def test_the_circle_has_radius_one_around_zero() -> None:
    like, points = torch.zeros(3, 4, 4), []
    for angle in (0.0, math.pi):
        torch.manual_seed(0)
        points.append(one_sample.unit_circle(like, torch.tensor(angle)))
    point, turned = points
    assert float(point.norm()) == pytest.approx(1)
    torch.testing.assert_close(turned, -point)


def test_the_output_of_a_quadratic_form_bends_as_by_hand() -> None:
    class Square(nn.Module):
        """Outputs x and x**2 of the first number."""

        def forward(self, numbers: torch.Tensor) -> torch.Tensor:
            return torch.stack([numbers[:, 0], numbers[:, 0] ** 2], dim=1)

    torch.manual_seed(0)
    speed, bend = one_sample.curve_derivatives(Square(), torch.zeros(1, 2))
    torch.manual_seed(0)
    x = float(one_sample.unit_circle(torch.zeros(1, 2), torch.zeros(()))[0, 0])
    # on the circle x'' = -x and x'**2 = 1 - x**2
    assert float(speed[0]) ** 2 == pytest.approx(1 - x * x, rel=1e-5)
    assert float(bend[0]) == pytest.approx(-x, rel=1e-5)
    assert float(speed[1]) == pytest.approx(2 * x * float(speed[0]), rel=1e-5)
    assert float(bend[1]) == pytest.approx(2 * (1 - x * x) - 2 * x * x, rel=1e-4)


def test_every_module_counts_and_vectors_are_well_conditioned() -> None:
    values = value(bench(SmallNetwork, MAP_CONDITIONING), MAP_CONDITIONING)
    assert len(values) == 9  # eight layers and the network itself
    assert values[-4:] == pytest.approx([1, 1, 1, 1])  # pooled, flat, logits, the network's logits


def test_an_output_that_does_not_move_leaves_the_conditioning_alone() -> None:
    class Constant(SmallNetwork):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return super().forward(inputs) * 0

    on = bench(Constant, *dextr.PLUGIN.passes)
    ratios = value(on, MAP_CONDITIONING)
    assert score(on, dextr.PLUGIN) == pytest.approx(math.log1p(sum(ratios)))


def test_other_samples_of_the_batch_make_no_difference() -> None:
    inputs, labels = images()
    others = torch.cat([inputs[:1], inputs[1:] * 3])
    benches = [
        Workbench(subject(_small, batch, labels), dextr.PLUGIN.passes) for batch in (inputs, others)
    ]
    scores = [score(on, dextr.PLUGIN) for on in benches]
    assert scores[0] == scores[1]


def _small() -> nn.Module:
    torch.manual_seed(0)
    return SmallNetwork()


def test_the_plane_is_drawn_anew_for_every_seed() -> None:
    inputs, labels = images()
    speeds = [
        value(
            Workbench(subject(_small, inputs, labels, seed=seed), (OUTPUT_CURVATURE,)),
            OUTPUT_CURVATURE,
        )[0]
        for seed in (1, 1, 2)
    ]
    assert torch.equal(speeds[0], speeds[1])
    assert not torch.equal(speeds[0], speeds[2])

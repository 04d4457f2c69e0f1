from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError
from harness.passes import fisher_information
from harness.passes.fisher_information import FISHER_SPECTRUM, fisher_matrix
from harness.passes.watched_layers import NotKnown
from harness.passes.weight_jacobian import (
    first_element_jacobian,
    jacobian_of_few_outputs,
    jacobian_of_outputs,
)
from harness.passes.workbench import Workbench
from tests.passes.subjects import FixedSpace, SmallNetwork, bench, images, subject, value


class Residual(nn.Module):
    """Strides, dilation, groups, a layer that is called twice and one that is not used."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=2, dilation=2)
        self.norm = nn.BatchNorm2d(4)
        self.twice = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.unused = nn.Linear(4, 4)
        self.down = nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False)
        self.head = nn.Linear(6, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = torch.tanh(self.norm(self.first(images)))
        features = self.twice(torch.tanh(self.twice(features)) + features)
        return self.head(torch.tanh(self.down(features)).mean((2, 3)))


def one_by_one(network, images, tensors):
    jacobian = torch.zeros((len(images), 5, tensors), dtype=torch.float64)
    parameters = list(network.parameters())[:tensors]
    for image in range(len(images)):
        logits = network(images[image : image + 1])[0]
        for one_class in range(5):
            gradients = torch.autograd.grad(
                logits[one_class],
                parameters,
                retain_graph=True,
                materialize_grads=True,
                allow_unused=True,
            )
            jacobian[image, one_class] = torch.stack(
                [gradient.flatten()[0] for gradient in gradients]
            )
    return jacobian


@pytest.mark.parametrize("tensors", [4, 11])
def test_the_jacobian_is_that_of_one_backward_pass_per_image_and_class(tensors):
    torch.manual_seed(0)
    network = Residual().double().eval()
    network.norm.running_mean.uniform_(-1, 1)
    network.norm.running_var.uniform_(0.5, 2)
    images = torch.randn((3, 3, 8, 8), dtype=torch.float64)
    expected = one_by_one(network, images, tensors)
    _, jacobian = first_element_jacobian(network, images, tensors)
    assert torch.allclose(jacobian, expected, atol=1e-12)


class Attentive(nn.Module):
    """Attention, a recurrent layer, norms, and a factor that no layer holds."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(4))
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.norm = nn.LayerNorm(4)
        self.recurrent = nn.LSTM(4, 3, batch_first=True)
        self.head = nn.Linear(3, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        states = images.flatten(2).mT.repeat(1, 1, 2)[..., :4] * self.factor
        states = states + self.attention(states, states, states)[0]
        return self.head(self.recurrent(self.norm(states))[0][:, -1])


@pytest.mark.parametrize("differentiate", [jacobian_of_outputs, jacobian_of_few_outputs])
@pytest.mark.parametrize("build", [Residual, Attentive])
def test_outputs_of_any_network_are_differentiated(build, differentiate):
    torch.manual_seed(0)
    network = build().double().eval()
    images = torch.randn((3, 3, 4, 4), dtype=torch.float64)
    parameters = list(network.parameters())
    logits, jacobian = differentiate(network, images, parameters)
    assert torch.allclose(logits, network(images))
    assert torch.allclose(jacobian, one_by_one(network, images, len(parameters)), atol=1e-12)


def test_layers_of_unknown_kind_need_another_way():
    with pytest.raises(NotKnown):
        first_element_jacobian(Attentive().eval(), torch.zeros((1, 3, 4, 4)), 128)


def test_layers_that_work_in_place_change_nothing():
    jacobians = []
    for in_place in (False, True):
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Conv2d(3, 4, 2), nn.BatchNorm2d(4), nn.ReLU(in_place), nn.Flatten()
        )
        images = torch.randn((2, 3, 2, 2))
        jacobians.append(first_element_jacobian(network.eval(), images, 128)[1])
    assert torch.equal(*jacobians)


def test_the_information_of_many_positions_is_their_mean():
    spectra = []
    for loss in ("per_token", "per_pixel"):
        made = subject(nn.Flatten, *images(2, size=2))
        kind = partial(Positions, classes_last=loss == "per_token")
        made = replace(made, space=FixedSpace(kind), loss=loss)
        spectra.append(value(Workbench(made, (FISHER_SPECTRUM,)), FISHER_SPECTRUM))
    assert len(spectra[0]) == 2
    assert list(spectra[0]) == pytest.approx(list(spectra[1]))


class Positions(nn.Module):
    """Predicts one of five classes at each of four positions."""

    def __init__(self, classes_last: bool) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 5, 1)
        self.classes_last = classes_last

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits = self.layer(images).flatten(2)
        return logits.mT if self.classes_last else logits


@pytest.mark.parametrize("loss", ["regression", lambda output, labels: output.sum()])
def test_outputs_that_are_no_classes_have_no_fisher_information(loss):
    made = replace(subject(SmallNetwork, *images(2)), loss=loss)
    with pytest.raises(UnsupportedError, match="are no classes"):
        value(Workbench(made, (FISHER_SPECTRUM,)), FISHER_SPECTRUM)


def test_the_fisher_matrix_is_the_covariance_of_the_scores():
    torch.manual_seed(0)
    logits, jacobian = torch.randn((4, 3)).double(), torch.randn((4, 3, 2)).double()
    p = 0.95 * logits.softmax(1) + 0.05 / 3
    expected = torch.zeros((2, 2), dtype=torch.float64)
    for image in range(4):
        covariance = p[image].diag() - p[image].outer(p[image])
        expected += jacobian[image].T @ covariance @ jacobian[image] / 4
    assert torch.allclose(fisher_matrix(logits, jacobian), expected)


def test_the_spectrum_has_one_value_per_tensor_in_falling_order():
    spectrum = value(bench(SmallNetwork, FISHER_SPECTRUM), FISHER_SPECTRUM)
    assert spectrum.shape == (7,)
    assert sorted(spectrum, reverse=True) == list(spectrum)


def test_the_spectrum_does_not_read_the_batch():
    spectra = [
        value(
            Workbench(subject(SmallNetwork, *images(seed=seed)), (FISHER_SPECTRUM,)),
            FISHER_SPECTRUM,
        )
        for seed in (0, 1)
    ]
    assert list(spectra[0]) == list(spectra[1])


def test_few_outputs_have_the_spectrum_of_many(monkeypatch):
    spectra = []
    for few in (0, 16):
        monkeypatch.setattr(fisher_information, "_FEW_OUTPUTS", few)
        made = subject(Attentive, *images(2, size=4), classes=5)
        spectra.append(value(Workbench(made, (FISHER_SPECTRUM,)), FISHER_SPECTRUM))
    assert list(spectra[0]) == pytest.approx(list(spectra[1]), rel=1e-4, abs=1e-9)
    assert spectra[0][0] > 0

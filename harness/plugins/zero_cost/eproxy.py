"""Eproxy: how well ten steps of training fit random features through a frozen barrier.

    score = sum over branches b of error_b / 2^b,  lower is better

error_b is the mean squared error of branch b in the tenth step, before its update. A branch takes
the feature map at the end of the last, the middle or the first stage (`harness.passes.eproxy.taps`;
in TransNAS-Bench-101 of one of the last three modules), resizes it to 8 x 8 pixels, and sends it
through a trained 1x1 convolution to 128 channels, ReLU and batch norm and a random 3x3 convolution
that is never trained, the barrier. It shall predict sine waves of high frequency that have nothing
to do with the image. Stochastic gradient descent with momentum 0.9, rate 1.2 and weight decay 4e-5
on weights that are no bias and no batch norm, on one batch of 16 images.

Reference: Li, Li, Hao, Li, Xiong, Chen: Extensible and Efficient Proxy for Neural Architecture
Search, ICCV 2023 (arXiv 2210.09459). The settings are those of the release's configuration for
NAS-Bench-201 without a search, ``config_nb201_mse_12e-1``; the defaults of the paper are not known.
Deviations: the features are made here, for the released ones cannot be had
(`harness.passes.eproxy.targets`); the network has its space's own initial weights, batch norm and
skeleton: Kaiming's in TransNAS-Bench-101, where the release has PyTorch's, and there the deepest
map of a cell network is one pixel, for the release leaves out the last stride; images are the first
16 of the suite's batch, resized to 32 x 32, neither cropped nor mirrored; seeds are an
architecture's own.

Outside of convolutional networks it is defined for images alone: signals, volumes and token ids are
unsupported, and so is a network that takes no images of 32 x 32 pixels. A sequence of tokens that
fills a square, as the patches of a vision transformer, is a feature map; a token more, for the
class, is left out. Parameters that are frozen stay so. Labels and loss do not matter.
"""

from __future__ import annotations

from harness.passes.eproxy import Training
from harness.plugins.eproxies import eproxy

__all__ = ["PLUGIN"]

PLUGIN = eproxy(
    "eproxy", "Loss after ten steps towards random features, past a barrier.", Training()
)

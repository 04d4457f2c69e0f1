"""A U-Net (Ronneberger et al., 2015), a class a pixel: harness score unet.py --shape 3,32,32."""

import torch
from torch import Tensor, nn


def double(channels: int, out: int) -> nn.Sequential:
    """Return two convolutions."""
    return nn.Sequential(
        nn.Conv2d(channels, out, 3, padding=1),
        nn.BatchNorm2d(out),
        nn.ReLU(),
        nn.Conv2d(out, out, 3, padding=1),
        nn.BatchNorm2d(out),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """Down two times, and up again beside what was seen on the way."""

    def __init__(self, width: int = 16, classes: int = 4) -> None:
        super().__init__()
        self.first = double(3, width)
        self.second = double(width, 2 * width)
        self.deepest = double(2 * width, 4 * width)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(4 * width, 2 * width, 2, 2)
        self.back2 = double(4 * width, 2 * width)
        self.up1 = nn.ConvTranspose2d(2 * width, width, 2, 2)
        self.back1 = double(2 * width, width)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits ``(n, classes, height, width)``."""
        first = self.first(x)
        second = self.second(self.pool(first))
        x = self.deepest(self.pool(second))
        x = self.back2(torch.cat([self.up2(x), second], dim=1))
        x = self.back1(torch.cat([self.up1(x), first], dim=1))
        return self.head(x)


def network() -> UNet:
    """Build the network."""
    return UNet()

"""The image networks of the package, written again in PyTorch for comparison."""

from __future__ import annotations

import math

import torch  # ty: ignore[import-not-found]
import torch.nn.functional as functional  # ty: ignore[import-not-found]
from torch import nn  # ty: ignore[import-not-found]

PERIODS = 32


class TimeEmbedding(nn.Module):
    """Sines and cosines of the time, then two dense layers."""

    def __init__(self, width: int):
        super().__init__()
        rates = torch.exp(torch.linspace(0, math.log(1000), PERIODS))
        self.register_buffer("rates", rates)
        self.first = nn.Linear(2 * PERIODS, width)
        self.second = nn.Linear(width, width)

    def forward(self, t):
        """Embed times ``[n, 1]``."""
        waves = torch.cat([torch.sin(t * self.rates), torch.cos(t * self.rates)], 1)
        return functional.silu(self.second(functional.silu(self.first(waves))))


class ResidualBlock(nn.Module):
    """Two convolutions, the time added between them."""

    def __init__(self, inside: int, outside: int, time: int):
        super().__init__()
        self.norms = nn.ModuleList([_norm(inside), _norm(outside)])
        self.first = nn.Conv2d(inside, outside, 3, padding=1)
        self.time = nn.Linear(time, outside)
        self.second = nn.Conv2d(outside, outside, 3, padding=1)
        same = inside == outside
        self.skip = nn.Identity() if same else nn.Conv2d(inside, outside, 1)

    def forward(self, image, time):
        """Map images, given the embedded time."""
        inner = self.first(functional.silu(self.norms[0](image)))
        inner = inner + self.time(time)[:, :, None, None]
        return self.skip(image) + self.second(functional.silu(self.norms[1](inner)))


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(min(32, channels // 4), channels, eps=1e-6)


class UNet(nn.Module):
    """A U-Net without attention: one residual block per resolution on the way down."""

    def __init__(self, width: int, multipliers: tuple[int, ...], channels: int = 3):
        super().__init__()
        widths, time = [width * m for m in multipliers], 4 * width
        self.time = TimeEmbedding(time)
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.down, self.halve = nn.ModuleList(), nn.ModuleList()
        skips, now = [width], width
        for level, wide in enumerate(widths):
            self.down.append(ResidualBlock(now, wide, time))
            skips.append(wide)
            now = wide
            if level < len(widths) - 1:
                self.halve.append(nn.Conv2d(wide, wide, 3, stride=2, padding=1))
                skips.append(wide)
        self.middle = ResidualBlock(now, now, time)
        self.up, self.enlarge = nn.ModuleList(), nn.ModuleList()
        for level, wide in reversed(list(enumerate(widths))):
            for _ in range(2):
                self.up.append(ResidualBlock(now + skips.pop(), wide, time))
                now = wide
            if level:
                self.enlarge.append(nn.Conv2d(wide, wide, 3, padding=1))
        self.norm, self.last = _norm(now), nn.Conv2d(now, channels, 3, padding=1)

    def forward(self, image, t):
        """Map images ``[n, c, h, w]`` and times ``[n, 1]`` to images."""
        time = self.time(t)
        image = self.first(image)
        skips = [image]
        for level, block in enumerate(self.down):
            image = block(image, time)
            skips.append(image)
            if level < len(self.halve):
                image = self.halve[level](image)
                skips.append(image)
        image = self.middle(image, time)
        for i, block in enumerate(self.up):
            image = block(torch.cat([image, skips.pop()], 1), time)
            if i % 2 and i // 2 < len(self.enlarge):
                image = self.enlarge[i // 2](
                    functional.interpolate(image, scale_factor=2)
                )
        return self.last(functional.silu(self.norm(image)))


class Block(nn.Module):
    """Attention and a perceptron, shifted, scaled and gated by the time."""

    def __init__(self, width: int, head: int):
        super().__init__()
        self.head = head
        self.time = nn.Linear(width, 6 * width)
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = (
            nn.Linear(width, 4 * width),
            nn.Linear(4 * width, width),
        )

    def forward(self, tokens, time):
        """Map tokens, given the embedded time."""
        parts = self.time(time)[:, None].chunk(6, 2)
        inner = _modulated(tokens, parts[0], parts[1])
        n, places, width = inner.shape
        split = self.mix(inner).view(n, places, 3, -1, self.head).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(*split)
        tokens = tokens + parts[2] * self.out(
            found.transpose(1, 2).reshape(n, places, width)
        )
        inner = _modulated(tokens, parts[3], parts[4])
        inner = functional.gelu(self.wide(inner), approximate="tanh")
        return tokens + parts[5] * self.narrow(inner)


def _modulated(tokens, shift, scale):
    normal = functional.layer_norm(tokens, tokens.shape[2:], eps=1e-6)
    return normal * (1 + scale) + shift


class Transformer(nn.Module):
    """A transformer on 4x4 patches of 32x32 color images."""

    def __init__(self, width: int, depth: int, head: int = 32):
        super().__init__()
        self.time, self.first = TimeEmbedding(width), nn.Linear(48, width)
        self.place = nn.Parameter(0.02 * torch.randn(1, 64, width))
        self.blocks = nn.ModuleList([Block(width, head) for _ in range(depth)])
        self.shift, self.last = nn.Linear(width, 2 * width), nn.Linear(width, 48)

    def forward(self, image, t):
        """Map images ``[n, 32, 32, 3]`` and times ``[n, 1]`` to images."""
        time = self.time(t)
        cut = image.view(-1, 8, 4, 8, 4, 3).transpose(2, 3).reshape(-1, 64, 48)
        tokens = self.first(cut) + self.place
        for block in self.blocks:
            tokens = block(tokens, time)
        shift, scale = self.shift(time)[:, None].chunk(2, 2)
        found = self.last(_modulated(tokens, shift, scale))
        return found.view(-1, 8, 8, 4, 4, 3).transpose(2, 3).reshape(image.shape)

"""A small convolutional network that classifies images."""

from __future__ import annotations

from flax import linen as nn
from jaxtyping import Array, Float

from retrain_sim.models.convolution import Conv
from retrain_sim.models.fields.embedding import grid_of

CHANNELS, GROUP = (32, 64, 64), 8
"""Of the convolutions, each followed by halving; channels normalized together."""


class ConvNet(nn.Module):
    """Three 3x3 convolutions with GroupNorm and halving, then two dense layers.

    Args:
        image_shape: rows, columns, and channels if there are several; at least 8.
        width: of the hidden dense layer.
        n_classes: number of classes g.
    """

    image_shape: tuple[int, ...]
    width: int
    n_classes: int

    def setup(self):
        """Make the layers."""
        self.convolutions = [Conv(c) for c in CHANNELS]
        self.norms = [nn.GroupNorm(c // GROUP) for c in CHANNELS]
        self.hidden, self.last = nn.Dense(self.width), nn.Dense(self.n_classes)

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n g"]:
        """Map images as rows ``[n, d]`` to logits."""
        return self.last(self.features(x))

    def features(self, x: Float[Array, "n d"]) -> Float[Array, "n width"]:
        """Map images as rows ``[n, d]`` to the hidden layer."""
        image = x.reshape(len(x), *grid_of(self.image_shape))
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            image = nn.max_pool(nn.silu(norm(convolution(image))), (2, 2), (2, 2))
        return nn.silu(self.hidden(image.reshape(len(x), -1)))

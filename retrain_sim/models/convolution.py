"""Convolutions of images whose gradients are fast on CPUs, too, inside of loops.

XLA's CPU compiler brings convolutions into the form that its libraries know in a
program's outermost computation only. Those that differentiation makes have another
form: in the loop of a training run they end as plain loops, up to 150 times slower. So
here gradients are in that form from the start.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

AXES = ("NHWC", "HWIO", "NHWC")
Pair = tuple[int, int]


class Conv(nn.Module):
    """A convolution with zeros around the image, as flax's ``Conv``.

    Args:
        channels: of the output.
        side: of the kernel.
        stride: 2 halves the image.
        dtype: of the arithmetic.
        start: the kernel's initializer.
    """

    channels: int
    side: int = 3
    stride: int = 1
    dtype: Any = jnp.float32
    start: Any = nn.initializers.lecun_normal()

    @nn.compact
    def __call__(self, image: Float[Array, "n h w c"]) -> Float[Array, "n _h _w o"]:
        """Map images."""
        image, kernel, bias = _parameters(self, image)
        strides = (self.stride, self.stride)
        sides = image.shape[1:3], kernel.shape[:2]
        pads = jax.lax.padtype_to_pads(*sides, strides, "SAME")
        return convolve(image, kernel, strides, (1, 1), tuple(pads)) + bias


class ConvTranspose(Conv):
    """A convolution of images with zeros between pixels, as flax's ``ConvTranspose``.

    The settings of ``Conv``, but the side of the kernel is even, and a stride of 2
    doubles the image.
    """

    side: int = 4
    stride: int = 2

    @nn.compact
    def __call__(self, image: Float[Array, "n h w c"]) -> Float[Array, "n _h _w o"]:
        """Map images."""
        image, kernel, bias = _parameters(self, image)
        spread = (self.stride, self.stride)
        around = self.side + self.stride - 2
        pad = (around - around // 2, around // 2)
        return convolve(image, kernel, (1, 1), spread, (pad, pad)) + bias


def _parameters(module: Any, image: Array) -> tuple[Array, Array, Array]:
    """Return the image, the kernel and the bias in the module's precision."""
    shape = (module.side, module.side, image.shape[3], module.channels)
    kernel = module.param("kernel", module.start, shape)
    bias = module.param("bias", nn.initializers.zeros, (module.channels,))
    cast = [a.astype(module.dtype) for a in (image, kernel, bias[None, None, None])]
    return cast[0], cast[1], cast[2]


def convolve(
    image: Float[Array, "n h w c"],
    kernel: Float[Array, "kh kw c o"],
    strides: Pair = (1, 1),
    spread: Pair = (1, 1),
    pads: tuple[Pair, ...] = ((0, 0), (0, 0)),
) -> Float[Array, "n _h _w o"]:
    """Convolve images with a kernel; differentiable in reverse only.

    Args:
        image: the images.
        kernel: the kernel.
        strides: of the kernel on the image.
        spread: distance of the image's pixels; zeros come between.
        pads: pixels before and after rows and columns.

    Returns:
        The images.

    Example:
        >>> image, kernel = jnp.ones((1, 2, 2, 1)), jnp.ones((3, 3, 1, 1))
        >>> convolve(image, kernel, pads=((1, 1), (1, 1))).ravel().tolist()
        [4.0, 4.0, 4.0, 4.0]
    """
    if kernel.shape[:2] == strides == spread == (1, 1) and not any(map(any, pads)):
        return jnp.einsum("nhwc,co->nhwo", image, kernel[0, 0])
    return _convolve(strides, spread, pads, image, kernel)


def _plain(
    strides: Pair, spread: Pair, pads: tuple[Pair, ...], image: Array, kernel: Array
) -> Array:
    return jax.lax.conv_general_dilated(
        image, kernel, strides, pads, lhs_dilation=spread, dimension_numbers=AXES
    )


_convolve = jax.custom_vjp(_plain, nondiff_argnums=(0, 1, 2))


def _forward(
    strides: Pair, spread: Pair, pads: tuple[Pair, ...], image: Array, kernel: Array
) -> tuple[Array, tuple[Array, Array]]:
    return _plain(strides, spread, pads, image, kernel), (image, kernel)


def _backward(
    strides: Pair,
    spread: Pair,
    pads: tuple[Pair, ...],
    kept: tuple[Array, Array],
    change: Array,
) -> tuple[Array, Array]:
    """Return both gradients: as everybody does, but on CPUs.

    Libraries for GPUs have their own programs for gradients, which the compiler knows
    by the usual form.
    """

    def usual(image: Array, kernel: Array, change: Array) -> tuple[Array, Array]:
        found = jax.vjp(partial(_plain, strides, spread, pads), image, kernel)[1]
        return found(change)

    def fast(image: Array, kernel: Array, change: Array) -> tuple[Array, Array]:
        shape = image, kernel, change, strides, spread, pads
        return _to_image(*shape), _to_kernel(*shape)

    return jax.lax.platform_dependent(*kept, change, cpu=fast, default=usual)


_convolve.defvjp(_forward, _backward)


def _to_image(image, kernel, change, strides, spread, pads) -> Array:
    """Spread the changes over the image by the kernel, turned around."""
    around = []
    for axis, (before, _) in enumerate(pads):
        last = (image.shape[axis + 1] - 1) * spread[axis]
        reached = (change.shape[axis + 1] - 1) * strides[axis]
        side = kernel.shape[axis]
        around.append((side - 1 - before, last - reached + before))
    turned = jnp.flip(kernel, (0, 1)).swapaxes(2, 3)
    return _plain(spread, strides, tuple(around), change, turned)


def _to_kernel(image, kernel, change, strides, spread, pads) -> Array:
    """Convolve channels of the image with changes, images as channels."""
    around = []
    for axis, (before, _) in enumerate(pads):
        last = (image.shape[axis + 1] - 1) * spread[axis]
        reached = (change.shape[axis + 1] - 1) * strides[axis]
        around.append((before, kernel.shape[axis] - 1 - last - before + reached))
    found = jax.lax.conv_general_dilated(
        image.transpose(3, 1, 2, 0),
        change.transpose(1, 2, 0, 3),
        (1, 1),
        around,
        lhs_dilation=spread,
        rhs_dilation=strides,
        dimension_numbers=AXES,
    )
    return found.transpose(1, 2, 0, 3)

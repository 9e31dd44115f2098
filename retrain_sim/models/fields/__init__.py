"""Networks from a position and a time to a vector: what flows and diffusions train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from retrain_sim.models.fields.transformer import (
    TRANSFORMER_SIZES,
    Transformer,
    patch_of,
)
from retrain_sim.models.fields.unet import UNET_SIZES, UNet
from retrain_sim.models.networks import Velocity

SIZES = ("tiny", "small", "base")
IMAGE_NETWORKS: dict[str, Any] = {
    "dit": (Transformer, TRANSFORMER_SIZES),
    "unet": (UNet, UNET_SIZES),
}
NETWORKS = ("mlp", *IMAGE_NETWORKS)


def field_of(model: Any) -> Any:
    """Make the network that a model's settings describe.

    Args:
        model: has ``network``, ``hidden``, ``size``, ``image_shape``, ``precision``.

    Returns:
        A module ``(x [n, d], t [n, 1]) -> [n, d]``.
    """
    if model.network == "mlp":
        return Velocity(model.hidden, model.precision)
    module, sizes = IMAGE_NETWORKS[model.network]
    return module(model.image_shape, sizes[model.size], model.precision)


def field_faults(model: Any) -> Iterator[tuple[str, str]]:
    """Yield an unknown network or size."""
    for name, allowed in (("network", NETWORKS), ("size", SIZES)):
        found = getattr(model, name)
        if found not in allowed:
            yield name, f"unknown {found!r}; allowed: {', '.join(allowed)}"


def check_images(model: Any, kit: Any) -> None:
    """Refuse data that the network cannot read."""
    if model.network == "mlp":
        return
    shape = kit.data.image_shape
    if shape is None:
        kit.fail("model.network", f"{model.network} needs images; use mlp")
    if model.network == "dit" and any(side % patch_of(shape) for side in shape[:2]):
        patch = patch_of(shape)
        kit.fail("model.network", f"dit cuts {shape} images into {patch}x{patch}")

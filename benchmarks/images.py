"""Flow matching on 32x32 color images: training steps and sampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.models import FlowMatching
from retrain_sim.models.fields.transformer import TRANSFORMER_SIZES
from retrain_sim.models.fields.unet import UNET_SIZES
from retrain_sim.rows import all_sharing

SHAPE, DIM, BATCH, IMAGES, STEPS, RATE = (32, 32, 3), 3072, 64, 1000, 12, 1e-3


def _ours(network: str, scale: float) -> FlowMatching:
    return FlowMatching(
        network=network,
        size="small",
        steps=1,
        batch=scaled(BATCH, scale),
        rate=RATE,
        solver="euler",
        solver_steps=scaled(STEPS, scale),
        chunk=25,
        image_shape=SHAPE,
        dim=DIM,
    )


def _torch_network(network: str) -> Any:
    import torch  # ty: ignore[import-not-found]

    from benchmarks import torch_images

    torch.manual_seed(0)
    if network == "unet":
        size = UNET_SIZES["small"]
        return torch_images.UNet(size.width, size.multipliers)
    return torch_images.Transformer(*TRANSFORMER_SIZES["small"])


def _start(model: FlowMatching, theirs: Any) -> Any:
    """Make parameters; as many as the rival has, or it is another network."""
    params = jax.jit(model._begin)(jax.random.key(0), jnp.zeros((1, DIM)))
    ours = sum(leaf.size for leaf in jax.tree.leaves(params))
    assert ours == sum(p.numel() for p in theirs.parameters())
    return params


def _by_all(rows: int, function: Callable, *args: Any) -> Callable[[], Any]:
    """Compile for all devices, which share the rows as when p_0 is trained."""
    with all_sharing(rows):
        compiled = jax.jit(function).lower(*args).compile()
        args = jax.device_put(args, compiled.input_shardings[0])
    return lambda: jax.block_until_ready(compiled(*args))


def _image_axes(network: str) -> tuple[int, ...]:
    return (3, 32, 32) if network == "unet" else SHAPE


def _training(network: str, scale: float) -> Case:
    import torch  # ty: ignore[import-not-found]

    model, theirs = _ours(network, scale), _torch_network(network)
    params = _start(model, theirs)
    data = jax.random.normal(jax.random.key(1), (256, DIM))
    key, ones = jax.random.key(2), jnp.ones(len(data))
    fit = _by_all(model.batch, model.fit, key, params, data, ones)
    real = torch.randn(256, *_image_axes(network))
    optimizer = torch.optim.AdamW(theirs.parameters(), RATE, weight_decay=0.0)

    def rival() -> None:
        x_1 = real[torch.randint(256, (model.batch,))]
        x_0, t = torch.randn_like(x_1), torch.rand(model.batch, 1)
        s = t[:, :, None, None]
        loss = (theirs((1 - s) * x_0 + s * x_1, t) - (x_1 - x_0)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return Case(fit, rival)


def _sampling(network: str, scale: float) -> Case:
    import torch  # ty: ignore[import-not-found]

    model, theirs = _ours(network, scale), _torch_network(network)
    params, n = _start(model, theirs), scaled(IMAGES, scale)
    key = jax.random.key(2)
    sample = _by_all(n, lambda key, params: model.sample(key, params, n), key, params)

    def rival() -> None:
        with torch.no_grad():
            for chunk in torch.randn(n, *_image_axes(network)).split(model.chunk):
                x = chunk
                for i in range(model.solver_steps):
                    t = torch.full((len(x), 1), i / model.solver_steps)
                    x = x + theirs(x, t) / model.solver_steps

    return Case(sample, rival)


BENCHMARKS = [
    Benchmark(
        "unet-step",
        "flow-matching U-Net small (1.0 M), 32x32x3, batch 64: one training step",
        "PyTorch, the same network",
        ("torch",),
        0.6,
        lambda scale: _training("unet", scale),
        memory=True,
    ),
    Benchmark(
        "dit-step",
        "flow-matching DiT small (1.1 M), patch 4, 32x32x3, batch 64: a training step",
        "PyTorch, the same network",
        ("torch",),
        1.3,
        lambda scale: _training("dit", scale),
        memory=True,
    ),
    Benchmark(
        "unet-sampling",
        "1 000 images by the U-Net small, 12 Euler steps",
        "PyTorch, the same network",
        ("torch",),
        1.0,
        lambda scale: _sampling("unet", scale),
        memory=True,
    ),
    Benchmark(
        "dit-sampling",
        "1 000 images by the DiT small, 12 Euler steps",
        "PyTorch, the same network",
        ("torch",),
        1.0,
        lambda scale: _sampling("dit", scale),
        memory=True,
    ),
]

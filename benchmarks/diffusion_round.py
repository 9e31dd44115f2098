"""One curated round of a diffusion on eight Gaussians, 8 seeds."""

from __future__ import annotations

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from benchmarks.devices import over_devices
from benchmarks.flow_round import _centers
from retrain_sim.base import View
from retrain_sim.curation import KChoice
from retrain_sim.models import Diffusion
from retrain_sim.models.networks import FREQUENCIES
from retrain_sim.models.noise_schedules import signal_levels
from retrain_sim.threefry import make_key

SEEDS, HIDDEN, RATE, WEIGHTS, SLATE = 8, (176, 176, 176), 1e-3, (0.5, 0.5), 4
"""67 k parameters."""
POOL, KEPT, SOLVER_STEPS, STEPS, BATCH, LEVELS = 10_000, 2500, 50, 500, 256, 1000


def _torch_network() -> Any:
    from torch import nn  # ty: ignore[import-not-found]

    widths = (2 + 2 * FREQUENCIES, *HIDDEN)
    layers: list[Any] = []
    for inside, outside in itertools.pairwise(widths):
        layers += [nn.Linear(inside, outside), nn.SiLU()]
    return nn.Sequential(*layers, nn.Linear(HIDDEN[-1], 2))


def _torch_round(centers: np.ndarray, scale: float, seed: int) -> Any:
    import torch  # ty: ignore[import-not-found]

    torch.manual_seed(seed)
    network, waves = _torch_network(), torch.pi * torch.arange(1.0, FREQUENCIES + 1)
    signal = torch.from_numpy(signal_levels("linear", LEVELS))

    def predict(x, t):
        angles = t * waves
        return network(torch.cat([x, torch.sin(angles), torch.cos(angles)], 1))

    pool, kept = scaled(POOL, scale, SLATE), scaled(KEPT, scale)
    visited = np.linspace(LEVELS, 0, scaled(SOLVER_STEPS, scale) + 1).round()
    x = torch.randn(pool, 2)
    with torch.no_grad():
        for level, next_level in itertools.pairwise(visited):
            now, later = signal[int(level)], signal[int(next_level)]
            noise = predict(x, torch.full((pool, 1), level / LEVELS))
            guess = (x - (1 - now).sqrt() * noise) / now.sqrt()
            x = later.sqrt() * guess + (1 - later).sqrt() * noise
    rewards = -torch.cdist(torch.from_numpy(centers).float(), x).square()
    slates = torch.randint(pool, (kept, SLATE))
    voters = torch.multinomial(torch.tensor(WEIGHTS), kept, replacement=True)
    odds = rewards[voters[:, None], slates].softmax(1)
    data = x[slates.gather(1, torch.multinomial(odds, 1))[:, 0]]
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    for _ in range(scaled(STEPS, scale)):
        clean = data[torch.randint(kept, (BATCH,))]
        level = torch.randint(1, LEVELS + 1, (BATCH, 1))
        noise, left = torch.randn_like(clean), signal[level]
        noisy = left.sqrt() * clean + (1 - left).sqrt() * noise
        loss = (predict(noisy, level / LEVELS) - noise).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


def _make(scale: float) -> Case:
    pool, kept = scaled(POOL, scale, SLATE), scaled(KEPT, scale)
    model = Diffusion(
        hidden=HIDDEN,
        levels=LEVELS,
        initial_steps=1,
        steps=scaled(STEPS, scale),
        batch=BATCH,
        rate=RATE,
        solver_steps=scaled(SOLVER_STEPS, scale),
        dim=2,
    )
    curator = KChoice(WEIGHTS, SLATE, 1.0, pool, kept)
    centers = jnp.asarray(_centers(), jnp.float32)

    def one(key, params):
        key_sample, key_curate, key_fit = jax.random.split(key, 3)
        x = model.sample(key_sample, params, pool)
        rewards = -((x[None] - centers[:, None]) ** 2).sum(axis=2)
        view = View(x, jnp.ones(pool), rewards, jnp.zeros(pool, jnp.int32))
        chosen = x[curator.select(key_curate, view, None).index]
        return model.fit(key_fit, params, chosen, jnp.ones(kept))

    keys = jax.random.split(make_key(0), SEEDS)
    start = jax.random.normal(jax.random.key(1), (BATCH, 2))
    init = jax.jit(jax.vmap(lambda key: model.init(key, start, jnp.ones(BATCH))))
    params = init(keys)
    theirs = sum(p.numel() for p in _torch_network().parameters())
    assert sum(leaf[0].size for leaf in jax.tree.leaves(params)) == theirs
    numbers = _centers()
    return Case(
        over_devices(one, keys, params),
        lambda: [_torch_round(numbers, scale, seed) for seed in range(SEEDS)],
    )


BENCHMARKS = [
    Benchmark(
        "diffusion-round",
        "diffusion on 8 Gaussians: 10 000 points by 50 DDIM steps, keep 2 500 (K = 4), "
        "500 steps of 256, MLP of 67 k parameters, 8 seeds",
        "PyTorch, seed after seed",
        ("torch",),
        3.0,
        _make,
        memory=True,
    )
]

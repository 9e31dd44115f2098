"""One curated round of a flow on eight Gaussians: sample, choose, retrain; 8 seeds."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from benchmarks.devices import over_devices
from retrain_sim.base import View
from retrain_sim.curation import KChoice
from retrain_sim.data import EightGaussians
from retrain_sim.models import FlowMatching
from retrain_sim.threefry import make_key

SEEDS, WIDTH, RATE, WEIGHTS, SLATE = 8, 64, 1e-3, (0.5, 0.5), 4
POOL, KEPT, SOLVER_STEPS, STEPS, BATCH = 10_000, 2500, 100, 500, 256


def _centers() -> np.ndarray:
    """Return the two voters' favorite points: opposite modes of the data."""
    return np.asarray(EightGaussians().load(np.random.default_rng(0)).modes)[[0, 4]]


def _torch_round(centers: np.ndarray, scale: float, seed: int) -> Any:
    import torch  # ty: ignore[import-not-found]
    from torchcfm import (  # ty: ignore[import-not-found]
        ConditionalFlowMatcher,
    )
    from torchcfm.models import MLP  # ty: ignore[import-not-found]

    torch.manual_seed(seed)
    network = MLP(2, w=WIDTH, time_varying=True)
    pool, kept = scaled(POOL, scale, SLATE), scaled(KEPT, scale)
    n_solver, n_steps = scaled(SOLVER_STEPS, scale), scaled(STEPS, scale)
    x, time = torch.randn(pool, 2), torch.empty(pool, 1)
    with torch.no_grad():
        for i in range(n_solver):
            inputs = torch.cat([x, time.fill_(i / n_solver)], 1)
            x = x + network(inputs) / n_solver
    rewards = -torch.cdist(torch.from_numpy(centers).float(), x).square()
    slates = torch.randint(pool, (kept, SLATE))
    voters = torch.multinomial(torch.tensor(WEIGHTS), kept, replacement=True)
    odds = rewards[voters[:, None], slates].softmax(1)
    data = x[slates.gather(1, torch.multinomial(odds, 1))[:, 0]]
    matcher = ConditionalFlowMatcher(sigma=0.0)
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    for _ in range(n_steps):
        x_1 = data[torch.randint(kept, (BATCH,))]
        x_0 = torch.randn_like(x_1)
        t, x_t, u_t = matcher.sample_location_and_conditional_flow(x_0, x_1)
        loss = (network(torch.cat([x_t, t[:, None]], 1)) - u_t).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


def _make(scale: float) -> Case:
    pool, kept = scaled(POOL, scale, SLATE), scaled(KEPT, scale)
    model = FlowMatching(
        hidden=(WIDTH,) * 3,
        initial_steps=1,
        steps=scaled(STEPS, scale),
        batch=BATCH,
        rate=RATE,
        solver="euler",
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
    ours = over_devices(one, keys, init(keys))
    numbers = _centers()
    return Case(
        ours,
        lambda: [_torch_round(numbers, scale, seed) for seed in range(SEEDS)],
    )


BENCHMARKS = [
    Benchmark(
        "flow-round",
        "flow on 8 Gaussians: 10 000 points by 100 Euler steps, keep 2 500 (K = 4), "
        "500 steps of 256, MLP 3 x 64, 8 seeds",
        "PyTorch with torchcfm, seed after seed",
        ("torch", "torchcfm"),
        3.0,
        _make,
        memory=True,
    )
]

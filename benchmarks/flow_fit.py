"""One retraining of the digits' flow: 300 steps of 128, then 1 500 samples."""

from __future__ import annotations

import importlib.util

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Case
from retrain_sim.models import FlowMatching

NAME = "flow matching, 300 steps x 128, then 1 500 samples"
RIVAL = "PyTorch (eager)"
STEPS, BATCH, SAMPLES, SOLVER, DIM, WIDTH = 300, 128, 1500, 20, 64, 256


def _data() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((500, DIM)).astype(np.float32)


def _torch_fit() -> object:
    import torch  # ty: ignore[import-not-found]
    from torch import nn  # ty: ignore[import-not-found]

    torch.manual_seed(0)
    layers = [nn.Linear(DIM + 16, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU()]
    layers += [nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, DIM)]
    network = nn.Sequential(*layers)
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-3)
    data, waves = torch.from_numpy(_data()), torch.arange(1, 9) * torch.pi

    def velocity(x, t):
        return network(torch.cat([x, torch.sin(t * waves), torch.cos(t * waves)], 1))

    for _ in range(STEPS):
        x_1 = data[torch.randint(len(data), (BATCH,))]
        x_0, t = torch.randn_like(x_1), torch.rand(BATCH, 1)
        loss = (velocity((1 - t) * x_0 + t * x_1, t) - (x_1 - x_0)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    x, h = torch.randn(SAMPLES, DIM), 1 / SOLVER
    with torch.no_grad():
        for i in range(SOLVER):
            t = torch.full((SAMPLES, 1), i * h)
            first = velocity(x, t)
            x = x + h / 2 * (first + velocity(x + h * first, t + h))
    return x


def case() -> Case | None:
    """Return both fits, or None where PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    model = FlowMatching(
        dim=DIM,
        initial_steps=1,
        steps=STEPS,
        batch=BATCH,
        rate=4e-3,
        solver_steps=SOLVER,
    )
    data, weights = jnp.asarray(_data()), jnp.ones(500)
    key = jax.random.key(0)
    params = jax.jit(model.init)(key, data, weights)

    def work(key, params):
        return model.sample(key, model.fit(key, params, data, weights), SAMPLES)

    def compile_fit():
        compiled = jax.jit(work).lower(key, params).compile()
        return lambda: jax.block_until_ready(compiled(key, params))

    return Case(compile_fit, _torch_fit)

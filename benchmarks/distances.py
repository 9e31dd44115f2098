"""Distances between samples: sliced, and entropic, beside POT."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.dose.distances import squared_sinkhorn, squared_sliced
from retrain_sim.dose.distances.sinkhorn import EPSILON, TOLERANCE
from retrain_sim.dose.distances.sliced import DIRECTIONS, directions

DIM = 64


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw two samples, a small shift apart."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, n, DIM)).astype(np.float32)
    return x, y + np.float32(0.05)


def _sliced(n: int) -> Case:
    x, y = samples(n)
    across = directions(DIM, DIRECTIONS).astype(np.float32).T

    def pot(precision: type = np.float32) -> float:
        import ot

        data, theirs, ways = (z.astype(precision) for z in (x, y, across))
        return ot.sliced_wasserstein_distance(data, theirs, projections=ways) ** 2

    def agree() -> None:
        # In float32 POT adds up 100 000 weights of 1e-5, and is off by 1e-3.
        np.testing.assert_allclose(squared_sliced(x, y), pot(np.float64), rtol=1e-4)

    return Case(lambda: squared_sliced(x, y), pot, agree)


def _sinkhorn(n: int) -> Case:
    x, y = samples(n)

    def pot() -> float:
        """Return the same divergence from plans of POT's stabilized iterations."""
        return _divergence(x, y)

    def agree() -> None:
        np.testing.assert_allclose(squared_sinkhorn(x, y), pot(), rtol=1e-3)

    return Case(lambda: squared_sinkhorn(x, y), pot, agree)


def _divergence(x: np.ndarray, y: np.ndarray) -> float:
    import ot

    eps = EPSILON * float(ot.dist(x, y).mean())

    def cost(one: np.ndarray, other: np.ndarray) -> float:
        costs = ot.dist(one, other).astype(np.float64)
        a, b = (np.full(len(z), 1 / len(z)) for z in (one, other))
        settings = {"method": "sinkhorn_stabilized", "stopThr": TOLERANCE}
        plan = ot.sinkhorn(a, b, costs, eps, **settings)
        logs = np.log(np.maximum(plan, 1e-300) * len(a) * len(b))
        return float((plan * costs).sum() + eps * (plan * logs).sum())

    return cost(x, y) - cost(x, x) / 2 - cost(y, y) / 2


BENCHMARKS = [
    Benchmark(
        "sliced",
        "sliced W2, 512 directions, 100 000 points each in 64 dimensions",
        "POT",
        ("POT",),
        None,
        lambda scale: _sliced(scaled(100_000, scale, 50)),
    ),
    Benchmark(
        "sinkhorn",
        "Sinkhorn divergence, 5 000 x 5 000 points in 64 dimensions",
        "POT, stabilized",
        ("POT",),
        None,
        lambda scale: _sinkhorn(scaled(5000, scale, 50)),
    ),
]

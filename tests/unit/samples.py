"""Weighted samples for the tests of metrics, and metrics of plain arrays."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.base import Frame, View
from retrain_sim.metrics import pairwise

KEY = jax.random.key(0)


def counted(seed, n=90, d=3, shift=0.0):
    """Draw rows ``[n, d]`` and counts 0, 1, 2 or 3."""
    rng = np.random.default_rng(seed)
    x = (shift + rng.normal(size=(n, d))).astype(np.float32)
    return x, rng.integers(4, size=n).astype(np.float32)


def repeated(sample):
    """Write every row as often as it counts, in float64."""
    x, counts = sample
    return np.repeat(x, counts.astype(int), axis=0).astype(np.float64)


def view_of(sample):
    x, weights = (jnp.asarray(part) for part in sample)
    return View(x, weights, jnp.zeros((1, len(x))), jnp.zeros(len(x), jnp.int32))


def _rows(metric, view, reference):
    return metric(KEY, view, Frame(reference, ("all",), ("r",)))


_compiled = jax.jit(_rows)


def measure(metric, fake, real, program=_compiled):
    """Measure (rows, counts) against (rows, counts); return floats."""
    rows = program(metric, view_of(fake), view_of(real))
    return {name: float(value) for name, value in rows.items()}


def assert_blocks_change_nothing(metric, fake, real, monkeypatch):
    """Measure at once, and in blocks of seven rows that leave a rest."""
    assert len(fake[0]) < pairwise.BLOCK
    assert len(fake[0]) % 7 > 0
    expected = measure(metric, fake, real)
    monkeypatch.setattr(pairwise, "BLOCK", 7)
    found = measure(metric, fake, real, program=_rows)
    assert found == pytest.approx(expected, rel=1e-5)


def measure_alone(metric, view):
    """Measure a view where the frame does not matter; return floats."""
    rows = _compiled(metric, view, view)
    return {name: float(value) for name, value in rows.items()}


@jax.jit
def _measure_all(metric, fake, real):
    def one(pair):
        x, y = pair
        ones, groups = jnp.ones(len(x)), jnp.zeros(len(x), jnp.int32)
        view = View(x, ones, jnp.zeros((1, len(x))), groups)
        reference = View(y, jnp.ones(len(y)), jnp.zeros((1, len(y))), groups[: len(y)])
        return metric(KEY, view, Frame(reference, ("all",), ("r",)))

    return jax.lax.map(one, (fake, real))


def measure_all(metric, fake, real):
    """Measure many pairs of unweighted samples ``[runs, n, d]``."""
    return jax.device_get(_measure_all(metric, jnp.asarray(fake), jnp.asarray(real)))

"""What several test files share: prepared scenarios, and how numbers are compared."""

import math

import jax
import numpy as np

from retrain_sim import load_spec, prepare
from retrain_sim.runner import run

STANDARD_ERRORS = 4.0
ROUNDING = 64 * float(np.finfo(np.float32).eps)
"""Relative to the greatest number: float32 sums of some hundred terms, reordered."""

_MADE = {}


def spec_of(name, **settings):
    """Load a ready scenario; a double underscore in a setting stands for a dot."""
    return load_spec(name, {k.replace("__", "."): v for k, v in settings.items()})


def prepared_of(name, **settings):
    """Prepare a ready scenario, once in a session."""
    return _once(prepare, name, settings)


def result_of(name, **settings):
    """Run a ready scenario, once in a session."""
    return _once(run, name, settings)


def _once(make, name, settings):
    key = (make.__name__, name, repr(settings))
    if key not in _MADE:
        _MADE[key] = make(spec_of(name, **settings))
    return _MADE[key]


def assert_mean(samples, expected, n_errors=STANDARD_ERRORS):
    """Compare the mean over runs ``[n_runs, ...]`` with a law, in standard errors."""
    deviation = deviations(samples, expected)
    assert (np.abs(deviation) <= n_errors).all(), f"in standard errors: {deviation}"


def deviations(samples, expected):
    """Return how many standard errors the mean over runs is off."""
    samples = np.asarray(samples, np.float64)
    error = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    return (samples.mean(axis=0) - expected) / error


def assert_close(found, expected, rounding=ROUNDING):
    """Compare two trees of numbers: equal up to float32 rounding of the greatest."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        if np.issubdtype(a.dtype, np.floating):
            scale = np.abs(b).max(initial=0)
            np.testing.assert_allclose(a, b, rtol=0, atol=rounding * scale)
        else:
            np.testing.assert_array_equal(a, b)


def assert_identical(found, expected):
    """Compare two trees bit for bit."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())

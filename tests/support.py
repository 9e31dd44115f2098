"""What several test files share: prepared scenarios, and how numbers are compared."""

import copy
import math
import tempfile
import tomllib
from pathlib import Path

import jax
import numpy as np
import pytest
import tomli_w

from retrain_sim import load_spec, prepare
from retrain_sim.predictions import survival
from retrain_sim.runner import run
from retrain_sim.spec import scenario_text

STANDARD_ERRORS = 4.0
ROUNDING = 64 * float(np.finfo(np.float32).eps)
"""Relative to the greatest number: float32 sums of some hundred terms, reordered."""

POOL = {"curation__n_candidates": 4000, "curation__n_kept": 4000}
READY = {
    "coin-drift": {},
    "compromise": POOL,
    "condorcet": {"run__rounds": 60},
    "digits": {
        "run": {"rounds": 2, "seeds": 2, "atoms": 60},
        "model__hidden": [16],
        "model__initial_steps": 20,
        "model__steps": 5,
        "model__solver_steps": 2,
        "curation__n_candidates": 80,
        "curation__n_kept": 40,
    },
    "gaussian-decay": {"run__rounds": 60, "run__seeds": 200},
    "two-tribes": {"run__rounds": 20, "run__seeds": 8, **POOL},
}
"""The ready scenarios, some of them made smaller: their results serve many tests."""

_MADE = {}


def spec_of(name, **settings):
    """Change a ready scenario; a double underscore stands for a dot."""
    values = tomllib.loads(scenario_text(name))
    for path, value in settings.items():
        *above, last = path.split("__")
        table = values
        for key in above:
            table = table.setdefault(key, {})
        table[last] = copy.deepcopy(value)
    return spec_from(values, name)


def spec_from(values, name="scenario"):
    """Load a spec from the values of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_text(tomli_w.dumps(values), encoding="utf-8")
        return load_spec(path)


def prepared_of(name, **settings):
    """Prepare a ready scenario, once in a session."""
    return _once(prepare, name, settings)


def result_of(name, **settings):
    """Run a ready scenario, once in a session."""
    return _once(run, name, settings)


def ready_result(name):
    """Run a ready scenario in the size that tests share."""
    return result_of(name, **READY[name])


def quick_limits():
    """Look for the limits of fewer samples, and give up soon: a module's fixture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survival, "MOST_ATOMS", 200)
        patch.setattr(survival, "MOST_ROUNDS", 64)
        yield


def _once(make, name, settings):
    key = (make.__name__, name, repr(settings))
    if key not in _MADE:
        _MADE[key] = make(spec_of(name, **settings))
    return _MADE[key]


def slow(*values):
    """Make a case that only ``make test-slow`` runs; others like it are in both."""
    return pytest.param(*values, marks=pytest.mark.slow)


def named_cases(table, quick):
    """Make cases of what a table names; all but the quick ones are slow."""
    rows = {k: v if isinstance(v, tuple) else (v,) for k, v in table.items()}
    return [
        pytest.param(*row, id=name, marks=() if name in quick else pytest.mark.slow)
        for name, row in rows.items()
    ]


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
    pairs = list(zip(_host(found), _host(expected), strict=True))
    scale = max((_size(b) for _, b in pairs), default=0)
    for a, b in pairs:
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        if np.issubdtype(a.dtype, np.floating):
            np.testing.assert_allclose(a, b, rtol=0, atol=rounding * scale)
        else:
            np.testing.assert_array_equal(a, b)


def _host(tree):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def _size(leaf):
    return np.abs(leaf).max(initial=0) if leaf.dtype.kind == "f" else 0


def assert_identical(found, expected):
    """Compare two trees bit for bit."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for a, b in zip(_host(found), _host(expected), strict=True):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())

"""A growing pool, curated for every training set: simulation against its exact map."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import deviations, spec_from

from retrain_sim import prepare
from retrain_sim.regimes.curated_pool import _evenly
from retrain_sim.runner import predict, run

SHARES = ("share/0", "share/1", "share/2")
LETTERS = {
    "data": {"kind": "alphabet", "probs": [0.5, 0.3, 0.2]},
    "model": {"kind": "categorical"},
    "reward": [
        {"name": "last", "kind": "table", "values": [0.0, 0.5, 1.0]},
        {"name": "first", "kind": "table", "values": [0.5, 0.0, 0.0]},
    ],
    "groups": {"kind": "alphabet"},
    "curation": {
        "kind": "k-choice",
        "voter_weights": [0.8, 0.2],
        "slate_size": 2,
        "n_candidates": 400,
        "n_kept": 200,
    },
    "metrics": {"names": ["shares"]},
    "run": {"rounds": 2, "seeds": 100},
    "headline": {"metric": SHARES[0]},
    "regime": {"kind": "curated-pool", "real_size": 2000},
}


@pytest.fixture(scope="module")
def result():
    return run(spec_from(LETTERS))


def off(result, rows):
    """Return how many standard errors the shares are off a law, at most."""
    found = []
    for name in SHARES:
        values = result.history[name].values[0, :, 1:]
        found.append(np.abs(deviations(values, rows[name][1:])))
    return np.max(found)


def test_the_loop_follows_the_map_of_the_pool(result):
    law = {name: result.prediction[name].values[0] for name in SHARES}
    assert off(result, law) <= 4


def test_the_law_of_another_regime_fails(result):
    """Where curation acts on survivors only, not on the whole pool again."""
    regime = {"kind": "accumulate", "real_size": 2000}
    outlooks, _ = predict(prepare(spec_from(LETTERS | {"regime": regime})))
    (outlook,) = outlooks.values()
    assert off(result, outlook.rows) > 10


def test_all_filled_places_come_up_equally_often():
    n, filled = 11, 4
    draw = jax.jit(lambda key: _evenly(key, jnp.int32(filled), n))
    found = np.array([draw(jax.random.key(i)) for i in range(200)])
    counts = (found[:, :, None] == np.arange(n)).sum(axis=1)
    assert not counts[:, filled:].any()
    assert set(np.unique(counts[:, :filled])) == {2, 3}
    error = counts[:, :filled].std(axis=0) / 200**0.5
    assert (np.abs(counts[:, :filled].mean(axis=0) - n / filled) <= 4 * error).all()

"""A kernel density refitted to its own samples spreads: an exact law."""

import jax
import numpy as np
import pytest
from support import assert_mean, prepared_of

from retrain_sim.loop import initial_state, retrain_round, scan_rounds

N_KEPT, ROUNDS, SEEDS, H = 6, 10, 4000, 1.0


def stored_variance(params):
    """The variance of the stored rows, ddof 0."""
    x, share = params.x[:, 0], params.weights / params.weights.sum()
    return share @ (x - share @ x) ** 2


@pytest.mark.parametrize("bias", [1.0, 0.5])
def test_the_mean_variance_spreads(bias):
    """E[S_{t+1}] = (1 - 1/n) (E[S_t] + lambda h^2): up to (n - 1) lambda h^2."""
    kde = {"kind": "kernel-density", "bandwidth": H, "sampling_bias": bias}
    few = {"data__n": 60, "curation__n_kept": N_KEPT, "curation__n_candidates": N_KEPT}
    prepared = prepared_of("gaussian-decay", model=kde, **few)
    scenario = next(iter(prepared.arms.values()))

    @jax.jit
    def one(key, scenario):
        key_start, key_rounds = jax.random.split(key)
        return scan_rounds(
            key_rounds,
            lambda key, state: retrain_round(key, state, scenario),
            initial_state(key_start, scenario, ROUNDS),
            ROUNDS,
            lambda key, state: stored_variance(state.params),
        ).rows

    keys = jax.random.split(jax.random.key(0), SEEDS)
    found = jax.lax.map(lambda key: one(key, scenario), keys, batch_size=500)
    law = [float(found[0, 0])]
    for _ in range(ROUNDS):
        law.append((1 - 1 / N_KEPT) * (law[-1] + bias * H**2))
    assert_mean(np.asarray(found)[:, 1:], np.array(law[1:]))
